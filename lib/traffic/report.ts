/**
 * What is printed of traffic: an interface that text for people and JSON lines for programs share, and what both are given.
 */
import type { Stray } from '../capture/calls';
import type { Lost, Side } from '../capture/event';
import type { CallRow } from './call-row';
import type { GapReasons } from './gap-reasons';
import type { Statistics } from './statistics';

/** The recording as a whole; figures of calls are of those that were wanted, the rest of all. */
export interface Summary {
  readonly statistics: Statistics;
  /** Requests in all, those that were not wanted included. */
  readonly requests: number;
  readonly connections: number;
  /** What was lost (events that tell of it), and stray frames, which are no request or answer none. */
  readonly gaps: GapReasons;
  /** Between the first event and the last, in ms. */
  readonly spanMs: number;
}

/** What could not be read (`lost`) or paired (`stray`). */
export interface Gap {
  readonly is: 'lost' | 'stray';
  /** Null if nobody knows of which. */
  readonly connection: number | null;
  readonly atMs: number;
  readonly from: Side | null;
  readonly bytes: number;
  readonly why: string;
}

export function gapOf(event: Lost | Stray): Gap {
  if (event.is === 'lost') return event;
  const { connection, atMs, from, bytes } = event.frame;
  return { is: event.is, connection, atMs, from, bytes: bytes.length, why: event.why };
}

/** Each gives whole lines, or nothing. */
export interface Report {
  /** What stands above everything. */
  head(): string;
  call(row: CallRow): string;
  /** What could not be read or paired. */
  gap(gap: Gap): string;
  figures(summary: Summary): string;
  end(summary: Summary): string;
}
