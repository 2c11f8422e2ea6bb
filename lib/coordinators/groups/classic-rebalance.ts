/**
 * The rebalance of a classic group, from its start to the answers that end the join phase. Called by classic-join.ts,
 * classic-leave.ts, classic-sync.ts and classic-step.ts whenever the members of a group change.
 *
 * An empty group does not begin at once: in its settle window it gathers those who start together, so that they need one
 * rebalance and not one each. The window is `group.initial.rebalance.delay.ms`; it begins anew with every member that
 * arrives, and is longer the more have come: many do not start within a few milliseconds, and whoever is too late costs all
 * of them a heartbeat. It stays open for those who are known to be on their way, because they were told their id or
 * asked where the coordinator is, and ends at the latest with the rebalance timeout.
 */
import { errors } from '../../errors';
import { type ClassicMember, haveAllJoined, rebalanceTimeoutMs } from './classic-group';
import { chosenProtocol, metadataOf } from './classic-protocols';
import { type ClassicTurn, noAssignment } from './classic-turn';
import type { JoinAnswer } from './requests';

/** A short window grows with the members up to this, in ms. */
const grownWindowMs = 100;

/** How many windows are spent on nobody but those who are on their way, and may never come. */
const extraWaitsMax = 10;

/** When nobody has come back in time: how long to wait at least before looking again. */
const secondLookMinMs = 1000;

const generationMax = 2 ** 31 - 1;

/** The members have changed: a rebalance begins or, where one goes on, may be complete by that. */
export function rebalance(turn: ClassicTurn): void {
  const { state, settling, members } = turn.group;
  if (state !== 'PreparingRebalance') begin(turn);
  else if (settling === null) completeIfAllJoined(turn);
  else openWindow(turn, members.size);
}

/** Begins a rebalance: everybody is to join again. */
function begin(turn: ClassicTurn): void {
  if (turn.group.state === 'CompletingRebalance') callOffSyncs(turn);
  turn.disarm('sync');
  const isFirst = turn.group.state === 'Empty';
  turn.enter('PreparingRebalance');
  if (isFirst) settle(turn);
  else if (haveAllJoined(turn.group)) completeJoin(turn);
  else turn.arm('join', '', rebalanceTimeoutMs(turn.group));
}

/** What the leader brings would be of a generation that is over: those who wait for it join again at once. */
function callOffSyncs(turn: ClassicTurn): void {
  turn.mapMembers((member) => {
    if (member.syncing !== null) {
      turn.refuseSync(member.syncing, errors.REBALANCE_IN_PROGRESS);
      turn.keepAlive(member);
    }
    return { ...member, syncing: null, assignment: noAssignment };
  });
}

function settle(turn: ClassicTurn): void {
  if (turn.world.config['group.initial.rebalance.delay.ms'] <= 0) {
    completeJoin(turn);
    return;
  }
  turn.set({ settling: { sinceMs: turn.world.nowMs, extraWaits: 0 } });
  openWindow(turn, turn.group.members.size);
}

/** Opens the window, or opens it anew, as long as it is to be for this many. */
function openWindow(turn: ClassicTurn, members: number): void {
  const { group, world } = turn;
  const delayMs = world.config['group.initial.rebalance.delay.ms'];
  const windowMs = Math.max(delayMs, Math.min(delayMs * members, grownWindowMs));
  const leftMs = group.settling!.sinceMs + rebalanceTimeoutMs(group) - world.nowMs;
  turn.arm('join', '', Math.min(windowMs, leftMs));
}

/** Ends the join phase as soon as nobody is missing. A settle window is waited for nevertheless. */
export function completeIfAllJoined(turn: ClassicTurn): void {
  const { state, settling } = turn.group;
  if (state === 'PreparingRebalance' && settling === null && haveAllJoined(turn.group)) completeJoin(turn);
}

/** The settle window, or the time that the rebalance may take, is over. */
export function onJoinTimer(turn: ClassicTurn): void {
  if (turn.group.state === 'PreparingRebalance' && !settlesOn(turn)) completeJoin(turn);
}

/** Whether the settle window is opened once more, for those who are on their way. */
function settlesOn(turn: ClassicTurn): boolean {
  const { settling, pendingMembers } = turn.group;
  if (settling === null || settling.extraWaits >= extraWaitsMax) return false;
  if (pendingMembers.size === 0 && turn.world.expectsMember !== true) return false;
  if (turn.world.nowMs >= settling.sinceMs + rebalanceTimeoutMs(turn.group)) return false;
  turn.set({ settling: { ...settling, extraWaits: settling.extraWaits + 1 } });
  openWindow(turn, 1);
  return true;
}

/** Ends the join phase: the next generation is made of those who have joined, and of static members that may return. */
function completeJoin(turn: ClassicTurn): void {
  turn.disarm('join');
  for (const member of [...turn.group.members.values()])
    if (member.joining === null && member.groupInstanceId === null) turn.expel(member, 'did not join again in time');
  if (turn.group.members.size === 0) {
    becomeEmpty(turn);
    return;
  }
  const leader = leaderOf(turn);
  if (leader === null) {
    // Only static members, and none has come: their session timeouts tell who is to stay.
    turn.arm('join', '', Math.max(rebalanceTimeoutMs(turn.group), secondLookMinMs));
    return;
  }
  turn.set({ leader, settling: null, generationId: nextGeneration(turn), protocolName: chosenProtocol(turn.group) });
  turn.enter('CompletingRebalance');
  answerJoins(turn);
  turn.arm('sync', '', rebalanceTimeoutMs(turn.group));
}

function becomeEmpty(turn: ClassicTurn): void {
  turn.set({ settling: null, generationId: nextGeneration(turn), protocolName: null });
  turn.enter('Empty');
  turn.write();
}

function nextGeneration({ group }: ClassicTurn): number {
  return group.generationId < generationMax ? group.generationId + 1 : 0;
}

/** The leader stays if it has joined again, else it is the first who has; null if nobody has. */
function leaderOf({ group }: ClassicTurn): string | null {
  const { leader, members } = group;
  if (leader !== null && members.get(leader)?.joining != null) return leader;
  for (const { memberId, joining } of members.values()) if (joining !== null) return memberId;
  return null;
}

function answerJoins(turn: ClassicTurn): void {
  const joined = turn.group;
  turn.mapMembers((member) => {
    if (member.joining !== null) turn.answer(member.joining, joinAnswer(joined, member));
    turn.disarm('pending', member.memberId);
    turn.keepAlive(member);
    return { ...member, joining: null, hasSynced: false };
  });
}

/** What a member is told of the present generation; the leader also who else is in it, so that it can assign. */
export function joinAnswer(group: ClassicTurn['group'], { memberId }: ClassicMember): JoinAnswer {
  const { generationId, protocolType, protocolName, leader } = group;
  return {
    error: errors.NONE,
    memberId,
    generationId,
    protocolType,
    protocolName,
    leader: leader ?? '',
    skipAssignment: false,
    members: memberId === leader ? membersForLeader(group) : [],
  };
}

function membersForLeader({ members, protocolName }: ClassicTurn['group']): JoinAnswer['members'] {
  return [...members.values()].map((member) => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    metadata: metadataOf(member, protocolName) ?? noAssignment,
  }));
}
