/**
 * A consumer group that has members of the classic protocol too: when those are to join again, and what they are told
 * their protocol is. Called by classic-members.ts, classic-member-join.ts and migration.ts.
 */
import { errors, type KafkaError } from '../../errors';
import type { ConsumerGroup, ConsumerMember } from './consumer-group';

/** Whether a classic member is to join again: there is something for it to give up or to get. */
export function mustRejoin(group: ConsumerGroup, member: ConsumerMember): boolean {
  const { classic, state, memberEpoch } = member;
  if (classic === null) return false;
  if (memberEpoch < group.assignmentEpoch || state === 'UNREVOKED_PARTITIONS') return true;
  return state === 'UNRELEASED_PARTITIONS' && !waitsForOthers(group, member);
}

/** Whether another member still has some of what this one should have. */
function waitsForOthers({ members, targetAssignment }: ConsumerGroup, { memberId, assigned }: ConsumerMember): boolean {
  for (const [topicId, partitions] of targetAssignment.get(memberId) ?? []) {
    const missing = partitions.filter((partition) => !assigned.get(topicId)?.has(partition));
    for (const other of missing.length === 0 ? [] : members.values()) {
      if (other.memberId === memberId) continue;
      const [has, revokes] = [other.assigned.get(topicId), other.pendingRevocation.get(topicId)];
      if (missing.some((partition) => has?.has(partition) || revokes?.has(partition))) return true;
    }
  }
  return false;
}

/** What a classic member is told that the group's protocol is: the first of its own; checked with every sync. */
export function protocolNameOf({ classic }: ConsumerMember): string | null {
  return classic?.supportedProtocols[0]?.name ?? null;
}

/** What classic members are told that do not fit. */
export function inconsistent(message: string): KafkaError {
  return errors.INCONSISTENT_GROUP_PROTOCOL.because(message);
}
