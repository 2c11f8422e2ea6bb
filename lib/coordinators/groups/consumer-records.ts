/**
 * The records of a consumer group, made of what they say. Called by the files that decide about one
 * (consumer-changes.ts, consumer-target.ts, consumer-step.ts); consumer-fold.ts is the way back.
 *
 * What always holds: every field is written out, so that what is folded at once is what will be read from the log.
 */
import type { ConsumerGroup, ConsumerMember, EpochAssignment, ResolvedRegex } from './consumer-group';
import type { GroupRecord, GroupRecordName } from './group-records';
import type { Assignment } from './requests';

/** Value of the record's `state`, by index. */
export const memberStates = ['STABLE', 'UNREVOKED_PARTITIONS', 'UNRELEASED_PARTITIONS'] as const;

/** Who a member is and what it subscribes to. */
export function memberRecord(groupId: string, member: ConsumerMember): GroupRecord<'ConsumerGroupMemberMetadata'> {
  const { memberId, instanceId, rackId, clientId, clientHost, rebalanceTimeoutMs, serverAssignor, classic } = member;
  return {
    name: 'ConsumerGroupMemberMetadata',
    key: { groupId, memberId },
    value: {
      instanceId,
      rackId,
      clientId,
      clientHost,
      subscribedTopicNames: [...member.subscribedTopicNames],
      subscribedTopicRegex: member.subscribedTopicRegex ?? '',
      rebalanceTimeoutMs,
      serverAssignor,
      classicMemberMetadata: classic === null ? null : classicMetadata(classic),
    },
  };
}

function classicMetadata({ sessionTimeoutMs, supportedProtocols }: NonNullable<ConsumerMember['classic']>) {
  return { sessionTimeoutMs, supportedProtocols: supportedProtocols.map(({ name, metadata }) => ({ name, metadata })) };
}

/** What a member has, and in which epoch it is. */
export function currentAssignmentRecord(
  groupId: string,
  member: ConsumerMember,
): GroupRecord<'ConsumerGroupCurrentMemberAssignment'> {
  const { memberId, memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation } = member;
  return {
    name: 'ConsumerGroupCurrentMemberAssignment',
    key: { groupId, memberId },
    value: {
      memberEpoch,
      previousMemberEpoch,
      state: memberStates.indexOf(state),
      assignedPartitions: withEpochs(assigned),
      partitionsPendingRevocation: withEpochs(pendingRevocation),
    },
  };
}

function withEpochs(assignment: EpochAssignment) {
  return [...assignment].map(([topicId, epochs]) => {
    const partitions = [...epochs.keys()].sort((a, b) => a - b);
    return { topicId, partitions, assignmentEpochs: partitions.map((partition) => epochs.get(partition)!) };
  });
}

/** What a member should have. */
export function targetRecord(
  groupId: string,
  memberId: string,
  target: Assignment,
): GroupRecord<'ConsumerGroupTargetAssignmentMember'> {
  const topicPartitions = [...target].map(([topicId, partitions]) => ({ topicId, partitions: [...partitions] }));
  return { name: 'ConsumerGroupTargetAssignmentMember', key: { groupId, memberId }, value: { topicPartitions } };
}

/** That the target assignment of an epoch is complete. */
export function assignmentEpochRecord(
  groupId: string,
  assignmentEpoch: number,
  assignmentTimestamp: number,
): GroupRecord<'ConsumerGroupTargetAssignmentMetadata'> {
  return {
    name: 'ConsumerGroupTargetAssignmentMetadata',
    key: { groupId },
    value: { assignmentEpoch, assignmentTimestamp },
  };
}

/** A new epoch of the group, with the hash of what it subscribes to. */
export function groupEpochRecord(
  groupId: string,
  epoch: number,
  metadataHash: number,
): GroupRecord<'ConsumerGroupMetadata'> {
  return { name: 'ConsumerGroupMetadata', key: { groupId }, value: { epoch, metadataHash } };
}

/** Which topics a regular expression stands for. */
export function regexRecord(
  groupId: string,
  regularExpression: string,
  { topics, version, timestampMs }: ResolvedRegex,
): GroupRecord<'ConsumerGroupRegularExpression'> {
  return {
    name: 'ConsumerGroupRegularExpression',
    key: { groupId, regularExpression },
    value: { topics: [...topics].sort(), version, timestamp: timestampMs },
  };
}

// ---- what takes things away

export function regexTombstone(groupId: string, regularExpression: string): GroupRecord {
  return { name: 'ConsumerGroupRegularExpression', key: { groupId, regularExpression }, value: null };
}

/** Takes away what Kafka wrote up to 4.0. */
export function partitionMetadataTombstone(groupId: string): GroupRecord {
  return { name: 'ConsumerGroupPartitionMetadata', key: { groupId }, value: null };
}

/** All there is of a member, in the order that Kafka needs. */
export function memberTombstones(groupId: string, memberId: string): GroupRecord[] {
  const key = { groupId, memberId };
  return [
    { name: 'ConsumerGroupCurrentMemberAssignment', key, value: null },
    { name: 'ConsumerGroupTargetAssignmentMember', key, value: null },
    { name: 'ConsumerGroupMemberMetadata', key, value: null },
  ];
}

type OfMember = Extract<GroupRecordName, `ConsumerGroup${string}Member${string}`>;

/** All there is of a group, in Kafka's order: nothing is left that would make it again. */
export function consumerTombstones(group: ConsumerGroup): GroupRecord[] {
  const { groupId } = group;
  const ofMembers = (name: OfMember) =>
    [...group.members.keys()].map((memberId): GroupRecord => ({ name, key: { groupId, memberId }, value: null }));
  return [
    ...ofMembers('ConsumerGroupCurrentMemberAssignment'),
    ...ofMembers('ConsumerGroupTargetAssignmentMember'),
    { name: 'ConsumerGroupTargetAssignmentMetadata', key: { groupId }, value: null },
    ...ofMembers('ConsumerGroupMemberMetadata'),
    ...[...group.regexes.keys()].map((regex) => regexTombstone(groupId, regex)),
    ...(group.hasPartitionMetadata ? [partitionMetadataTombstone(groupId)] : []),
    { name: 'ConsumerGroupMetadata', key: { groupId }, value: null },
  ];
}

/** All that makes a group, in Kafka's order: for one that takes the place of a classic group. */
export function consumerRecords(group: ConsumerGroup): GroupRecord[] {
  const { groupId, members, targetAssignment } = group;
  const each = (make: (member: ConsumerMember) => GroupRecord) => [...members.values()].map(make);
  return [
    ...each((member) => memberRecord(groupId, member)),
    ...[...group.regexes].map(([regex, resolved]) => regexRecord(groupId, regex, resolved)),
    groupEpochRecord(groupId, group.groupEpoch, group.metadataHash),
    ...[...targetAssignment].map(([memberId, target]) => targetRecord(groupId, memberId, target)),
    assignmentEpochRecord(groupId, group.assignmentEpoch, group.assignmentTimestampMs),
    ...each((member) => currentAssignmentRecord(groupId, member)),
  ];
}
