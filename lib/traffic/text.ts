/**
 * How figures and names are written for people. Pure; called by whatever prints traffic.
 */
import { errorOf } from '../errors';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A span as `0.81 ms`, `12.3 ms`, `1.20 s` or `2.50 d`: from two of a unit on in that unit, beyond seconds. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${digits(ms)} ms`;
  if (ms < 2 * minuteMs) return `${digits(ms / 1000)} s`;
  if (ms < 2 * hourMs) return `${digits(ms / minuteMs)} min`;
  return ms < 2 * dayMs ? `${digits(ms / hourMs)} h` : `${digits(ms / dayMs)} d`;
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
