/** Closing a broker in the midst of everything. */
import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { fetch, findCoordinator, joinGroup } from '../../lib/apis';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { settle } from '../support/pipeline';
import { batchOf } from '../support/services';
import { rejected } from '../support/thrown';
import { Wire } from '../support/wire';
import { append } from '../support/writing';

describe('Broker.close', () => {
  let broker: Broker;
  let wires: Wire[];
  beforeEach(async () => {
    broker = await createBroker({ topics: [{ name: 'a', partitions: 4 }] });
    const { bootstrap } = await broker.listen();
    const pair = () => {
      const [client, server] = duplexPair();
      broker.handle(server);
      return new Wire(client);
    };
    wires = [await Wire.connect(bootstrap), await Wire.connect(bootstrap), pair(), pair()];
  });
  afterEach(() => {
    for (const wire of wires) wire.close();
  });

  it('answers what was asked, or ends the connection, and nobody waits for ever', async () => {
    const batch = batchOf(['x'], { timestamp: Date.now() });
    const outcomes = wires.flatMap((wire, i) =>
      Array.from({ length: 50 }, () =>
        append(wire, 'a', i, batch).then(
          () => 'acknowledged',
          () => 'ended',
        ),
      ),
    );
    const embedded = broker.produce('a', ['y']).then(
      () => 'acknowledged',
      () => 'refused',
    );
    await settle(1);
    await broker.close();
    const seen = new Set(await Promise.all([...outcomes, embedded]));
    expect([...seen].every((outcome) => ['acknowledged', 'ended', 'refused'].includes(outcome))).to.equal(true);
    expect(broker.connections).to.equal(0);
  });

  it('answers long polls and joins that wait', async () => {
    const [poller, joiner] = wires as [Wire, Wire];
    await joiner.request(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] });
    const topics = [{ topic: 'a', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }] }];
    const polled = poller.request(fetch, 11, { maxWaitMs: 600_000, minBytes: 1, maxBytes: 1000, topics });
    const joined = joiner.request(joinGroup, 3, {
      ...{ groupId: 'g', memberId: '', sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 300_000 },
      ...{ protocolType: 'consumer', protocols: [{ name: 'range', metadata: Buffer.alloc(0) }] },
    });
    await settle();
    await broker.close();
    expect((await polled).errorCode).to.equal(0);
    expect((await joined).errorCode).to.be.greaterThan(0);
  });

  it('refuses what is asked of it afterwards, at once', async () => {
    const closing = broker.close();
    for (const late of [broker.produce('a', ['x']), broker.reset(), broker.createTopic('b'), broker.listen()])
      expect(String(await rejected(late))).to.include('the broker is closed');
    await closing;
    expect(() => broker.records('a')).to.throw('the broker is closed');
  });
});
