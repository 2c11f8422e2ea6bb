import { expect } from 'chai';
import { foldConsumer } from '../../../lib/coordinators/groups/consumer-fold';
import { newConsumerGroup } from '../../../lib/coordinators/groups/consumer-group';
import { storedGroupRecord } from '../../../lib/coordinators/groups/group-record-codec';
import type { GroupRecord, GroupRecordDraft } from '../../../lib/coordinators/groups/group-records';

const groupId = 'group';
const topicId = 'AAAAAAAAQACAAAAAAAAAkQ';
const ofMember = { groupId, memberId: 'm' };

const epoch = (value: number): GroupRecord => ({
  name: 'ConsumerGroupMetadata',
  key: { groupId },
  value: { epoch: value, metadataHash: 7 },
});
const gone: GroupRecord = { name: 'ConsumerGroupMetadata', key: { groupId }, value: null };
const member: GroupRecordDraft = {
  name: 'ConsumerGroupMemberMetadata',
  key: ofMember,
  value: {
    instanceId: null,
    rackId: 'r',
    clientId: 'c',
    clientHost: '/h',
    subscribedTopicNames: ['a'],
    subscribedTopicRegex: '',
    rebalanceTimeoutMs: 5,
    serverAssignor: null,
    classicMemberMetadata: null,
  },
};
const position = (more: object = {}): GroupRecordDraft => {
  const assignedPartitions = [{ topicId, partitions: [1, 0], assignmentEpochs: [3, 4] }];
  const value = {
    memberEpoch: 5,
    previousMemberEpoch: 4,
    state: 2,
    assignedPartitions,
    partitionsPendingRevocation: [],
  };
  return { name: 'ConsumerGroupCurrentMemberAssignment', key: ofMember, value: { ...value, ...more } };
};

const fold = (...drafts: GroupRecordDraft[]) => foldConsumer(null, drafts.map(storedGroupRecord));
const memberAfter = (...drafts: GroupRecordDraft[]) => fold(...drafts)?.members.get('m');

describe('foldConsumer', () => {
  it('makes a group of the first record that there is of it', () => {
    expect(fold(epoch(4))).to.deep.equal({ ...newConsumerGroup(groupId), groupEpoch: 4, metadataHash: 7 });
    expect(fold(member)!.groupEpoch).to.equal(1);
  });

  it('gives a member who it is and what it has, whichever comes first', () => {
    const expected = {
      memberId: 'm',
      instanceId: null,
      rackId: 'r',
      clientId: 'c',
      clientHost: '/h',
      subscribedTopicNames: ['a'],
      subscribedTopicRegex: null,
      rebalanceTimeoutMs: 5,
      serverAssignor: null,
      classic: null,
      memberEpoch: 5,
      previousMemberEpoch: 4,
      state: 'UNRELEASED_PARTITIONS',
      assigned: new Map([
        [
          topicId,
          new Map([
            [1, 3],
            [0, 4],
          ]),
        ],
      ]),
      pendingRevocation: new Map(),
    };
    expect(memberAfter(member, position())).to.deep.equal(expected);
    expect(memberAfter(position(), member)).to.deep.equal(expected);
  });

  it('takes the epoch of the member for partitions that do not say theirs', () => {
    for (const assignmentEpochs of [null, []]) {
      const assignedPartitions = [{ topicId, partitions: [2], assignmentEpochs }];
      expect(memberAfter(position({ assignedPartitions }))!.assigned.get(topicId)!.get(2)).to.equal(5);
    }
  });

  it('puts a member in a state that is not known where every epoch is fenced', () => {
    expect(memberAfter(position({ state: 9 }))).to.include({ memberEpoch: -1, state: 'STABLE' });
  });

  it('takes away what it is told to', () => {
    const target: GroupRecordDraft = {
      name: 'ConsumerGroupTargetAssignmentMember',
      key: ofMember,
      value: {
        topicPartitions: [
          { topicId, partitions: [1, 0] },
          { topicId: 'AAAAAAAAQACAAAAAAAAAkg', partitions: [] },
        ],
      },
    };
    const regex: GroupRecordDraft = {
      name: 'ConsumerGroupRegularExpression',
      key: { groupId, regularExpression: 'a.*' },
      value: { topics: ['ab'], version: 3, timestamp: 9 },
    };
    const group = fold(member, target, regex)!;
    expect(group.targetAssignment).to.deep.equal(new Map([['m', new Map([[topicId, [0, 1]]])]]));
    expect(group.regexes.get('a.*')).to.deep.equal({ topics: new Set(['ab']), version: 3, timestampMs: 9 });
    const left = fold(member, target, regex, { ...target, value: null }, { ...regex, value: null })!;
    expect([left.targetAssignment.size, left.regexes.size, left.members.size]).to.deep.equal([0, 0, 1]);
    expect(memberAfter(member, position(), { ...position(), value: null })).to.include({ memberEpoch: -1 });
    expect(fold(epoch(2), member, { ...member, value: null })!.members.size).to.equal(0);
  });

  it('gives no group once it is taken away, and makes nothing of what is taken away after that', () => {
    expect(fold(epoch(2), member, gone)).to.equal(null);
    expect(fold(gone, { ...member, value: null }, { ...position(), value: null })).to.equal(null);
    expect(fold(epoch(9), member, gone, epoch(1))).to.deep.include({ groupEpoch: 1, members: new Map() });
  });

  it('remembers that Kafka up to 4.0 wrote something that has to go with the group', () => {
    const old: GroupRecordDraft = { name: 'ConsumerGroupPartitionMetadata', key: { groupId }, value: { topics: [] } };
    expect(fold(epoch(2), old)!.hasPartitionMetadata).to.equal(true);
    expect(fold(epoch(2), old, { ...old, value: null })!.hasPartitionMetadata).to.equal(false);
  });

  it('leaves the group that it was given as it was, and shares what no record touches', () => {
    const before = fold(epoch(2), member, position())!;
    const copy = structuredClone(before);
    const after = foldConsumer(before, [epoch(3)])!;
    expect(after.members).to.equal(before.members);
    const emptied = foldConsumer(before, [storedGroupRecord({ ...member, value: null })])!;
    expect(emptied.members.size).to.equal(0);
    expect(before).to.deep.equal(copy);
    expect(emptied.targetAssignment).to.equal(before.targetAssignment);
  });

  it('passes over records of others', () => {
    const commit: GroupRecordDraft = {
      name: 'OffsetCommit',
      key: { group: groupId, topic: 't', partition: 0 },
      value: null,
    };
    expect(fold(commit)).to.equal(null);
    expect(fold(epoch(2), commit)!.groupEpoch).to.equal(2);
  });
});
