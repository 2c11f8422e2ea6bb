import { type Duplex, duplexPair } from 'node:stream';
import { expect } from 'chai';
import pino from 'pino';
import { produce } from '../../lib/apis';
import { metadata } from '../../lib/apis/metadata';
import { loadConfig } from '../../lib/config';
import { Connections } from '../../lib/pipeline/connections';
import { onReply } from '../../lib/pipeline/on-reply';
import { onRequest } from '../../lib/pipeline/on-request';
import type { Taps } from '../../lib/pipeline/seams';
import { Writer } from '../../lib/protocol/bytes';
import { framed } from '../../lib/protocol/framed';
import { writeRequestHeader, writeResponseHeader } from '../../lib/protocol/header';
import { forwarder } from '../../lib/proxy/forwarder';
import { relayed } from '../../lib/proxy/relayed-api';
import { Upstream } from '../../lib/proxy/upstream';
import { clockAt } from '../support/in-process';
import { settle } from '../support/pipeline';

const records = Buffer.alloc(3000, 1);
const topicId = 'AAAAAAAAAAAAAAAAAAAAAA';
const produced = (acks: number) => ({
  ...{ transactionalId: null, acks, timeoutMs: 5 },
  topicData: [{ name: 't', topicId, partitionData: [{ index: 0, records }] }],
});

function asked(correlationId: number, acks: number): Buffer {
  const writer = new Writer();
  const header = { apiKey: produce.key, apiVersion: 9, correlationId, clientId: 'spec' };
  return Buffer.concat(
    framed(writer, () => {
      writeRequestHeader(writer, header, true);
      produce.requestCodec(9).write(writer, produced(acks));
    }),
  );
}

function answered(correlationId: number, throttleTimeMs: number): Buffer {
  const writer = new Writer();
  return Buffer.concat(
    framed(writer, () => {
      writeResponseHeader(writer, correlationId, 1);
      produce.responseCodec(9).write(writer, { responses: [], throttleTimeMs });
    }),
  );
}

/** A client and an upstream, each a duplex stream, with the pipeline of a proxy between. */
function open(taps: Taps = {}) {
  const logged: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line).msg) });
  const scheduler = clockAt(0);
  const ways: Duplex[] = [];
  const heard: Buffer[] = [];
  const connect = () => {
    const [here, there] = duplexPair();
    there.on('data', (chunk: Buffer) => heard.push(chunk)).on('error', () => {});
    ways.push(there);
    return here;
  };
  const router = forwarder({
    open: ({ id }, left) =>
      new Upstream({
        ...{ id, connect, scheduler, left, addresses: [{ host: 'kafka', port: 1 }] },
        ...{ maxBytes: 1e6, maxQueuedBytes: 1e6, ended: () => {} },
      }),
    changes: new Map(),
    versionOf: ({ version }) => version,
  });
  const apis = new Map([produce, metadata].map((api) => [api.key, relayed(api)]));
  const connections = new Connections({ config: loadConfig({}), scheduler, logger, apis, router }, taps);
  const [client, server] = duplexPair();
  const received: Buffer[] = [];
  client.on('data', (chunk: Buffer) => received.push(chunk));
  connections.handle(server, 'BOOTSTRAP');
  return {
    ...{ client, connections, ways, logged },
    heard: () => Buffer.concat(heard),
    received: () => Buffer.concat(received),
  };
}

describe('forwarder', () => {
  it('passes what nobody changes as it came, both ways, without waiting for answers', async () => {
    const { client, ways, heard, received } = open();
    const both = Buffer.concat([asked(1, 1), asked(2, -1)]);
    client.write(both);
    await settle();
    expect(heard().equals(both)).to.equal(true);
    expect(ways).to.have.length(1);
    const answers = Buffer.concat([answered(1, 10), answered(2, 20)]);
    ways[0]!.write(answers);
    await settle();
    expect(received().equals(answers)).to.equal(true);
  });

  it('opens no way to the upstream before something is asked', async () => {
    const { ways } = open();
    await settle();
    expect(ways).to.deep.equal([]);
  });

  it('sends what taps have made of requests and answers', async () => {
    const { client, ways, heard, received } = open({
      requests: [onRequest(produce, 'none', (body) => ({ ...body, acks: -1 }))],
      replies: [onReply(produce, 'slow', (body) => ({ ...body, throttleTimeMs: 99 }))],
    });
    client.write(asked(1, 1));
    await settle();
    expect(heard().equals(asked(1, -1))).to.equal(true);
    ways[0]!.write(answered(1, 10));
    await settle();
    expect(received().equals(answered(1, 99))).to.equal(true);
  });

  it('asks the upstream nothing that a tap answers itself, and keeps the order', async () => {
    const { client, ways, heard, received } = open({
      requests: [
        onRequest(produce, 'refuse', (_body, { header }) => {
          if (header.correlationId === 2) throw new (class extends Error {})('a bug');
        }),
      ],
    });
    client.write(Buffer.concat([asked(1, 1), asked(2, 1)]));
    await settle();
    expect(heard().equals(asked(1, 1))).to.equal(true);
    expect(received()).to.have.length(0);
    ways[0]!.write(answered(1, 10));
    await settle();
    expect(received().readInt32BE(4)).to.equal(1);
    expect(received().subarray(answered(1, 10).length).readInt32BE(4)).to.equal(2);
  });

  it('sends a client nothing for what gets no answer', async () => {
    const { client, ways, heard, received } = open();
    client.write(Buffer.concat([asked(1, 0), asked(2, 1)]));
    await settle();
    expect(heard().equals(Buffer.concat([asked(1, 0), asked(2, 1)]))).to.equal(true);
    ways[0]!.write(answered(2, 10));
    await settle();
    expect(received().equals(answered(2, 10))).to.equal(true);
  });

  it('ends the connection of a client whose upstream has gone, with a line that says so', async () => {
    const { client, connections, ways, received, logged } = open();
    client.write(Buffer.concat([asked(1, 1), asked(2, 1)]));
    await settle();
    ways[0]!.end(answered(1, 10));
    await settle();
    expect(received().equals(answered(1, 10))).to.equal(true);
    expect(client.readableEnded).to.equal(true);
    expect(connections.count).to.equal(0);
    expect(logged).to.deep.equal([
      'connection closed: upstream kafka:1 ended the connection (Produce v9 has no answer)',
    ]);
  });

  it('ends it without a line where nothing was asked', async () => {
    const { client, connections, ways, logged } = open();
    client.write(asked(1, 1));
    await settle();
    ways[0]!.write(answered(1, 10));
    await settle();
    ways[0]!.end();
    await settle();
    expect([client.readableEnded, connections.count, logged]).to.deep.equal([true, 0, []]);
  });

  it('lets go of the upstream when the client has gone, once everything asked is answered', async () => {
    const { client, ways } = open();
    client.end(asked(1, 1));
    await settle();
    expect(ways[0]!.readableEnded).to.equal(false);
    ways[0]!.write(answered(1, 10));
    await settle();
    expect(ways[0]!.readableEnded).to.equal(true);
  });

  it('ends the connection at an answer that cannot be read, and says where', async () => {
    const { client, connections, ways, logged } = open();
    client.write(asked(1, 1));
    await settle();
    ways[0]!.write(Buffer.from('00000008' + '00000001' + '00' + 'ff0102', 'hex'));
    await settle();
    expect(connections.count).to.equal(0);
    expect(logged[0]).to.match(/^connection closed: the upstream's answer to Produce v9: responses.* at byte \d+: /);
  });
});
