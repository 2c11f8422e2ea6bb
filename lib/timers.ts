/**
 * What the timers of Node can do. Called wherever a configured time may be longer.
 */
import type { SchedulerLike, Subscription } from 'rxjs';

/** Longest time that a timer can wait, in ms; Node runs one that is set to more at once. */
export const timerMaxMs = 0x7fffffff;

/** Does something again and again, for the first time when one period is over; unsubscribing ends it. */
export function every(scheduler: SchedulerLike, periodMs: number, act: () => void): Subscription {
  const delayMs = Math.min(periodMs, timerMaxMs);
  return scheduler.schedule(function () {
    act();
    this.schedule(undefined, delayMs);
  }, delayMs);
}
