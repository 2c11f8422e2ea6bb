/**
 * The groups that somebody is about to join: who asked where the coordinator is, as a rule joins next. groups.ts tells of
 * both; shard.ts tells the groups, whose settle window waits for it.
 *
 * Whoever comes ends the expectation: some clients ask up to three times on as many connections before they join once,
 * and members that start together keep asking while the first of them join.
 *
 * What always holds: who does not come is forgotten within twice `patienceMs`, so what is kept is bounded by what is
 * asked in that time.
 */
import type { SchedulerLike } from 'rxjs';
import { mapKey } from '../../map-key';

/** How long somebody is expected at least, in ms: there is a connection to open meanwhile. */
const patienceMs = 500;

export class ExpectedMembers {
  private readonly scheduler: Pick<SchedulerLike, 'now'>;
  /** By `mapKey`: anybody may ask for any name. */
  private recent = new Set<string>();
  private older = new Set<string>();
  private sinceMs: number;

  constructor(scheduler: Pick<SchedulerLike, 'now'>) {
    this.scheduler = scheduler;
    this.sinceMs = scheduler.now();
  }

  /** Somebody asked for the coordinator of a group. */
  expect(groupId: string): void {
    this.forget();
    this.recent.add(mapKey(groupId));
  }

  /** Somebody has come. */
  arrive(groupId: string): void {
    const key = mapKey(groupId);
    this.recent.delete(key);
    this.older.delete(key);
  }

  /** Whether somebody has asked since the last one came. */
  has(groupId: string): boolean {
    this.forget();
    const key = mapKey(groupId);
    return this.recent.has(key) || this.older.has(key);
  }

  private forget(): void {
    const nowMs = this.scheduler.now();
    if (nowMs - this.sinceMs < patienceMs) return;
    this.older = nowMs - this.sinceMs < 2 * patienceMs ? this.recent : new Set();
    this.recent = new Set();
    this.sinceMs = nowMs;
  }
}
