import { expect } from 'chai';
import { coordinatorPartition } from '../../lib/coordinator-partition';
import { LocalGroups } from '../../lib/coordinators/groups';
import { errors, type KafkaError } from '../../lib/errors';
import { imageOf } from '../../lib/storage/metadata-image';
import { aCommit, aConsumerHeartbeat, aHeartbeat, aJoin, aSync } from '../support/group-table';
import { pass, timersOf } from '../support/in-process';
import { TestBroker } from '../support/services';
import { rejected } from '../support/thrown';

const minute = 60_000;
const offset = { topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partition: 0, offset: 5, leaderEpoch: 0, metadata: '' };

describe('LocalGroups', () => {
  let broker: TestBroker;
  let groups: LocalGroups;

  beforeEach(() => {
    broker = new TestBroker({ 'offsets.retention.minutes': 30, 'group.initial.rebalance.delay.ms': 20 });
    groups = open();
  });

  function open(): LocalGroups {
    const { topics, appends, scheduler, config, logger, metadata } = broker.services;
    let last = 0;
    return new LocalGroups({ topics, appends, scheduler, config, logger, metadata, newId: () => `id-${++last}` });
  }
  /** Makes `__consumer_offsets`, and lets it load. */
  const begin = async (partitions = 4) => {
    const previous = broker.image;
    const topic = broker.topic('__consumer_offsets', { partitions });
    groups.update(previous, broker.image);
    await groups.loaded();
    return topic;
  };
  const commit = (groupId: string, topic = 't', topicId = offset.topicId) =>
    groups.commitOffsets({ ...aCommit, groupId, offsets: [{ ...offset, topic, topicId }] });
  const fetch = (groupId: string) =>
    groups.fetchOffsets({ groupId, memberId: null, memberEpoch: -1, requireStable: false });
  const join = (groupId: string) => groups.joinGroup({ ...aJoin, groupId, requiresKnownMemberId: false });
  const refusal = async (work: Promise<unknown>) => (await rejected(work)) as KafkaError;

  it('is not available before there is anything to write to', async () => {
    expect(await refusal(commit('g'))).to.equal(errors.COORDINATOR_NOT_AVAILABLE);
    expect(await groups.listGroups()).to.deep.equal([]);
    await begin();
    expect(await commit('g')).to.equal(errors.NONE);
  });

  it('keeps each group in the partition that its name hashes to', async () => {
    const topic = await begin();
    for (const groupId of ['a', 'b', 'c', 'd', 'my-group']) {
      const log = topic.partitions[coordinatorPartition(groupId, 4)]!;
      const before = log.logEndOffset;
      await commit(groupId);
      expect(log.logEndOffset).to.equal(before + 1);
    }
    expect((await groups.listGroups()).map(({ groupId }) => groupId).sort()).to.deep.equal([
      'a',
      'b',
      'c',
      'd',
      'my-group',
    ]);
  });

  it('holds up only the groups of a partition that loads', async () => {
    const topic = await begin();
    await Promise.all(['a', 'b'].map((groupId) => commit(groupId)));
    groups.close();
    const slow = topic.partitions[coordinatorPartition('a', 4)]!;
    const read = slow.read.bind(slow);
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    slow.read = (...given) => held.then(() => read(...given));
    groups = open();
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(await refusal(fetch('a'))).to.equal(errors.COORDINATOR_LOAD_IN_PROGRESS);
    expect(await refusal(groups.listGroups())).to.equal(errors.COORDINATOR_LOAD_IN_PROGRESS);
    expect((await fetch('b')).size).to.equal(1);
    goOn();
    await groups.loaded();
    expect((await fetch('a')).size).to.equal(1);
  });

  it('loads so many partitions at a time as are configured', async () => {
    const topic = await begin(12);
    await Promise.all(Array.from({ length: 40 }, (_, i) => commit(`group ${i}`)));
    groups.close();
    let [running, most] = [0, 0];
    for (const log of topic.partitions) {
      const read = log.read.bind(log);
      log.read = async (...given) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return read(...given);
      };
    }
    groups = open();
    await groups.loaded();
    expect(most).to.equal(4);
    expect(await groups.listGroups()).to.have.length(40);
  });

  it('refuses names that no record can have', async () => {
    await begin();
    expect(await refusal(commit('x'.repeat(32_768)))).to.equal(errors.INVALID_GROUP_ID);
    expect(await refusal(commit('é'.repeat(16_384)))).to.equal(errors.INVALID_GROUP_ID);
    expect(await commit('x'.repeat(32_767))).to.equal(errors.NONE);
    expect(await commit('')).to.equal(errors.NONE);
  });

  it('shows offsets only once they are in the log', async () => {
    await begin();
    broker.holdAppends = true;
    const committing = commit('g');
    let seen = -1;
    const fetching = fetch('g').then(({ size }) => {
      seen = size;
    });
    await Promise.resolve();
    expect(seen).to.equal(-1);
    for (const release of broker.held) release();
    await Promise.all([committing, fetching]);
    expect(seen).to.equal(1);
  });

  it('describes and lists each type', async () => {
    await begin();
    const joining = join('classic');
    pass(broker.scheduler, 20);
    await joining;
    await groups.consumerGroupHeartbeat({
      ...aConsumerHeartbeat,
      groupId: 'consumer',
      memberId: 'm',
      subscribedTopicNames: ['t'],
      topicPartitions: [],
    });
    await commit('simple');
    const listed = (await groups.listGroups()).sort((a, b) => a.groupId.localeCompare(b.groupId));
    expect(listed).to.deep.equal([
      { groupId: 'classic', type: 'classic', protocolType: 'consumer', state: 'CompletingRebalance' },
      { groupId: 'consumer', type: 'consumer', protocolType: 'consumer', state: 'Stable' },
      { groupId: 'simple', type: 'classic', protocolType: '', state: 'Empty' },
    ]);
    expect((await groups.describeClassicGroup('classic'))?.members).to.have.length(1);
    expect(await groups.describeClassicGroup('consumer')).to.equal(null);
    expect((await groups.describeConsumerGroup('consumer'))?.members).to.have.length(1);
    expect(await groups.describeConsumerGroup('simple')).to.equal(null);
    expect(await groups.describeClassicGroup('nobody')).to.equal(null);
  });

  it('drops offsets whose time is over, and the group with them', async () => {
    await begin();
    await commit('g');
    pass(broker.scheduler, 29 * minute);
    expect((await fetch('g')).size).to.equal(1);
    pass(broker.scheduler, 11 * minute);
    expect((await fetch('g')).size).to.equal(0);
    expect(await groups.listGroups()).to.deep.equal([]);
    groups.close();
    groups = open();
    await groups.loaded();
    expect(await groups.listGroups()).to.deep.equal([]);
  });

  it('forgets what was committed of a topic that is deleted', async () => {
    await begin();
    const { id } = broker.topic('doomed');
    await Promise.all([commit('g', 'doomed', id), commit('g', 'other')]);
    const previous = broker.image;
    const topics = [...previous.topicsByName.values()].filter(({ name }) => name !== 'doomed');
    broker.image = imageOf({
      ...previous,
      topicsByName: new Map(topics.map((topic) => [topic.name, topic])),
      topicsById: new Map(topics.map((topic) => [topic.id, topic])),
    });
    groups.update(previous, broker.image);
    expect([...(await fetch('g')).keys()]).to.deep.equal(['other']);
  });

  it('does not complete the first join while somebody is expected to come', async () => {
    await begin();
    groups.expectMember('g');
    groups.expectMember('other');
    const first = join('g');
    groups.expectMember('g');
    pass(broker.scheduler, 39);
    const second = join('g');
    pass(broker.scheduler, 60);
    expect((await Promise.all([first, second])).map(({ generationId }) => generationId)).to.deep.equal([1, 1]);
  });

  it('begins anew with its topic, when that is deleted and made again', async () => {
    await begin();
    await commit('g');
    const parked = join('g');
    const withTopic = broker.image;
    broker.topics.all.delete('__consumer_offsets');
    broker.image = imageOf({ ...withTopic, topicsByName: new Map(), topicsById: new Map() });
    groups.update(withTopic, broker.image);
    expect(await refusal(parked)).to.equal(errors.NOT_COORDINATOR);
    expect(await refusal(commit('g'))).to.equal(errors.COORDINATOR_NOT_AVAILABLE);
    expect(await groups.listGroups()).to.deep.equal([]);
    const topic = await begin();
    expect((await fetch('g')).size).to.equal(0);
    expect(await commit('g')).to.equal(errors.NONE);
    expect(topic.partitions.reduce((sum, { logEndOffset }) => sum + logEndOffset, 0)).to.equal(1);
  });

  it('deletes groups and offsets, and says why it does not', async () => {
    await begin();
    await Promise.all([commit('g'), commit('g', 'u')]);
    expect(await groups.deleteOffsets('g', [{ topic: 'u', partition: 0 }])).to.deep.equal([errors.NONE]);
    expect([...(await fetch('g')).keys()]).to.deep.equal(['t']);
    expect(await groups.deleteGroup('g')).to.equal(errors.NONE);
    expect((await fetch('g')).size).to.equal(0);
    expect((await refusal(groups.deleteGroup('g'))).is(errors.GROUP_ID_NOT_FOUND)).to.equal(true);
    const joining = join('h');
    pass(broker.scheduler, 20);
    await joining;
    expect((await refusal(groups.deleteGroup('h'))).is(errors.NON_EMPTY_GROUP)).to.equal(true);
  });

  it('answers heartbeats, syncs and leaves of groups that are not there', async () => {
    await begin();
    expect((await groups.heartbeat(aHeartbeat)).is(errors.UNKNOWN_MEMBER_ID)).to.equal(true);
    expect((await groups.syncGroup(aSync)).error.is(errors.UNKNOWN_MEMBER_ID)).to.equal(true);
    const member = { memberId: 'm', groupInstanceId: null, reason: null };
    const left = await groups.leaveGroup({ groupId: 'g', members: [member] });
    expect(left.members.map(({ error }) => error.name)).to.deep.equal(['UNKNOWN_MEMBER_ID']);
    expect(await groups.listGroups()).to.deep.equal([]);
  });

  it('sends everybody away when it closes, and leaves no timer', async () => {
    await begin();
    const parked = join('g');
    groups.close();
    expect(await refusal(parked)).to.equal(errors.NOT_COORDINATOR);
    expect(await refusal(commit('g'))).to.equal(errors.NOT_COORDINATOR);
    expect(timersOf(broker.scheduler)).to.equal(0);
  });
});
