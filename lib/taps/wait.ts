/**
 * Waits on the broker's clock, as long as the connection is there: who is gone, or is to go, waits no longer. Called by
 * the taps that slow clients down.
 */
import type { LiveConnection } from '../pipeline/connection';
import { timerMaxMs } from '../timers';

/** Calls `then` once, when the time is over or nothing more is asked on the connection; at once where that is now. */
export function wait({ rules, signal }: LiveConnection, ms: number, then: () => void): void {
  if (rules === null || ms <= 0 || signal.aborted) return then();
  const over = () => {
    timer.unsubscribe();
    signal.removeEventListener('abort', over);
    then();
  };
  const timer = rules.scheduler.schedule(over, Math.min(ms, timerMaxMs));
  signal.addEventListener('abort', over);
}
