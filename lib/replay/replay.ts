/**
 * `replay`: plays a recording to a broker and says of each request what came of it.
 *
 * It reads the recording as fast as the broker answers, and keeps what is in flight, the ids it has learned and the fetch
 * sessions that are open, each up to a bound, nothing else.
 *
 * Not done: offsets that a client knew by itself (from a store of its own, or from before the recording) are asked for as they
 * were recorded, unless a Produce, ListOffsets or OffsetFetch in it has shown how the target's log differs. And times of
 * records stay: what a target writes itself, such as markers of transactions, is of today, so that its log rolls between them
 * and the records of a recording that is older than `segment.ms`, and a fetch ends there.
 */
import { type CaptureEvents, checkEvents } from '../capture/events';
import { checkReplayOptions, type ReplayOptions } from './options';
import type { Outcome } from './outcome';
import { Replayer } from './replayer';
import { type Run, runThrough } from './run';
import { type GivenTarget, targetOf } from './target';

/** A replay that runs as its outcomes are taken; once. */
export type Replay = Run<Outcome>;

/**
 * Plays a recording.
 *
 *     for await (const { request, verdict } of replay(readCapture('a.mrcap'), 'localhost:9092')) …
 *
 * Iterating throws a TargetError if the target cannot be reached or is no longer there.
 * @throws UsageError for options and targets that cannot be meant
 */
export function replay(recording: CaptureEvents, target: GivenTarget, options: ReplayOptions = {}): Replay {
  checkEvents('replay', recording);
  const checked = checkReplayOptions('replay', options);
  const replayer = new Replayer(targetOf(target), checked);
  return runThrough({
    recording,
    exchanges: options.exchanges,
    pace: checked.pace,
    ids: replayer.ids,
    play: (event) => replayer.take(event),
    close: () => replayer.close(),
  });
}
