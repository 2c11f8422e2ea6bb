import { Duplex, duplexPair } from 'node:stream';
import { expect } from 'chai';
import pino from 'pino';
import { createBroker, createProxy, metadata, onReply, type ProxyOptions, produce, type Taps } from '../../lib';
import { apiVersions } from '../../lib/apis/api-versions';
import { describeCluster } from '../../lib/apis/describe-cluster';
import { UsageError } from '../../lib/usage';
import { virtualClock } from '../../lib/virtual-clock';
import { settle } from '../support/pipeline';
import { freePort } from '../support/probe';
import { Wire } from '../support/wire';

const everything = { topics: null };

/** A broker that listens, with a topic of its own, and a proxy in front of it that does. */
async function beforeBroker(options: Partial<ProxyOptions> = {}, brokerTaps: Taps = {}) {
  const broker = await createBroker({ topics: ['orders'], taps: brokerTaps });
  const { bootstrap: upstream, port } = await broker.listen();
  const proxy = createProxy({ upstream, ...options });
  const { bootstrap } = await proxy.listen();
  return {
    ...{ broker, upstream, upstreamPort: port, proxy, bootstrap },
    [Symbol.asyncDispose]: async () => {
      await proxy.close();
      await broker.close();
    },
  };
}

function logging() {
  const lines: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line).msg) });
  return { logger, lines };
}

const failed = (doing: Promise<unknown>): Promise<Error> =>
  doing.then(
    () => new Error('it did not fail'),
    (error) => error,
  );

