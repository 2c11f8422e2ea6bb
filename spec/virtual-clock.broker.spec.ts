import { expect } from 'chai';
import { pino } from 'pino';
import {
  consumerGroupHeartbeat,
  describeGroups,
  fetch,
  findCoordinator,
  joinGroup,
  metadata,
  offsetCommit,
  offsetFetch,
} from '../lib/apis';
import { type Broker, createBroker } from '../lib/embedded/create-broker';
import { errors } from '../lib/errors';
import { onRequest } from '../lib/pipeline/on-request';
import { virtualClock } from '../lib/virtual-clock';
import { settle } from './support/pipeline';
import { Wire } from './support/wire';
import { topicIdOf } from './support/writing';

describe('virtualClock of a broker', () => {
  const clock = virtualClock();
  const logger = pino({ level: 'silent' });
  const config = { 'offsets.retention.minutes': 5, 'offsets.retention.check.interval.ms': 60_000 };
  let broker: Broker;
  beforeEach(async () => {
    broker = await createBroker({
      scheduler: clock,
      logger,
      config,
      topics: [{ name: 'a', config: { 'retention.ms': 60_000 } }],
    });
  });
  afterEach(async () => {
    await broker.close();
    expect(clock.timers).to.equal(0);
  });

  const state = async () => {
    const { groups } = await broker.inject(describeGroups, 4, { groups: ['g'], includeAuthorizedOperations: false });
    return `${groups[0]!.groupState} ${groups[0]!.members.length}`;
  };

  it('decides when a rebalance is over, and when a member that is not heard of is dead', async () => {
    await broker.inject(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] });
    await clock.advance(0);
    const joining = broker.inject(joinGroup, 3, {
      ...{ groupId: 'g', memberId: '', sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000 },
      ...{ protocolType: 'consumer', protocols: [{ name: 'range', metadata: Buffer.alloc(0) }] },
    });
    await settle();
    expect(await state()).to.equal('PreparingRebalance 1');
    await clock.advance('5 s');
    expect((await joining).errorCode).to.equal(0);
    expect(await state()).to.equal('CompletingRebalance 1');
    await clock.advance('30 s');
    expect(await state()).to.equal('Empty 0');
  });

  it('lets records grow old, and stamps those that have no time of their own', async () => {
    await broker.produce('a', ['old']);
    await clock.advance('1 h');
    expect(await broker.records('a').toArray()).to.deep.equal([]);
    expect(await broker.produce('a', ['new'])).to.deep.equal([{ partition: 0, offset: 1 }]);
    const [record] = await broker.records('a').toArray();
    expect([record?.offset, record?.timestamp]).to.deep.equal([1, clock.now()]);
  });

  it('ends a long poll', async () => {
    const topics = [{ topic: 'a', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }] }];
    let isAnswered = false;
    const polling = broker.inject(fetch, 11, { maxWaitMs: 60_000, minBytes: 1, maxBytes: 1000, topics }).then(() => {
      isAnswered = true;
    });
    await clock.advance('59 s');
    expect(isAnswered).to.equal(false);
    await clock.advance('1 s');
    await polling;
  });

  it('decides when a member of a consumer group is dead', async () => {
    await broker.inject(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['modern'] });
    await clock.advance(0);
    const joining = { groupId: 'modern', memberId: 'm', memberEpoch: 0, rebalanceTimeoutMs: 60_000 };
    const joined = await broker.inject(consumerGroupHeartbeat, 0, {
      ...{ ...joining, subscribedTopicNames: ['a'], topicPartitions: [] },
    });
    expect(joined.errorCode).to.equal(0);
    const beat = () =>
      broker.inject(consumerGroupHeartbeat, 0, { groupId: 'modern', memberId: 'm', memberEpoch: joined.memberEpoch });
    await clock.advance('44 s');
    expect((await beat()).errorCode).to.equal(0);
    await clock.advance('46 s');
    expect((await beat()).errorCode).to.equal(errors.UNKNOWN_MEMBER_ID.code);
  });

  it('forgets what a group has committed that nobody asks for', async () => {
    await broker.inject(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['old'] });
    await clock.advance(0);
    const partitions = [{ partitionIndex: 0, committedOffset: 3, committedMetadata: null }];
    await broker.inject(offsetCommit, 8, { groupId: 'old', memberId: '', topics: [{ name: 'a', partitions }] });
    const committed = async () => {
      const { groups } = await broker.inject(offsetFetch, 8, { groups: [{ groupId: 'old', topics: null }] });
      return groups[0]!.topics.length;
    };
    await clock.advance('4 min');
    expect(await committed()).to.equal(1);
    await clock.advance('10 min');
    expect(await committed()).to.equal(0);
  });

  it('closes connections that are idle for too long', async () => {
    const { bootstrap } = await broker.listen();
    const wire = await Wire.connect(bootstrap);
    await topicIdOf(wire, 'a');
    await clock.advance('9 min');
    expect(broker.connections).to.equal(1);
    await clock.advance('3 min');
    await wire.ended;
  });

  it('gives up on a stage that never answers', async () => {
    const remove = broker.taps.add(
      'requests',
      onRequest(metadata, 'sleeps', () => new Promise(() => {})),
    );
    const flags = { allowAutoTopicCreation: false, includeClusterAuthorizedOperations: false };
    const asked = broker.inject(metadata, 12, {
      topics: [{ name: 'a' }],
      ...flags,
      includeTopicAuthorizedOperations: false,
    });
    await clock.advance('1 h');
    expect((await asked).topics[0]!.errorCode).to.equal(errors.REQUEST_TIMED_OUT.code);
    remove();
  });
});
