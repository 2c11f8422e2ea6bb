/**
 * Spans of time as people write them: `250 ms`, `30 s`, `5 min`, `1 h`, `7 d`. Called wherever a program says how long;
 * pure.
 */

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A number of milliseconds, or a number and its unit with or without a blank between them. */
export type Duration = number | string;

/**
 * The span in milliseconds, whole ones.
 * @throws TypeError for anything that is not a span, or a negative one
 */
export function durationMs(duration: Duration): number {
  const ms = typeof duration === 'string' ? readMs(duration.trim()) : duration;
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
    const seen = typeof duration === 'string' ? JSON.stringify(duration) : String(duration);
    throw new TypeError(
      `duration ${seen}: expected milliseconds as a number of at least 0, ` +
        `or a text of a number and one of ${Object.keys(unitsMs).join(', ')}, such as '30 s'`,
    );
  }
  return Math.round(ms);
}

function readMs(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(text) ?? [];
  return Number(number === '' ? Number.NaN : number) * (Object.hasOwn(unitsMs, unit) ? unitsMs[unit]! : Number.NaN);
}
