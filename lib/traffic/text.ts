/**
 * How figures and names are written for people. Pure; called by whatever prints traffic.
 */
import { errorOf } from '../errors';

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

/** Kafka's name of an error; `error 999` for a code that it does not have. */
export function errorText(code: number): string {
  const error = errorOf(code);
  return error.code === code ? error.name : `error ${code}`;
}
