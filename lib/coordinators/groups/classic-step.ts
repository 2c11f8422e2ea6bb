/**
 * The classic protocol (JoinGroup, SyncGroup, Heartbeat, LeaveGroup) as a pure state machine, one event at a time:
 *
 *     Empty ─► PreparingRebalance ─► CompletingRebalance ─► Stable
 *       ▲        │   ▲  all join        │  the leader syncs   │
 *       └────────┘   └──────────────────┴─────────────────────┘
 *      all gone           members come, go, or change
 *
 * Called by group.ts. Behaves as Kafka's GroupMetadataManager does with a ClassicGroup, and is quicker in one place:
 * the first rebalance waits for members that are on their way (classic-rebalance.ts).
 *
 * What always holds: a ticket is answered once; whoever waits in a join or a sync is a member and is answered when the
 * phase ends; the record of the group is written whenever it becomes Stable or Empty, and in Stable when a static member
 * changes its id.
 */
import { errors } from '../../errors';
import { type ClassicGroup, checkGeneration } from './classic-group';
import { join } from './classic-join';
import { leave, onPendingTimer, onSessionTimer } from './classic-leave';
import { onJoinTimer, rebalance } from './classic-rebalance';
import { onSyncTimer, sync } from './classic-sync';
import { ClassicTurn } from './classic-turn';
import type { EventOf, GroupEvent, Step, TimerId, World } from './step';

/**
 * One step of a classic group. For a group that is not there it is given `newClassicGroup`, and null comes back if the
 * event did not create it. Commits and heartbeats of the consumer protocol are not for it: they change nothing here.
 */
export function stepClassic(group: ClassicGroup, event: GroupEvent, world: World): Step<ClassicGroup> {
  const turn = new ClassicTurn(group, world);
  switch (event.on) {
    case 'join':
      join(turn, event);
      break;
    case 'sync':
      sync(turn, event);
      break;
    case 'heartbeat':
      heartbeat(turn, event);
      break;
    case 'leave':
      leave(turn, event);
      break;
    case 'timer':
      onTimer(turn, event.timer);
      break;
    case 'loaded':
      onLoaded(turn);
      break;
  }
  return turn.end();
}

/** Heartbeats during the join phase tell a member to join again; in every phase they keep it in the group. */
function heartbeat(turn: ClassicTurn, { ticket, request }: EventOf<'heartbeat'>): void {
  const error = checkGeneration(turn.group, request, request.generationId);
  if (error !== null) {
    turn.answer(ticket, error);
    return;
  }
  turn.keepAlive(turn.group.members.get(request.memberId)!);
  turn.answer(ticket, turn.group.state === 'PreparingRebalance' ? errors.REBALANCE_IN_PROGRESS : errors.NONE);
}

function onTimer(turn: ClassicTurn, { kind, member }: TimerId): void {
  if (kind === 'session') onSessionTimer(turn, member);
  else if (kind === 'pending') onPendingTimer(turn, member);
  else if (kind === 'join') onJoinTimer(turn);
  else if (kind === 'sync') onSyncTimer(turn);
}

/** Members have their session timeout to be heard of. A group that is too large by now joins again, so that it shrinks. */
function onLoaded(turn: ClassicTurn): void {
  const { members } = turn.group;
  for (const member of members.values()) turn.keepAlive(member);
  if (members.size > turn.world.config['group.max.size']) rebalance(turn);
}
