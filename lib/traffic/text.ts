/**
 * How figures and names are written for people. Pure; called by whatever prints traffic.
 */
import { errorOf } from '../errors';

/** Names come from the network: whatever could move a terminal's cursor is written as an escape. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (one) => `\\u{${one.codePointAt(0)!.toString(16)}}`);
}

/** A span as `0.81 ms`, `12.3 ms` or `1.20 s`. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${digits(ms)} ms`;
  return ms < 120_000 ? `${digits(ms / 1000)} s` : `${digits(ms / 60_000)} min`;
}

/** A size as `24 B`, `1.20 KB` or `12.3 MB`, of 1,000 each. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6
    ? `${digits(bytes / 1000)} KB`
    : bytes < 1e9
      ? `${digits(bytes / 1e6)} MB`
      : `${digits(bytes / 1e9)} GB`;
}

/** Three digits that mean something. */
function digits(figure: number): string {
  return figure >= 100 ? Math.round(figure).toString() : figure >= 10 ? figure.toFixed(1) : figure.toFixed(2);
}

/** A count as `1,234`. */
export function countText(count: number): string {
  return count.toLocaleString('en');
}

/** As `1 request` or `1,234 requests`. */
export function many(count: number, one: string): string {
  return `${countText(count)} ${one}${count === 1 ? '' : 's'}`;
}

/** A moment as ISO text in UTC; empty for what is none. */
export function isoText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** Kafka's name of an error; `error 999` for a code that it does not have. */
export function errorText(code: number): string {
  const error = errorOf(code);
  return error.code === code ? error.name : `error ${code}`;
}
