/**
 * When a replay does what the recording did: at its recorded times, some times as fast, or without waiting at all. All
 * waiting of a replay goes through here, on its scheduler.
 */
import type { SchedulerLike } from 'rxjs';
import { fineClock } from '../capture/fine-clock';

export class Pace {
  private readonly scheduler: SchedulerLike;
  private readonly clock: () => number;
  private readonly speed: number | null;
  private readonly pending = new Set<() => void>();
  private isStopped = false;
  /** Recorded and own time of the first event. */
  private startMs: { recorded: number; now: number } | null = null;

  /** @param speed 1 for the recorded times, 10 for ten times as fast, null for no waiting */
  constructor(scheduler: SchedulerLike, speed: number | null) {
    this.scheduler = scheduler;
    this.clock = fineClock(scheduler);
    this.speed = speed;
  }

  /** Own time, ms since 1970, with fractions. */
  now(): number {
    return this.clock();
  }

  /** Null where what was recorded at this time may happen now. */
  until(recordedMs: number): Promise<void> | null {
    if (this.speed === null) return null;
    this.startMs ??= { recorded: recordedMs, now: this.now() };
    const dueMs = this.startMs.now + (recordedMs - this.startMs.recorded) / this.speed;
    const waitMs = dueMs - this.now();
    return waitMs >= 1 ? this.wait(waitMs) : null;
  }

  /** How long something takes that took so long in the recording. */
  stretched(recordedMs: number): number {
    return recordedMs / (this.speed ?? 1);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.deadline(ms, resolve);
    });
  }

  /** Calls `late` unless what is returned is called before; at once where all waiting was stopped. */
  deadline(ms: number, late: () => void): () => void {
    if (this.isStopped) {
      late();
      return () => {};
    }
    const over = () => {
      cancel();
      late();
    };
    const timer = this.scheduler.schedule(over, ms);
    const cancel = () => {
      timer.unsubscribe();
      this.pending.delete(over);
    };
    this.pending.add(over);
    return cancel;
  }

  /** Ends all waiting, now and from now on, as if its time had come. */
  stop(): void {
    this.isStopped = true;
    for (const over of [...this.pending]) over();
  }
}
