/**
 * Where a tap puts what it hears: a recording that is made on the same thread (in-place.ts), or on one of its own
 * (thread/). Types only.
 */
import type { CaptureEvent } from './event';
import type { Recorded } from './mrcap/recorder';

/** Everything but messages. */
export type Incident = Exclude<CaptureEvent, { is: 'frame' }>;

export interface Sink {
  /** Resolves when the file is open; rejects if it cannot be opened. */
  readonly begun: Promise<void>;
  readonly recorded: Recorded;
  /** Whether whoever feeds it should wait (`whenRoom`) before it goes on. */
  readonly mustWait: boolean;
  /** Calls back, once, when there is room. */
  whenRoom(goOn: () => void): void;
  tell(incident: Incident): void;
  /** A message of a client, without its length; what is kept of it is copied. */
  request(connection: number, bytes: Buffer, atMs: number): void;
  /**
   * Bytes that the broker sends, with lengths, cut anywhere; what is kept of them is copied, or looked at when more come.
   * They are those between `start` and `end`; all, if absent.
   */
  answer(connection: number, bytes: Buffer, atMs: number, start?: number, end?: number): void;
  /** Writes everything down and ends; what is heard later is not recorded. */
  close(): Promise<Recorded>;
}
