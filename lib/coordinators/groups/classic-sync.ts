/**
 * SyncGroup to a classic group: the leader brings what everybody is assigned, the others wait for it. With what the leader
 * brings the group is stable, and that is written before anybody hears of it. Called by classic-step.ts.
 */
import { errors, type KafkaError } from '../../errors';
import { mapKey } from '../../map-key';
import { type ClassicGroup, checkGeneration } from './classic-group';
import { rebalance } from './classic-rebalance';
import { type ClassicTurn, noAssignment } from './classic-turn';
import type { SyncRequest } from './requests';
import type { EventOf } from './step';

export function sync(turn: ClassicTurn, { ticket, request }: EventOf<'sync'>): void {
  const error = refusal(turn.group, request);
  if (error !== null) {
    turn.refuseSync(ticket, error);
    return;
  }
  const { state, leader } = turn.group;
  const member = turn.group.members.get(request.memberId)!;
  if (state === 'CompletingRebalance') {
    if (member.syncing !== null) turn.refuseSync(member.syncing, errors.REBALANCE_IN_PROGRESS);
    turn.put({ ...member, syncing: ticket, hasSynced: true });
    if (leader === member.memberId) assign(turn, request.assignments);
  } else {
    if (!member.hasSynced) turn.put({ ...member, hasSynced: true });
    turn.grantSync(ticket, member);
    turn.keepAlive(member);
  }
  if (haveAllSynced(turn.group)) turn.disarm('sync');
}

function refusal(group: ClassicGroup, request: SyncRequest): KafkaError | null {
  const { generationId, protocolType, protocolName } = request;
  if (protocolType === null || protocolName === null) return errors.INCONSISTENT_GROUP_PROTOCOL;
  const error = checkGeneration(group, request, generationId);
  if (error !== null) return error;
  if (protocolType !== undefined && protocolType !== group.protocolType) return errors.INCONSISTENT_GROUP_PROTOCOL;
  if (protocolName !== undefined && protocolName !== group.protocolName) return errors.INCONSISTENT_GROUP_PROTOCOL;
  return group.state === 'PreparingRebalance' ? errors.REBALANCE_IN_PROGRESS : null;
}

/** Takes over what the leader brought; who is not in it gets nothing. */
function assign(turn: ClassicTurn, assignments: SyncRequest['assignments']): void {
  const byMember = new Map(assignments.map(({ memberId, assignment }) => [mapKey(memberId), assignment]));
  turn.enter('Stable');
  turn.mapMembers((member) => {
    const brought = byMember.get(mapKey(member.memberId));
    // A copy, as what was brought is a slice of the leader's frame.
    const assigned = { ...member, assignment: brought === undefined ? noAssignment : Buffer.from(brought) };
    if (assigned.syncing === null) return assigned;
    turn.grantSync(assigned.syncing, assigned);
    turn.keepAlive(assigned);
    return { ...assigned, syncing: null };
  });
  turn.write();
}

function haveAllSynced({ members }: ClassicGroup): boolean {
  for (const { hasSynced } of members.values()) if (!hasSynced) return false;
  return true;
}

/** Members that have not asked for their assignment by now are gone. */
export function onSyncTimer(turn: ClassicTurn): void {
  const { state, members } = turn.group;
  if (state !== 'CompletingRebalance' && state !== 'Stable') return;
  const missing = [...members.values()].filter(({ hasSynced }) => !hasSynced);
  for (const member of missing) turn.expel(member, 'did not ask for its assignment in time');
  if (missing.length > 0) rebalance(turn);
}
