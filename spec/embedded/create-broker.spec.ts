import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { metadata } from '../../lib/apis/metadata';
import { loadConfig } from '../../lib/config';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import type { BrokerOptions } from '../../lib/embedded/options';
import { onReply } from '../../lib/pipeline/on-reply';
import { UsageError } from '../../lib/usage';
import { virtualClock } from '../../lib/virtual-clock';
import { settle } from '../support/pipeline';
import { rejected } from '../support/thrown';
import { Wire } from '../support/wire';
import { topicIdOf } from '../support/writing';

const dirOf = (broker: Broker) => broker.config['log.dirs'][0]!;

/** What keeps this process busy, and the files that it has open. */
async function resources() {
  await settle();
  const files = existsSync('/proc/self/fd')
    ? readdirSync('/proc/self/fd').flatMap((fd) => {
        try {
          return [readlinkSync(join('/proc/self/fd', fd))].filter((path) => path.includes('millrace-'));
        } catch {
          return []; // the descriptor of this very listing
        }
      })
    : [];
  return { handles: process.getActiveResourcesInfo().sort(), files };
}

describe('createBroker', () => {
  const opened: Broker[] = [];
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'spec-embedded-'));
  });
  afterEach(async () => {
    for (const broker of opened.splice(0)) await broker.close();
    rmSync(home, { recursive: true, force: true });
  });

  async function open(options: BrokerOptions = {}): Promise<Broker> {
    const broker = await createBroker(options);
    opened.push(broker);
    return broker;
  }

  it('needs nothing: it has a directory of its own, and listens on a free port of this machine', async () => {
    const broker = await open();
    expect(dirname(dirOf(broker))).to.equal(tmpdir());
    const { host, port, bootstrap, endpoints } = await broker.listen();
    expect([host, bootstrap]).to.deep.equal(['127.0.0.1', `127.0.0.1:${port}`]);
    expect(endpoints).to.deep.equal([{ listener: 'PLAINTEXT', host, port }]);
    expect(broker.endpoints).to.deep.equal(endpoints);
    const wire = await Wire.connect(bootstrap);
    const { brokers } = await wire.request(metadata, 12, {
      ...{ topics: [], allowAutoTopicCreation: false },
      ...{ includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false },
    });
    expect(brokers).to.deep.equal([{ nodeId: broker.nodeId, host, port, rack: null }]);
    wire.close();
  });

  for (const [name, scheduler] of [
    ['the real clock', undefined],
    ['a virtual clock', virtualClock()],
  ] as const) {
    it(`leaves no handle, timer or file when it closes, on ${name}`, async () => {
      const before = await resources();
      const broker = await open({ topics: ['a'], scheduler });
      const { bootstrap } = await broker.listen();
      const wire = await Wire.connect(bootstrap);
      await topicIdOf(wire, 'a');
      expect((await resources()).files).to.not.deep.equal([]);
      const dir = dirOf(broker);
      expect(existsSync(dir)).to.equal(true);
      await broker.close();
      await wire.ended;
      wire.close();
      expect(existsSync(dir)).to.equal(false);
      expect(await resources()).to.deep.equal(before);
      expect(scheduler?.timers ?? 0).to.equal(0);
    });
  }

  it('leaves a directory that it was given, and finds in it what was there', async () => {
    const config = { 'log.dirs': home };
    const first = await open({ config, topics: [{ name: 'kept', partitions: 3, config: { 'retention.ms': 1000 } }] });
    await first.close();
    expect(readdirSync(home)).to.include.members(['meta.properties', 'kept-0', 'kept-2']);
    const second = await open({ config, topics: ['kept', 'more'] });
    expect(second.clusterId).to.equal(first.clusterId);
    const [client, server] = duplexPair();
    second.handle(server);
    const wire = new Wire(client);
    expect([await topicIdOf(wire, 'kept'), await topicIdOf(wire, 'more')]).to.have.lengthOf(2);
    expect(second.connections).to.equal(1);
    wire.close();
  });

  it('takes a loaded configuration as it is', async () => {
    const config = loadConfig({ 'log.dirs': home, listeners: 'PLAINTEXT://localhost:0', 'num.partitions': 4 });
    const broker = await open({ config });
    expect((await broker.createTopic('a')).partitions).to.equal(4);
    expect((await broker.listen()).host).to.equal('localhost');
  });

  it('runs several times in a process, each by itself', async () => {
    const brokers = await Promise.all([open({ topics: ['a'] }), open(), open()]);
    const bootstraps = await Promise.all(brokers.map(async (broker) => (await broker.listen()).bootstrap));
    expect(new Set(bootstraps).size).to.equal(3);
    expect(new Set(brokers.map(({ clusterId }) => clusterId)).size).to.equal(3);
    await brokers[1]!.close();
    const wire = await Wire.connect(bootstraps[0]!);
    await topicIdOf(wire, 'a');
    wire.close();
  });

  it('refuses to create what cannot be created, and says why', async () => {
    const broker = await open({ topics: ['a'] });
    expect(await rejected(broker.createTopics(['b', 'a'])))
      .to.include({ name: 'Refused', code: 'TOPIC_ALREADY_EXISTS' })
      .with.property('message')
      .that.includes('cannot create topic a: TOPIC_ALREADY_EXISTS');
    expect(await rejected(broker.createTopic('a b'))).to.have.property('code', 'INVALID_TOPIC_EXCEPTION');
    expect(await rejected(broker.createTopic('b'))).to.have.property('code', 'TOPIC_ALREADY_EXISTS');
  });

  it('refuses stages that cannot sit where they are, before it opens anything', async () => {
    const before = await resources();
    const stage: unknown = onReply('tells', () => {});
    const wrong = (taps: object) => rejected(createBroker({ taps }));
    expect(await wrong({ answers: [stage] }))
      .to.be.instanceOf(UsageError)
      .with.property('message')
      .that.includes('no seam');
    expect(String(await wrong({ requests: [stage] }))).to.equal(
      "UsageError: taps: requests: stage 'tells' does not fit there; seams for it: replies",
    );
    expect(await resources()).to.deep.equal(before);
  });

  it('lets go of everything when it cannot open', async () => {
    const before = await resources();
    const dirs = () => readdirSync(tmpdir()).filter((name) => name.startsWith('millrace-'));
    const there = dirs();
    expect(await rejected(createBroker({ topics: ['a b'] }))).to.have.property('code', 'INVALID_TOPIC_EXCEPTION');
    expect(await rejected(createBroker({ config: { 'log.dirs': '/dev/null/x' } }))).to.have.property(
      'name',
      'LogDirError',
    );
    expect(dirs().filter((name) => !there.includes(name))).to.deep.equal([]);
    expect(await resources()).to.deep.equal(before);
  });

  it('is refused a port that is taken, and can be closed', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const broker = await open({ config: { listeners: `PLAINTEXT://127.0.0.1:${port}` } });
    expect(await rejected(broker.listen())).to.have.property('code', 'EADDRINUSE');
    await broker.close();
    other.close();
  });

  it('listens once', async () => {
    const broker = await open();
    const [first, second] = [broker.listen(), rejected(broker.listen())];
    expect(String(await second)).to.equal('UsageError: listen: was called before, and once is enough');
    expect((await first).port).to.be.greaterThan(0);
  });

  it('can be closed while it begins to listen, which is then refused', async () => {
    const before = await resources();
    const broker = await open();
    const listening = rejected(broker.listen());
    await broker.close();
    expect(String(await listening)).to.equal('UsageError: listen: the broker was closed meanwhile');
    expect(await resources()).to.deep.equal(before);
  });

  it('closes once, however often it is told to, and answers no call afterwards', async () => {
    const broker = await open();
    expect(broker.describe({ timings: true })).to.deep.include({ clusterId: broker.clusterId, endpoints: [] });
    const closing = broker.close();
    expect(broker.close()).to.equal(closing);
    expect(String(await rejected(broker.listen()))).to.equal('UsageError: listen: the broker is closed');
    await closing;
    await broker[Symbol.asyncDispose]();
    expect(() => broker.handle(duplexPair()[0])).to.throw('handle: the broker is closed');
    expect(() => broker.describe()).to.throw('describe: the broker is closed');
    expect(String(await rejected(broker.createTopic('a')))).to.include('the broker is closed');
  });

  it('cuts clients that do not go when it closes, even on a virtual clock', async () => {
    const broker = await open({ scheduler: virtualClock() });
    const { host, port } = await broker.listen();
    const client = connect({ host, port, allowHalfOpen: true }).resume();
    const gone = new Promise((resolve) => client.once('close', resolve));
    client.on('error', () => {});
    await new Promise((resolve) => client.once('connect', resolve));
    while (broker.connections === 0) await settle();
    await broker.close();
    expect(broker.connections).to.equal(0);
    client.end();
    await gone;
  });
});
