/**
 * A static member (KIP-345) whose process was started again: it comes without a member id, gets a new one and takes the
 * place of the old one, which is fenced. In a stable group nobody else notices. Called by classic-join.ts.
 */
import { errors } from '../../errors';
import { type ClassicMember, saidOnJoining } from './classic-group';
import { chosenProtocol } from './classic-protocols';
import { joinAnswer, rebalance } from './classic-rebalance';
import type { ClassicTurn } from './classic-turn';
import type { JoinAnswer } from './requests';
import type { EventOf } from './step';

/** Puts the member that joins in the place of `old`, under a new id. */
export function takeOver(
  turn: ClassicTurn,
  { ticket, request }: EventOf<'join'>,
  old: ClassicMember,
  memberId: string,
): void {
  const before = turn.group;
  if (old.joining !== null) turn.refuseJoin(old.joining, errors.FENCED_INSTANCE_ID, old.memberId);
  turn.remove({ ...old, joining: null }, errors.FENCED_INSTANCE_ID);
  const member: ClassicMember = {
    ...old,
    ...request.client,
    memberId,
    ...saidOnJoining(request),
    joining: ticket,
    syncing: null,
  };
  turn.put(member);
  turn.keepAlive(member);
  if (before.leader === old.memberId) turn.set({ leader: memberId });
  if (before.state === 'Stable' && chosenProtocol(turn.group) === before.protocolName) {
    turn.put({ ...member, joining: null });
    turn.write();
    turn.answer(ticket, stableAnswer(turn, member, request.canSkipAssignment ? null : before.leader));
  } else rebalance(turn);
}

/**
 * The group stays as it is. If it is the leader that has come back it must not assign anything: it is told so where it
 * can be (KIP-814), else it is told that the leader is still the member that it was before.
 */
function stableAnswer({ group }: ClassicTurn, member: ClassicMember, leaderToName: string | null): JoinAnswer {
  const told = joinAnswer(group, member);
  if (leaderToName !== null) return { ...told, leader: leaderToName, members: [] };
  return { ...told, skipAssignment: group.leader === member.memberId };
}
