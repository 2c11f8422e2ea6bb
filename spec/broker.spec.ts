import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { pino } from 'pino';
import { asyncScheduler, type VirtualTimeScheduler } from 'rxjs';
import { apiVersions } from '../lib/apis/api-versions';
import { fetch } from '../lib/apis/fetch';
import { metadata } from '../lib/apis/metadata';
import { produce } from '../lib/apis/produce';
import { openBroker } from '../lib/broker';
import { loadConfig } from '../lib/config';
import { onRequest } from '../lib/pipeline/on-request';
import { buildBatch } from '../lib/records/build';
import { clockAt, type InProcess, openInProcess, pass, timersOf } from './support/in-process';
import { settle } from './support/pipeline';
import { readAll } from './support/reading';
import { rejected } from './support/thrown';
import { requestFrame, Wire } from './support/wire';
import { append, createTopic, newProducerId, send } from './support/writing';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);

/** What keeps this process alive, once what is over has been cleared away. */
async function handlesNow(): Promise<string[]> {
  await settle();
  return process.getActiveResourcesInfo().sort();
}

describe('openBroker', () => {
  let home: string;
  let dir: string;
  let scheduler: VirtualTimeScheduler;
  const opened: InProcess[] = [];

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'millrace-broker-'));
    dir = join(home, 'data');
    scheduler = clockAt(nowMs);
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function open(config: Record<string, string> = {}): Promise<InProcess> {
    const here = await openInProcess({ config: { 'log.dirs': dir, ...config }, scheduler });
    opened.push(here);
    return here;
  }

  const waiting = (wire: Wire, topicId: string, minBytes = 1) =>
    wire.request(fetch, 16, {
      ...{ maxWaitMs: 500, minBytes, forgottenTopicsData: [] },
      topics: [{ topic: '', topicId, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 10_000 }] }],
    });

  it('formats an empty directory and opens it again as the same node of the same cluster', async () => {
    const first = await open();
    expect([first.broker.nodeId, first.broker.endpoints, first.broker.connections]).to.deep.equal([1, [], 0]);
    expect(first.broker.clusterId).to.match(/^[\w-]{22}$/);
    expect(readdirSync(dir)).to.include.members(['meta.properties', '__cluster_metadata-0', 'bootstrap.checkpoint']);
    await first.close();
    const second = await open();
    expect(second.broker.clusterId).to.equal(first.broker.clusterId);
  });

  it('creates topics, takes records and gives them back, also after it was closed', async () => {
    const first = await open();
    const wire = first.connect();
    const topicId = await createTopic(wire, 'kept', { partitions: 2 });
    const producerId = await newProducerId(wire);
    const numbered = (i: number) => {
      const sequence = { producerId, producerEpoch: 0, baseSequence: i };
      return buildBatch([{ value: `${i}` }], { ...sequence, timestamp: nowMs });
    };
    for (let i = 0; i < 6; i++) expect(await append(wire, 'kept', 1, numbered(i))).to.equal(i);
    await first.close();

    const second = await open();
    const again = second.connect();
    const records = await readAll(again, { topic: 'kept', topicId, partition: 1, offset: 0 });
    expect(records.map(({ value }) => String(value))).to.deep.equal(['0', '1', '2', '3', '4', '5']);
    expect(await append(again, 'kept', 1, numbered(5))).to.equal(5);
    expect((await send(again, 'kept', 1, numbered(7))).errorCode).to.equal(45);
  });

  it('lets a fetch wait for records, and wakes it by the first', async () => {
    const here = await open();
    const [reader, writer] = [here.connect(), here.connect()];
    const topicId = await createTopic(writer, 'awaited');
    const answer = waiting(reader, topicId);
    await settle();
    pass(scheduler, 499);
    await settle();
    await append(writer, 'awaited', 0, buildBatch([{ value: 'at last' }]));
    const partition = (await answer).responses[0]?.partitions[0];
    expect([partition?.highWatermark, partition?.records?.length]).to.deep.equal([1, 75]);
  });

  it('answers a fetch with what there is when its time is over', async () => {
    const here = await open();
    const [reader, writer] = [here.connect(), here.connect()];
    const topicId = await createTopic(writer, 'awaited');
    let answered = false;
    const answer = waiting(reader, topicId, 1000).finally(() => (answered = true));
    await settle();
    await append(writer, 'awaited', 0, buildBatch([{ value: 'too little' }]));
    pass(scheduler, 499);
    await settle();
    expect(answered).to.equal(false);
    pass(scheduler, 1);
    expect((await answer).responses[0]?.partitions[0]?.records).to.have.lengthOf(78);
  });

  it('answers what is parked when it closes, ends its connections, and leaves no timer and no handle', async () => {
    const handles = await handlesNow();
    const here = await open();
    const wire = here.connect();
    const topicId = await createTopic(wire, 'parked');
    const answer = waiting(wire, topicId);
    await settle();
    expect(here.broker.connections).to.equal(1);
    expect(timersOf(scheduler)).to.be.greaterThan(0);
    const closing = here.broker.close();
    expect(here.broker.close(), 'closing is done once').to.equal(closing);
    expect((await answer).responses[0]?.partitions[0]?.errorCode).to.equal(0);
    await wire.ended;
    await closing;
    expect([timersOf(scheduler), here.broker.connections]).to.deep.equal([0, 0]);
    expect(await handlesNow()).to.deep.equal(handles);
    expect(readFileSync(join(dir, '.kafka_cleanshutdown'), 'utf8')).to.include('brokerEpoch');
  });

  it('leaves no timer and no handle of the real clock either', async () => {
    const handles = await handlesNow();
    const logger = pino({ level: 'silent' });
    const config = loadConfig({ 'log.dirs': dir, listeners: 'PLAINTEXT://127.0.0.1:0' });
    const broker = await openBroker({ config, logger, scheduler: asyncScheduler });
    const [endpoint] = await broker.listen();
    const wire = await Wire.connect(`127.0.0.1:${endpoint?.port}`);
    const topicId = await createTopic(wire, 'real');
    await append(wire, 'real', 0, buildBatch([{ value: 'x' }]));
    const parked = waiting(wire, topicId, 1_000_000);
    await settle();
    await broker.close();
    await parked;
    await wire.ended;
    wire.close();
    expect(await handlesNow()).to.deep.equal(handles);
  });

  it('listens on a free port and tells clients which', async () => {
    const here = await open({ listeners: 'PLAINTEXT://127.0.0.1:0' });
    const [endpoint, ...others] = await here.broker.listen();
    expect(others).to.deep.equal([]);
    expect(endpoint).to.include({ listener: 'PLAINTEXT', host: '127.0.0.1' });
    expect(endpoint?.port).to.be.greaterThan(0);
    const wire = await Wire.connect(`127.0.0.1:${endpoint?.port}`);
    const { brokers } = await wire.request(metadata, 12, {
      topics: [],
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    expect(brokers).to.deep.equal([{ nodeId: 1, host: '127.0.0.1', port: endpoint?.port, rack: null }]);
    wire.close();
    await wire.ended;
  });

  it('rejects where a port is taken, and can be closed', async () => {
    const here = await open({ listeners: 'PLAINTEXT://127.0.0.1:0' });
    const [endpoint] = await here.broker.listen();
    const other = join(home, 'other');
    const late = await openInProcess({
      config: { 'log.dirs': other, listeners: `PLAINTEXT://127.0.0.1:${endpoint?.port}` },
      scheduler,
    });
    expect(await rejected(late.broker.listen())).to.have.property('code', 'EADDRINUSE');
    await late.close();
  });

  it('does not open a directory twice, and gives back what it took when it cannot open', async () => {
    const here = await open();
    const other = join(home, 'other');
    const config = { 'log.dirs': `${other},${dir}` };
    expect(String(await rejected(openInProcess({ config, scheduler }))))
      .to.include(dir)
      .and.match(/in use/);
    await here.close();
    opened.length = 0;
    await open();
  });

  it('describes itself: who it is, where it listens, and its pipeline', async () => {
    const { broker, connect } = await open();
    broker.taps.add(
      'requests',
      onRequest('looks', () => {}),
    );
    await connect().request(apiVersions, 4, { clientSoftwareName: 'spec', clientSoftwareVersion: '1' });
    const { clusterId, nodeId, nowMs: at, endpoints, connections, pipeline } = broker.describe();
    expect([clusterId, nodeId, at]).to.deep.equal([broker.clusterId, 1, nowMs]);
    expect(endpoints).to.deep.equal(broker.endpoints);
    expect(connections).to.deep.equal({ open: 1, opened: 1, byListener: { PLAINTEXT: 1 } });
    const requests = pipeline.find(({ name }) => name === 'requests');
    expect(requests).to.have.nested.property('stages[0].taken.messages', 1);
  });

  it('lets a Produce pass a tap at requests without copying or decoding its records', async () => {
    const seen: Buffer[][] = [];
    const looks = onRequest(produce, 'looks', ({ topicData }, { frame }) => {
      seen.push([frame.bytes, topicData[0]!.partitionData[0]!.records!]);
    });
    const submitted: Buffer[] = [];
    const { broker, connect } = await open();
    broker.taps.add('requests', looks);
    const { appends } = broker.services;
    const submit = appends.submit.bind(appends);
    appends.submit = (append) => {
      submitted.push(append.batch);
      return submit(append);
    };
    const wire = connect();
    await createTopic(wire, 'a');
    await append(wire, 'a', 0, buildBatch([{ value: 'x'.repeat(100) }], { timestamp: nowMs }));
    const [[frame, records]] = seen as [[Buffer, Buffer]];
    const place = ({ buffer, byteOffset, length }: Buffer) => [buffer, byteOffset, length];
    expect(records.buffer, 'a slice of the frame').to.equal(frame.buffer);
    expect(records.byteOffset).to.be.within(frame.byteOffset, frame.byteOffset + frame.length - records.length);
    expect(place(submitted[0]!), 'and the same is written').to.deep.equal(place(records));
  });

  it('serves the APIs it was given and no others, through the taps it was given', async () => {
    const seen: string[] = [];
    const tap = onRequest('watch', ({ api }) => void seen.push(api.name));
    const here = await openInProcess({
      config: { 'log.dirs': dir },
      scheduler,
      apis: [apiVersions, metadata],
      taps: { requests: [tap] },
    });
    opened.push(here);
    const wire = here.connect();
    const answer = await wire.request(apiVersions, 0, { clientSoftwareName: 'spec', clientSoftwareVersion: '1' });
    expect(answer.apiKeys.map(({ apiKey }) => apiKey)).to.have.members([18, 3]);
    expect(seen).to.deep.equal(['ApiVersions']);
    wire.raw(requestFrame(fetch, 16, { maxWaitMs: 0, minBytes: 0, topics: [], forgottenTopicsData: [] }));
    await wire.ended;
    expect(here.logged.map(({ msg }) => msg)).to.include('connection closed: unknown API key 1 (version 16)');
  });

  it('ends a connection gently when asked to: what was asked is answered', async () => {
    const here = await open();
    const [client, server] = duplexPair();
    const endGently = here.broker.handle(server);
    const wire = new Wire(client);
    const topicId = await createTopic(wire, 'gentle');
    const answer = waiting(wire, topicId);
    await settle();
    endGently();
    expect((await answer).errorCode).to.equal(0);
    await wire.ended;
    expect(here.broker.connections).to.equal(0);
  });

  it('gives up clients that stop in the midst of large frames while others wait for memory', async () => {
    const limits = { 'socket.request.max.bytes': '1000000', 'queued.max.request.bytes': '1000000' };
    const here = await open(limits);
    const wire = here.connect();
    await createTopic(wire, 'unharmed');
    const stalled = [here.connect(), here.connect()];
    for (const each of stalled) {
      const announced = Buffer.alloc(1_000_003);
      announced.writeInt32BE(1_000_000);
      each.raw(announced);
    }
    await settle();
    const appended = append(wire, 'unharmed', 0, buildBatch([{ value: 'patient' }]));
    await settle();
    pass(scheduler, 2000);
    expect(await appended).to.equal(0);
    await stalled[0]!.ended;
    expect(here.logged.map(({ msg }) => msg)).to.deep.include(
      'connection closed: frame of 1000000 bytes stopped after 999999 while others wait for memory',
    );
  });
});
