import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { type DestinationStream, pino } from 'pino';
import { loadConfig } from '../../lib/config';
import { Connections } from '../../lib/pipeline/connections';
import type { Taps } from '../../lib/pipeline/seams';
import { stage } from '../../lib/pipeline/stage';
import { Answer } from '../../lib/protocol/api';
import { clockAt } from '../support/in-process';
import { answer, type EchoResponse, echo, frame, frames, settle, shared, tcp } from '../support/pipeline';

/** Connections to an API, one that doubles if nothing is said, what they send, and what they log. */
function open(taps: Taps = {}, api = echo(1, 'exclusive', (n) => ({ n: n * 2 }))) {
  const logged: { level: number; msg: string; connection: number }[] = [];
  const lines: DestinationStream = { write: (line) => void logged.push(JSON.parse(line)) };
  const logger = pino({ level: 'debug', base: undefined }, lines);
  const services = { config: loadConfig({}), scheduler: clockAt(0), logger, apis: new Map([[1, api]]) };
  const connections = new Connections(shared(services), taps);
  const connect = () => {
    const [client, server] = duplexPair();
    const received: Buffer[] = [];
    client.on('data', (chunk: Buffer) => received.push(chunk));
    const endGently = connections.handle(server, 'PLAINTEXT');
    return { client, endGently, answers: () => frames(Buffer.concat(received)).map(answer) };
  };
  return { connections, connect, logged };
}

describe('Connections', () => {
  it('serves any duplex stream, counts those that are open, and numbers them in the log', async () => {
    const { connections, connect, logged } = open();
    const [one, two] = [connect(), connect()];
    one.client.write(frame(1, 1, 4));
    two.client.write(frame(1, 1, 5));
    await settle();
    expect([one.answers(), two.answers()]).to.deep.equal([[[1, 8]], [[1, 10]]]);
    expect(connections.count).to.equal(2);
    one.client.end();
    await settle();
    expect(connections.count).to.equal(1);
    expect(logged.map(({ connection, msg }) => `${connection} ${msg}`)).to.deep.equal([
      '1 connected',
      '2 connected',
      '1 disconnected',
    ]);
  });

  it('copies lent memory for taps at outbound of a socket, but not for those that pass on all they see', async () => {
    const payload = Buffer.alloc(100_000, 'x');
    for (const passesAll of [true, false]) {
      let isReleased = false;
      const lending = echo(1, 'exclusive', (n) => new Answer<EchoResponse>({ n, payload }, () => (isReleased = true)));
      const seen: Buffer[] = [];
      let wasReleased = false;
      const inner = stage<Buffer, Buffer>('tap', 'bytes to bytes', () => ({
        each(chunk, push, done) {
          seen.push(chunk);
          wasReleased ||= isReleased;
          push(chunk);
          done();
        },
      }));
      const { connections } = open({ outbound: [Object.assign(inner, { passesAll })] }, lending);
      const { client, server, close } = await tcp();
      connections.handle(server, 'PLAINTEXT');
      client.write(frame(1, 1, 4));
      while (client.bytesRead < payload.length || !isReleased) {
        client.read();
        await settle(1);
      }
      close();
      expect(seen.some((chunk) => chunk.buffer === payload.buffer)).to.equal(passesAll);
      expect([wasReleased, isReleased]).to.deep.equal([!passesAll, true]);
    }
  });

  it('copies lent memory for a stream whose reader looks at the bytes after it has taken them over', async () => {
    const payload = Buffer.alloc(10_000, 'x');
    let isReused = false;
    const lends = (n: number) =>
      new Answer<EchoResponse>({ n, payload }, () => {
        isReused = true;
        payload.fill('y');
      });
    const { connections } = open({}, echo(1, 'exclusive', lends));
    const [client, server] = duplexPair();
    connections.handle(server, 'PLAINTEXT');
    client.write(frame(1, 1, 4));
    await settle();
    expect(isReused).to.equal(true);
    const [sent] = frames(client.read());
    expect(sent!.subarray(-payload.length).equals(Buffer.alloc(payload.length, 'x'))).to.equal(true);
  });

  it('warns with one line of a connection that it had to end', async () => {
    const { connect, logged } = open();
    connect().client.write(frame(7, 1, 1));
    await settle();
    expect(logged.filter(({ level }) => level > 20).map(({ msg }) => msg)).to.deep.equal([
      'connection closed: unknown API key 7 (version 1)',
    ]);
  });

  it('ends all gently, once they have their answers', async () => {
    const { connections, connect } = open();
    const { client, answers } = connect();
    client.write(frame(1, 1, 4));
    await settle();
    connections.endGently();
    await settle();
    expect(answers()).to.deep.equal([[1, 8]]);
    expect(connections.count).to.equal(0);
  });
});
