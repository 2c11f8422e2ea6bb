/**
 * Members that go: because they say so (LeaveGroup), because an administrator says so, or because they were not heard of
 * for too long. Called by classic-step.ts.
 */
import { errors, type KafkaError } from '../../errors';
import { mapKey } from '../../map-key';
import type { ClassicGroup } from './classic-group';
import { completeIfAllJoined, rebalance } from './classic-rebalance';
import type { ClassicTurn } from './classic-turn';
import type { LeavingMember } from './requests';
import type { EventOf } from './step';

/** Lets all of the members go that can, and then looks once what that means for the group. */
export function leave(turn: ClassicTurn, { ticket, request }: EventOf<'leave'>): void {
  const sizeBefore = turn.group.members.size;
  const bearers = bearersOf(turn.group);
  const members = request.members.map((leaving) => {
    const { memberId, groupInstanceId } = leaving;
    return { memberId, groupInstanceId, error: letGo(turn, leaving, bearers) };
  });
  turn.answer(ticket, { error: errors.NONE, members });
  if (turn.group.members.size < sizeBefore) rebalance(turn);
  else completeIfAllJoined(turn);
}

/** Instance id → member id. Gathered once, for a request may name very many. */
function bearersOf({ members }: ClassicGroup): ReadonlyMap<string, string> {
  const bearers = new Map<string, string>();
  for (const { groupInstanceId, memberId } of members.values())
    if (groupInstanceId !== null) bearers.set(mapKey(groupInstanceId), memberId);
  return bearers;
}

function letGo(
  turn: ClassicTurn,
  { memberId, groupInstanceId }: LeavingMember,
  bearers: ReadonlyMap<string, string>,
): KafkaError {
  const { members, pendingMembers } = turn.group;
  if (pendingMembers.has(memberId)) {
    turn.removePending(memberId);
    return errors.NONE;
  }
  const bearer = groupInstanceId === null ? memberId : bearers.get(mapKey(groupInstanceId));
  const member = bearer === undefined ? undefined : members.get(bearer);
  if (member === undefined) return errors.UNKNOWN_MEMBER_ID;
  // Without a member id an administrator removes whoever bears the instance id.
  if (memberId !== '' && memberId !== member.memberId) return errors.FENCED_INSTANCE_ID;
  turn.remove(member, errors.UNKNOWN_MEMBER_ID);
  return errors.NONE;
}

/** A member was not heard of for its session timeout. One that waits for an answer is there. */
export function onSessionTimer(turn: ClassicTurn, memberId: string): void {
  const member = turn.group.members.get(memberId);
  if (member === undefined || member.joining !== null || member.syncing !== null) return;
  turn.expel(member, `was not heard of for ${member.sessionTimeoutMs} ms`);
  rebalance(turn);
}

/** A new member has not come again with its id, or has waited too long for its first join phase to end. */
export function onPendingTimer(turn: ClassicTurn, memberId: string): void {
  const member = turn.group.members.get(memberId);
  if (member !== undefined && member.joining !== null) turn.remove(member, errors.UNKNOWN_MEMBER_ID);
  else turn.removePending(memberId);
  completeIfAllJoined(turn);
}