describe('createProxy', () => {
  it('answers as the upstream does, and puts its own listeners in the place of the brokers', async () => {
    await using both = await beforeBroker();
    const wire = await Wire.connect(both.bootstrap);
    const { brokers, topics } = await wire.request(metadata, 12, everything);
    expect(topics.map(({ name }) => name)).to.deep.equal(['orders']);
    expect(brokers).to.have.length(1);
    expect(brokers[0]!.port).not.to.equal(both.upstreamPort);
    const node = await Wire.connect(`${brokers[0]!.host}:${brokers[0]!.port}`);
    expect((await node.request(metadata, 12, everything)).brokers).to.deep.equal(brokers);
    const cluster = await node.request(describeCluster, 1, {});
    expect(cluster.brokers[0]).to.include({ host: '127.0.0.1', port: brokers[0]!.port });
    expect(both.proxy.connections).to.equal(2);
    wire.close();
    node.close();
  });

  it('leads to each broker of a cluster by a listener of its own', async () => {
    await using other = await createBroker({ config: { 'node.id': 7, 'controller.quorum.voters': '' } });
    const { host, port } = await other.listen();
    const both = onReply(metadata, 'a cluster of two', (body) => ({
      ...body,
      brokers: [...body.brokers, { nodeId: 7, host, port }],
    }));
    const bootstrapPort = await freePort();
    await using first = await beforeBroker({ listen: `127.0.0.1:${bootstrapPort}` }, { replies: [both] });
    const wire = await Wire.connect(first.bootstrap);
    const { brokers } = await wire.request(metadata, 12, everything);
    const [nodeId] = [first.broker.nodeId];
    expect(brokers.map((one) => [one.nodeId, one.port])).to.deep.equal([
      [nodeId, bootstrapPort + 1 + nodeId],
      [7, bootstrapPort + 8],
    ]);
    const seventh = await Wire.connect(`127.0.0.1:${bootstrapPort + 8}`);
    expect((await seventh.request(metadata, 12, everything)).clusterId).to.equal(other.clusterId);
    wire.close();
    seventh.close();
  });

  it('tells clients no version that it cannot read, and no API that the upstream has not', async () => {
    await using both = await beforeBroker();
    const [direct, through] = [await Wire.connect(both.upstream), await Wire.connect(both.bootstrap)];
    const body = { clientSoftwareName: 'spec', clientSoftwareVersion: '1' };
    expect(await through.request(apiVersions, 4, body)).to.deep.equal(await direct.request(apiVersions, 4, body));
    direct.close();
    through.close();
  });

  it('runs taps on everything that passes, those of the beginning and those that come later', async () => {
    const renamed = (suffix: string) =>
      onReply(metadata, `name ${suffix}`, (body) => ({
        ...body,
        topics: body.topics.map((topic) => ({ ...topic, name: `${topic.name}${suffix}` })),
      }));
    await using both = await beforeBroker({ taps: { replies: [renamed('-a')] } });
    const wire = await Wire.connect(both.bootstrap);
    const names = async () => (await wire.request(metadata, 12, everything)).topics.map(({ name }) => name);
    expect(await names()).to.deep.equal(['orders-a']);
    const remove = both.proxy.taps.add('replies', renamed('-b'), { listener: 'BOOTSTRAP' });
    expect(await names()).to.deep.equal(['orders-a-b']);
    const { pipeline, connections } = both.proxy.describe();
    const replies = pipeline.find((part) => part.is === 'seam' && part.name === 'replies');
    expect(replies).to.have.property('stages').with.length(2);
    expect(connections.byListener).to.deep.equal({ BOOTSTRAP: 1 });
    remove();
    expect(await names()).to.deep.equal(['orders-a']);
    wire.close();
  });

  it('serves a client over any duplex stream, and tells it the addresses of the upstream where there are no others', async () => {
    await using broker = await createBroker();
    const { bootstrap: upstream, port } = await broker.listen();
    await using proxy = createProxy({ upstream });
    const [client, server] = duplexPair();
    const end = proxy.handle(server);
    const wire = new Wire(client);
    expect((await wire.request(metadata, 12, everything)).brokers[0]!.port).to.equal(port);
    end();
    await wire.ended;
  });

  it('may be there before its upstream, and leads to it once it is there', async () => {
    const port = await freePort();
    const { logger, lines } = logging();
    await using proxy = createProxy({ upstream: `127.0.0.1:${port}`, logger });
    const { bootstrap } = await proxy.listen();
    const early = await Wire.connect(bootstrap);
    expect((await failed(early.request(metadata, 12, everything))).message).to.match(/ended/);
    expect(lines).to.deep.equal([
      `connection closed: upstream 127.0.0.1:${port} cannot be reached: ECONNREFUSED (Metadata v12 has no answer)`,
    ]);
    await using broker = await createBroker({ config: { listeners: `PLAINTEXT://127.0.0.1:${port}` } });
    await broker.listen();
    const wire = await Wire.connect(bootstrap);
    expect((await wire.request(metadata, 12, everything)).clusterId).to.equal(broker.clusterId);
    wire.close();
  });

  it('asks another broker of the list where the first is not there', async () => {
    await using broker = await createBroker();
    const { bootstrap: there } = await broker.listen();
    await using proxy = createProxy({ upstream: [`127.0.0.1:${await freePort()}`, there] });
    const wire = await Wire.connect((await proxy.listen()).bootstrap);
    expect((await wire.request(metadata, 12, everything)).clusterId).to.equal(broker.clusterId);
    wire.close();
  });

  it('ends the connections of clients with those of the upstream, and takes them again when it is back', async () => {
    await using both = await beforeBroker();
    const wire = await Wire.connect(both.bootstrap);
    await wire.request(metadata, 12, everything);
    await both.broker.close();
    await wire.ended;
    expect(both.proxy.connections).to.equal(0);
    await using back = await createBroker({ config: { listeners: `PLAINTEXT://${both.upstream}` } });
    await back.listen();
    const again = await Wire.connect(both.bootstrap);
    expect((await again.request(metadata, 12, everything)).clusterId).to.equal(back.clusterId);
    again.close();
  });

  it('ends the connection of a client that sends too large a frame, and says so', async () => {
    const { logger, lines } = logging();
    await using both = await beforeBroker({ config: { 'socket.request.max.bytes': 1000 }, logger });
    const wire = await Wire.connect(both.bootstrap);
    wire.raw(Buffer.from('000003e9', 'hex'));
    await wire.ended;
    expect(lines).to.deep.equal(['connection closed: frame of 1001 bytes exceeds 1000']);
  });

  it('closes in the midst of requests: what the upstream has is answered', async () => {
    await using both = await beforeBroker();
    const wire = await Wire.connect(both.bootstrap);
    await wire.request(metadata, 12, everything);
    const records = Buffer.alloc(0);
    const asked = Array.from({ length: 50 }, () =>
      wire.request(produce, 9, {
        ...{ transactionalId: null, acks: 1, timeoutMs: 1000 },
        topicData: [{ name: 'orders', partitionData: [{ index: 0, records }] }],
      }),
    );
    const settled = Promise.allSettled(asked);
    await Promise.all([both.proxy.close(), both.proxy.close()]);
    await wire.ended;
    const outcomes = (await settled).map(({ status }) => status);
    expect(
      outcomes.indexOf('rejected') === -1 || outcomes.lastIndexOf('fulfilled') < outcomes.indexOf('rejected'),
    ).to.equal(true);
    expect(both.proxy.connections).to.equal(0);
  });

  it('cuts clients that do not go, and lets go of its upstream', async () => {
    await using both = await beforeBroker();
    const wire = await Wire.connect(both.bootstrap);
    await wire.request(metadata, 12, everything);
    expect(both.broker.connections).to.equal(1);
    await both.proxy.close();
    await wire.ended;
    const start = await Wire.connect(both.upstream);
    await start.request(metadata, 12, everything);
    expect(both.broker.connections).to.equal(1);
    start.close();
  });

  it('closes before an upstream that takes nothing, even where the clock stands still', async () => {
    const stuck = new Duplex({ read() {}, write() {} });
    const proxy = createProxy({ upstream: 'kafka:9092', connect: () => stuck, scheduler: virtualClock() });
    const [client, server] = duplexPair();
    proxy.handle(server);
    const asked = failed(new Wire(client).request(metadata, 12, everything));
    await settle();
    await proxy.close();
    expect(stuck.destroyed).to.equal(true);
    expect((await asked).message).to.match(/ended/);
  });

  it('refuses calls that come at the wrong time', async () => {
    const proxy = createProxy({ upstream: 'localhost:9092' });
    const first = proxy.listen();
    expect(await failed(proxy.listen())).to.be.instanceOf(UsageError);
    await first;
    await proxy.close();
    expect((await failed(proxy.listen())).message).to.equal('listen: the proxy is closed');
    expect(() => proxy.handle(duplexPair()[0])).to.throw(UsageError, 'handle: the proxy is closed');
    const closedEarly = createProxy({ upstream: 'localhost:9092' });
    const listening = failed(closedEarly.listen());
    await closedEarly.close();
    expect((await listening).message).to.equal('listen: the proxy was closed meanwhile');
  });

  it('rejects with the error of the system where its port is taken', async () => {
    await using both = await beforeBroker();
    const taken = createProxy({ upstream: both.upstream, listen: both.bootstrap });
    expect(await failed(taken.listen())).to.include({ code: 'EADDRINUSE' });
    await taken.close();
  });

  it('says which port a broker of the upstream cannot have', async () => {
    const { logger, lines } = logging();
    const port = await freePort();
    await using broker = await createBroker({ config: { listeners: `PLAINTEXT://127.0.0.1:${port}` } });
    await broker.listen();
    await using proxy = createProxy({ upstream: `127.0.0.1:${port}`, portOf: () => port, logger });
    const wire = await Wire.connect((await proxy.listen()).bootstrap);
    expect((await failed(wire.request(metadata, 12, everything))).message).to.match(/ended/);
    expect(lines[0]).to.match(new RegExp(`^node 1 of the upstream gets no listener: port ${port} is taken`));
    expect(lines[1]).to.match(/^connection closed: node 1 of the upstream has no listener here: port /);
    wire.close();
  });
});
