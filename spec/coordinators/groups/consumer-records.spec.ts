import { expect } from 'chai';
import { foldConsumer } from '../../../lib/coordinators/groups/consumer-fold';
import {
  type ConsumerGroup,
  newConsumerGroup,
  newConsumerMember,
} from '../../../lib/coordinators/groups/consumer-group';
import {
  consumerRecords,
  consumerTombstones,
  currentAssignmentRecord,
  memberRecord,
} from '../../../lib/coordinators/groups/consumer-records';
import { storedGroupRecord, writeGroupRecord } from '../../../lib/coordinators/groups/group-record-codec';
import { topicIdOf } from '../../support/consumer-table';

const id = topicIdOf('a');
const plain = newConsumerMember('m');
const busy = {
  ...newConsumerMember('n'),
  instanceId: 'i',
  rackId: 'r',
  clientId: 'c',
  clientHost: '/h',
  subscribedTopicNames: ['a', 'b'],
  subscribedTopicRegex: 'a.*',
  rebalanceTimeoutMs: 9,
  serverAssignor: 'range',
  classic: { sessionTimeoutMs: 7, supportedProtocols: [{ name: 'range', metadata: Buffer.from('x') }] },
  memberEpoch: 4,
  previousMemberEpoch: 3,
  state: 'UNREVOKED_PARTITIONS' as const,
  assigned: new Map([[id, new Map([[0, 3]])]]),
  pendingRevocation: new Map([[id, new Map([[1, 2]])]]),
};
const group: ConsumerGroup = {
  ...newConsumerGroup('group'),
  groupEpoch: 5,
  metadataHash: 99,
  members: new Map([
    ['m', plain],
    ['n', busy],
  ]),
  assignmentEpoch: 4,
  assignmentTimestampMs: 1000,
  targetAssignment: new Map([['n', new Map([[id, [0]]])]]),
  regexes: new Map([['a.*', { topics: new Set(['a', 'ab']), version: 3, timestampMs: 900 }]]),
};

describe('consumerRecords', () => {
  it('makes the very group that it was made of', () => {
    expect(foldConsumer(null, consumerRecords(group))).to.deep.equal(group);
    expect(foldConsumer(null, consumerRecords(group).map(storedGroupRecord))).to.deep.equal(group);
  });
});

describe('consumerTombstones', () => {
  it('takes everything away, the group last', () => {
    const records = consumerTombstones({ ...group, hasPartitionMetadata: true });
    expect(records.map(({ name }) => name)).to.deep.equal([
      'ConsumerGroupCurrentMemberAssignment',
      'ConsumerGroupCurrentMemberAssignment',
      'ConsumerGroupTargetAssignmentMember',
      'ConsumerGroupTargetAssignmentMember',
      'ConsumerGroupTargetAssignmentMetadata',
      'ConsumerGroupMemberMetadata',
      'ConsumerGroupMemberMetadata',
      'ConsumerGroupRegularExpression',
      'ConsumerGroupPartitionMetadata',
      'ConsumerGroupMetadata',
    ]);
    expect(records.every(({ value }) => value === null)).to.equal(true);
    expect(foldConsumer(group, records)).to.equal(null);
    expect(consumerTombstones(newConsumerGroup('group'))).to.have.length(2);
  });

  it('has one for every key that the group wrote', () => {
    const key = (record: Parameters<typeof writeGroupRecord>[0]) =>
      (writeGroupRecord(record).key as Buffer).toString('hex');
    const gone = new Set(consumerTombstones(group).map(key));
    for (const record of consumerRecords(group)) expect(gone.has(key(record)), record.name).to.equal(true);
  });
});

describe('memberRecord', () => {
  it('says of a member of the consumer protocol that it is not one of the classic protocol', () => {
    const { value } = writeGroupRecord(memberRecord('group', plain));
    // One tag, number 0, one byte: null. Kafka takes a member without it for one of the classic protocol.
    expect((value as Buffer).subarray(-4).toString('hex')).to.equal('01000100');
  });
});

describe('currentAssignmentRecord', () => {
  it('says of each partition since which epoch the member has it, in order', () => {
    const assigned = new Map([
      [
        id,
        new Map([
          [4, 2],
          [1, 7],
        ]),
      ],
    ]);
    const { value } = currentAssignmentRecord('group', { ...busy, assigned });
    expect(value).to.deep.include({
      state: 1,
      assignedPartitions: [{ topicId: id, partitions: [1, 4], assignmentEpochs: [7, 2] }],
    });
  });
});
