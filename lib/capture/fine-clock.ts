/**
 * The time by which recordings are made, in milliseconds with microseconds behind the point: the real clock alone has whole
 * ones, and most answers take less. Called for each message, so that it costs no more than that clock does.
 */
import { asyncScheduler, type SchedulerLike } from 'rxjs';

/** How often it is held against the clock that it refines, in ms. */
const checkEachMs = 1000;

/**
 * @param elapsedMs time from any origin, with fractions; null: the scheduler's own time is as fine as it is wanted
 * @returns gives ms since 1970
 */
export function fineClock(
  scheduler: SchedulerLike,
  elapsedMs: (() => number) | null = scheduler === asyncScheduler ? () => performance.now() : null,
): () => number {
  if (elapsedMs === null) return () => scheduler.now();
  let originMs = scheduler.now() - elapsedMs();
  let checkAtMs = 0;
  return () => {
    const atMs = originMs + elapsedMs();
    if (atMs < checkAtMs) return atMs;
    // The two drift apart, and a machine that slept or was given the time is far off: within the same ms all is well.
    const aheadMs = atMs - scheduler.now();
    const wrongMs = aheadMs < 0 ? aheadMs : Math.max(0, Math.floor(aheadMs));
    originMs -= wrongMs;
    checkAtMs = atMs - wrongMs + checkEachMs;
    return atMs - wrongMs;
  };
}
