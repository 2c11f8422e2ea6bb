/**
 * Moments of a recording as people write them: `2026-11-29T08:15:00Z`, `08:15:00.250` of the day on which it begins (UTC), or
 * `+90 s` after its beginning. Pure.
 */
import { durationMs } from '../duration';
import { UsageError } from '../usage';

/** Gives the moment in ms since 1970, once it is known when the recording begins. */
export type Moment = (beganMs: number) => number;

const dayMs = 86_400_000;

/**
 * @param option how the text was given, for messages
 * @throws UsageError for a text that is no moment
 */
export function momentOf(option: string, text: string): Moment {
  const [, hours, minutes, seconds = '0'] = /^(\d\d?):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(text) ?? [];
  if (hours !== undefined && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60) {
    const intoDayMs = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
    return (beganMs) => Math.floor(beganMs / dayMs) * dayMs + intoDayMs;
  }
  const spanMs = text.startsWith('+') ? spanOf(text.slice(1)) : null;
  if (spanMs !== null) return (beganMs) => beganMs + spanMs;
  const atMs = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(atMs)) return () => atMs;
  throw new UsageError(
    `${option} ${text}: expected 2026-11-29T08:15:00Z, 08:15:00${option === '--from' ? ', now' : ''} or +90s`,
  );
}

function spanOf(text: string): number | null {
  try {
    return durationMs(text.trim());
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
