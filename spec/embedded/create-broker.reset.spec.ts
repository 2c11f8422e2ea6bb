import { expect } from 'chai';
import { Kafka, logLevel } from 'kafkajs';
import { findCoordinator } from '../../lib/apis/find-coordinator';
import { listGroups } from '../../lib/apis/list-groups';
import { metadata } from '../../lib/apis/metadata';
import { offsetCommit } from '../../lib/apis/offset-commit';
import { offsetFetch } from '../../lib/apis/offset-fetch';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { errors } from '../../lib/errors';
import { rejected } from '../support/thrown';

describe('Broker.reset', () => {
  let broker: Broker;
  beforeEach(async () => {
    broker = await createBroker({ topics: [{ name: 'orders', partitions: 2 }] });
  });
  afterEach(() => broker.close());

  async function topicsNow() {
    const { topics } = await broker.inject(metadata, 12, {
      ...{ topics: null, allowAutoTopicCreation: false },
      ...{ includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false },
    });
    return topics.map(({ name, partitions }) => `${name} ${partitions.length}`);
  }

  it('empties the topics that it began with, and removes all others', async () => {
    await broker.produce('orders', ['a', 'b']);
    await broker.produce('other', ['c']);
    for (let i = 0; i < 3; i++) {
      await broker.reset();
      expect(await topicsNow()).to.deep.equal(['orders 2']);
      expect(await broker.records('orders').toArray()).to.deep.equal([]);
      expect(await broker.produce('orders', ['d'])).to.deep.equal([{ partition: 0, offset: 0 }]);
    }
  });

  /** What the group `g` has committed of `orders`, partition 0; −1: nothing. */
  async function committed(): Promise<number> {
    await broker.inject(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] });
    const topics = [{ name: 'orders', partitionIndexes: [0] }];
    for (;;) {
      const { groups } = await broker.inject(offsetFetch, 8, { groups: [{ groupId: 'g', topics }] });
      if (groups[0]!.errorCode === errors.COORDINATOR_LOAD_IN_PROGRESS.code) continue;
      return groups[0]!.topics[0]!.partitions[0]!.committedOffset;
    }
  }

  it('forgets groups and what they have committed, again and again', async () => {
    for (let i = 0; i < 3; i++) {
      expect(await committed()).to.equal(-1);
      await broker.produce('orders', [{ partition: 0, value: 'x' }]);
      const { topics } = await broker.inject(offsetCommit, 8, {
        ...{ groupId: 'g', memberId: '', generationIdOrMemberEpoch: -1 },
        topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: null }] }],
      });
      expect(topics[0]!.partitions[0]!.errorCode).to.equal(0);
      expect(await committed()).to.equal(1);
      await broker.reset();
      expect((await broker.inject(listGroups, 4, { statesFilter: [] })).groups).to.deep.equal([]);
    }
  });

  it('lets clients stay connected, who go on in the new topics', async () => {
    const { bootstrap } = await broker.listen();
    const producer = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const messages = [{ value: 'x', partition: 1 }];
    await producer.send({ topic: 'orders', messages });
    const { connections } = broker;
    await broker.reset();
    expect(broker.connections).to.equal(connections);
    const [sent] = await producer.send({ topic: 'orders', messages });
    expect(sent).to.include({ partition: 1, baseOffset: '0' });
    await producer.disconnect();
  });

  it('is refused once the broker is closed', async () => {
    await broker.close();
    expect(String(await rejected(broker.reset()))).to.include('reset: the broker is closed');
  });
});
