/**
 * Counts, moments and names as they are written, in reports and in whatever else a command prints. Pure.
 */

/** Names come from the network: whatever could move a terminal's cursor is written as an escape. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (one) => `\\u{${one.codePointAt(0)!.toString(16)}}`);
}

/** A count as `1,234`. */
export function countText(count: number): string {
  return count.toLocaleString('en');
}

/**
 * As `1 request` or `1,234 requests`.
 * @param several where an s behind it does not do
 */
export function many(count: number, one: string, several = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : several}`;
}

/** Milliseconds in whole microseconds. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/**
 * A moment as ISO text in UTC; empty for what is none.
 * @param digits of the seconds' fraction: ms, or microseconds
 */
export function isoText(atMs: number, digits: 3 | 6 = 3): string {
  // Without what a float has too little room for.
  const us = Math.round(atMs * 1000);
  const date = new Date(Math.floor(us / 1000));
  if (Number.isNaN(date.getTime())) return '';
  const text = date.toISOString();
  return digits === 3 ? text : `${text.slice(0, -1)}${String(us - Math.floor(us / 1000) * 1000).padStart(3, '0')}Z`;
}
