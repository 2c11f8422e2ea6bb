/**
 * A classic group as the log has it: its GroupMetadata record, and back. What the record does not say (who waits for
 * what, protocols that were not chosen, whether a rebalance goes on) is lost with the broker; members find out by
 * themselves.
 */
import type { ClassicGroup, ClassicMember } from './classic-group';
import { metadataOf } from './classic-protocols';
import type { GroupRecord, GroupRecordDraft, ValueOf } from './group-records';

type Value = ValueOf<'GroupMetadata'>;

const nothing = Buffer.alloc(0);

/** What is written of a group, in version 3 as Kafka writes it. */
export function classicRecord(group: ClassicGroup): GroupRecordDraft<'GroupMetadata'> {
  const { groupId, protocolType, generationId, protocolName, leader, stateSinceMs } = group;
  return {
    name: 'GroupMetadata',
    key: { group: groupId },
    value: {
      protocolType: protocolType ?? '',
      generation: generationId,
      protocol: protocolName,
      leader,
      currentStateTimestamp: stateSinceMs,
      members: [...group.members.values()].map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeout: member.rebalanceTimeoutMs,
        sessionTimeout: member.sessionTimeoutMs,
        subscription: metadataOf(member, protocolName) ?? nothing,
        assignment: member.assignment,
      })),
    },
  };
}

/** Takes a group out of the log. */
export function classicTombstone({ groupId }: ClassicGroup): GroupRecordDraft<'GroupMetadata'> {
  return { name: 'GroupMetadata', key: { group: groupId }, value: null };
}

/** The group after a record: Stable with its members or Empty without any; null after a tombstone. */
export function foldClassic(
  _before: ClassicGroup | null,
  { key, value }: GroupRecord<'GroupMetadata'>,
): ClassicGroup | null {
  if (value === null) return null;
  const members = value.members.map((member) => foldMember(member, value.protocol));
  return {
    type: 'classic',
    groupId: key.group,
    state: members.length === 0 ? 'Empty' : 'Stable',
    stateSinceMs: Number(value.currentStateTimestamp),
    protocolType: value.protocolType === '' ? null : value.protocolType,
    generationId: value.generation,
    protocolName: value.protocol,
    leader: value.leader,
    members: new Map(members.map((member) => [member.memberId, member])),
    pendingMembers: new Set(),
    settling: null,
    isRecorded: true,
  };
}

function foldMember(member: Value['members'][number], protocolName: string | null): ClassicMember {
  const { memberId, groupInstanceId, clientId, clientHost, sessionTimeout, rebalanceTimeout } = member;
  return {
    memberId,
    groupInstanceId,
    clientId,
    clientHost,
    sessionTimeoutMs: sessionTimeout,
    // Records of version 0 do not say.
    rebalanceTimeoutMs: rebalanceTimeout === -1 ? sessionTimeout : rebalanceTimeout,
    // Copies, as the record is a slice of all that was read with it.
    protocols: [{ name: protocolName ?? '', metadata: Buffer.from(member.subscription) }],
    assignment: Buffer.from(member.assignment),
    joining: null,
    syncing: null,
    hasSynced: true,
  };
}
