import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import {
  type ConsumerGroup,
  newConsumerGroup,
  newConsumerMember,
} from '../../../lib/coordinators/groups/consumer-group';
import { assign, isAssignmentDue, preferredAssignor } from '../../../lib/coordinators/groups/consumer-target';
import { cluster, topicIdOf } from '../../support/consumer-table';
import { brokerRecord, imageAfter, topicRecords } from '../../support/metadata';

const nowMs = 5_000_000;
const id = topicIdOf('a');
const world = { nowMs, config: loadConfig({}), image: cluster({ a: 4 }) };

function groupOf(...assignors: (string | null)[]): ConsumerGroup {
  const members = assignors.map((serverAssignor, i) => {
    return { ...newConsumerMember(`m${i}`), subscribedTopicNames: ['a'], serverAssignor };
  });
  const byId = new Map(members.map((member) => [member.memberId, member]));
  return { ...newConsumerGroup('group'), groupEpoch: 3, members: byId };
}

describe('isAssignmentDue', () => {
  const due = (group: ConsumerGroup, sinceMs: number) =>
    isAssignmentDue({ ...group, assignmentTimestampMs: nowMs - sinceMs }, 50, world);

  it('waits for the interval where there are several, and for nobody where there is one', () => {
    expect(due(groupOf(null, null), 49)).to.equal(false);
    expect(due(groupOf(null, null), 50)).to.equal(true);
    expect(due(groupOf(null), 0)).to.equal(true);
    expect(due(groupOf(null, null), -1)).to.equal(true);
  });

  it('is not where nothing has changed', () => {
    expect(due({ ...groupOf(null), assignmentEpoch: 3 }, 1000)).to.equal(false);
  });
});

describe('assign', () => {
  it('writes targets that are others than before, and the epoch', () => {
    const group = groupOf(null, null);
    const targetAssignment = new Map([['m0', new Map([[id, [0, 1]]])]]);
    const records = assign({ ...group, targetAssignment }, world);
    expect(records).to.deep.equal([
      {
        name: 'ConsumerGroupTargetAssignmentMember',
        key: { groupId: 'group', memberId: 'm1' },
        value: { topicPartitions: [{ topicId: id, partitions: [2, 3] }] },
      },
      {
        name: 'ConsumerGroupTargetAssignmentMetadata',
        key: { groupId: 'group' },
        value: { assignmentEpoch: 3, assignmentTimestamp: nowMs },
      },
    ]);
  });

  it('writes an empty target for who gets nothing', () => {
    const records = assign(groupOf(null), { ...world, image: cluster({}) });
    expect(records[0]!.value).to.deep.equal({ topicPartitions: [] });
  });

  it('tells the assignor in which racks partitions are', () => {
    const racks = ['r1', 'r2'];
    const brokers = racks.map((rack, i) => brokerRecord(i + 1, { rack }));
    const partition = (node: number, partitionId: number) =>
      topicRecords('a', id, 1, { partitionId, replicas: [node], isr: [node], leader: node })[1]!;
    const image = imageAfter(...brokers, topicRecords('a', id, 0)[0]!, partition(1, 0), partition(2, 1));
    const inRacks = (ofMembers: string[]) => {
      const group = groupOf(null, null);
      const members = [...group.members.values()].map((member, i) => ({ ...member, rackId: ofMembers[i]! }));
      const byId = new Map(members.map((member) => [member.memberId, member]));
      return assign({ ...group, members: byId }, { ...world, image }).flatMap(({ value }) =>
        value !== null && 'topicPartitions' in value ? value.topicPartitions.map(({ partitions }) => partitions) : [],
      );
    };
    expect(inRacks(['r1', 'r2'])).to.deep.equal([[0], [1]]);
    expect(inRacks(['r2', 'r1'])).to.deep.equal([[1], [0]]);
  });

  it('goes on with its own where the one asked for is not here', () => {
    expect(assign(groupOf('of another broker'), world)).to.have.length(2);
    const config = loadConfig({ 'group.consumer.assignors': 'of.another.Broker' });
    expect(assign(groupOf(null), { ...world, config })).to.have.length(2);
  });
});

describe('preferredAssignor', () => {
  it('is what most members ask for', () => {
    expect(preferredAssignor(groupOf(null, null))).to.equal(null);
    expect(preferredAssignor(groupOf(null, 'range', null))).to.equal('range');
    expect(preferredAssignor(groupOf('uniform', 'range', 'range'))).to.equal('range');
  });
});
