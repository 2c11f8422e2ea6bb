/**
 * What came of one request of a recording: the types that replaying gives and reports are made of.
 */

import type { Body, Decoded, RecordedAnswer, RecordedRequest } from '../capture/recorded';
import type { Difference } from './compare/compare';

/**
 * - `same`: the answer is the recorded one, once ids are mapped.
 * - `may differ`: it differs where it may, and nowhere else.
 * - `differs`: it differs where it must not.
 * - `no answer`: the recording has one, the target gave none.
 * - `unserved`: the target does not serve this API, or not in this version, and was not asked.
 * - `unknown`: nobody here can decode this API or version; it was sent as it was, and an answer came.
 * - `not recorded`: the recording has no answer to hold one against.
 * - `left out`: from one broker to another, or a login that cannot be played again.
 * - `locked out`: the target wants a login of its connection, which cannot be played again.
 */
export type Verdict =
  | 'same'
  | 'may differ'
  | 'differs'
  | 'no answer'
  | 'unserved'
  | 'unknown'
  | 'not recorded'
  | 'left out'
  | 'locked out';

export interface Outcome {
  readonly request: RecordedRequest;
  /** The body that was sent, with the target's ids; null if it could not be decoded or was not sent. */
  readonly asked: Body | null;
  /** Null where the recording has none. */
  readonly recorded: RecordedAnswer | null;
  /** The target's answer; null where there is none. */
  readonly replayed: Replayed | null;
  readonly verdict: Verdict;
  /** All of them, those with a reason as well. */
  readonly differences: readonly Difference[];
  /** How often it was asked again, because the target was not ready yet. */
  readonly retries: number;
  /** For people: why there is no answer, or why it is not compared. */
  readonly why: string | null;
}

export interface Replayed {
  readonly bytes: Buffer;
  readonly body: Decoded;
  readonly sentAtMs: number;
  readonly atMs: number;
}
