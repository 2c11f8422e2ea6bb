/**
 * What a member's word does for its group, and the group for the member, whichever protocol it speaks: topics are looked
 * at again, a new target assignment is made, the member comes nearer to its own. Called by consumer-step.ts for members of
 * the consumer protocol, and by classic-member-join.ts and classic-members.ts for those of the classic one.
 *
 * What always holds: where there is no news nothing is written.
 */
import { followTopics, mayHaveOtherTopics, reconciliation } from './consumer-changes';
import type { ConsumerMember } from './consumer-group';
import type { OwnedPartitions } from './consumer-reconcile';
import { assign, isAssignmentDue } from './consumer-target';
import type { ConsumerTurn } from './consumer-turn';

/**
 * Looks at the topics again where a subscription or the cluster has changed.
 *
 * @param hasChanged whether the member's subscription is another than before
 * @returns whether it looked: the member may have lost a topic by it
 */
export function follow(turn: ConsumerTurn, hasChanged: boolean, isNew: boolean): boolean {
  if (!hasChanged && !isNew && !mayHaveOtherTopics(turn.group, turn.world)) return false;
  turn.write(followTopics(turn.group, hasChanged, turn.world));
  turn.hasSeenTopics();
  return true;
}

/** Makes a new target assignment if the group has moved on. */
export function assignIfDue(turn: ConsumerTurn): void {
  const { group, settings, world } = turn;
  if (isAssignmentDue(group, settings.assignmentIntervalMs, world)) turn.write(assign(group, world));
}

/**
 * Brings a member of the group nearer to its target; it has its rebalance timeout to give up what it has to.
 *
 * @param owned what it says it owns; null where it does not say
 * @param mayHaveUnsubscribed what `follow` gave
 */
export function reconcileMember(
  turn: ConsumerTurn,
  memberId: string,
  owned: OwnedPartitions,
  mayHaveUnsubscribed: boolean,
): ConsumerMember {
  const before = turn.group.members.get(memberId)!;
  turn.write(reconciliation(turn.group, before, owned, mayHaveUnsubscribed, turn.world.image));
  const after = turn.group.members.get(memberId)!;
  if (after === before) return after;
  if (after.state === 'UNREVOKED_PARTITIONS') turn.armRevoke(after);
  else if (before.state === 'UNREVOKED_PARTITIONS') turn.disarmRevoke(memberId);
  return after;
}
