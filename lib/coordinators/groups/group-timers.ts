/**
 * The timers of groups, by group, kind and member. Owned by shard.ts.
 *
 * Most timers are session timers that are set anew with every heartbeat and never fire: setting one anew to a later time
 * only notes it, and the timer that runs already looks again when it fires.
 */
import type { SchedulerLike, Subscription } from 'rxjs';
import type { TimerId } from './step';

interface Timer {
  readonly id: TimerId;
  dueMs: number;
  /** How long it was to take when it was armed last. */
  ms: number;
  /** When what is scheduled will look, at or before `dueMs`. */
  looksAtMs: number;
  running: Subscription;
}

export class GroupTimers {
  private readonly scheduler: SchedulerLike;
  private readonly fire: (groupId: string, timer: TimerId) => void;
  private readonly byGroup = new Map<string, Map<string, Timer>>();

  constructor(scheduler: SchedulerLike, fire: (groupId: string, timer: TimerId) => void) {
    this.scheduler = scheduler;
    this.fire = fire;
  }

  arm(groupId: string, id: TimerId, ms: number): void {
    const nowMs = this.scheduler.now();
    const dueMs = nowMs + Math.max(0, ms);
    let timers = this.byGroup.get(groupId);
    if (timers === undefined) this.byGroup.set(groupId, (timers = new Map()));
    const key = keyOf(id);
    const known = timers.get(key);
    if (known !== undefined && known.looksAtMs <= dueMs) {
      known.dueMs = dueMs;
      known.ms = dueMs - nowMs;
      return;
    }
    known?.running.unsubscribe();
    const leftMs = dueMs - nowMs;
    timers.set(key, { id, dueMs, ms: leftMs, looksAtMs: dueMs, running: this.schedule(groupId, key, leftMs) });
  }

  disarm(groupId: string, id: TimerId): void {
    const timers = this.byGroup.get(groupId);
    const key = keyOf(id);
    timers?.get(key)?.running.unsubscribe();
    timers?.delete(key);
    if (timers?.size === 0) this.byGroup.delete(groupId);
  }

  /** Calls off every timer of a group. */
  drop(groupId: string): void {
    for (const { running } of this.byGroup.get(groupId)?.values() ?? []) running.unsubscribe();
    this.byGroup.delete(groupId);
  }

  /** Calls off every timer. */
  clear(): void {
    for (const groupId of [...this.byGroup.keys()]) this.drop(groupId);
  }

  private schedule(groupId: string, key: string, ms: number): Subscription {
    return this.scheduler.schedule(() => this.look(groupId, key), ms);
  }

  private look(groupId: string, key: string): void {
    const timer = this.byGroup.get(groupId)?.get(key);
    if (timer === undefined) return;
    const nowMs = this.scheduler.now();
    // More is left than there was at first: the clock was set back, and nobody waits for as long as that.
    if (timer.dueMs - nowMs > timer.ms) timer.dueMs = nowMs + timer.ms;
    const leftMs = timer.dueMs - nowMs;
    if (leftMs > 0) {
      timer.looksAtMs = timer.dueMs;
      timer.running = this.schedule(groupId, key, leftMs);
      return;
    }
    this.disarm(groupId, timer.id);
    this.fire(groupId, timer.id);
  }
}

function keyOf({ kind, member }: TimerId): string {
  return `${kind} ${member}`;
}
