/**
 * A run through a recording: its calls are played one after the other as their outcomes are taken, counted, and ended when
 * somebody says so. What `replay` (replay.ts) and `diff` (diff.ts) have in common.
 */
import { from, type Observable } from 'rxjs';
import { type CallEvent, callsOf } from '../capture/calls';
import type { CaptureEvents } from '../capture/events';
import type { Exchanges } from '../capture/recorded';
import type { LearnedIds } from './ids/learned-ids';
import type { Outcome } from './outcome';
import type { Pace } from './pace';
import { Tally } from './tally';

/** It runs as its outcomes are taken; once. */
export interface Run<O extends Outcome> extends AsyncIterable<O> {
  /** What came of it so far. */
  readonly tally: Tally;
  /** What is called otherwise than before: by the target of a replay, or by `b` of two brokers. */
  readonly ids: LearnedIds;
  /** Ends it at once; whoever takes outcomes then sees their end. What is in flight does not count. */
  stop(): void;
  /** Takes all outcomes and resolves with the tally. Rejects with a TargetError as iterating does. */
  run(): Promise<Tally>;
  /** The same as an Observable. It waits for nobody. */
  asObservable(): Observable<O>;
}

export interface RunOptions<O extends Outcome> {
  readonly recording: CaptureEvents;
  readonly exchanges: Exchanges | undefined;
  readonly pace: Pace;
  readonly ids: LearnedIds;
  /** Plays one call; null: there is nothing to say of it. */
  play(event: CallEvent): Promise<O | null>;
  /** Lets go of the target, however the run ends. */
  close(): void;
}

export function runThrough<O extends Outcome>({ recording, exchanges, pace, ids, play, close }: RunOptions<O>): Run<O> {
  const tally = new Tally();
  let isStopped = false;
  const outcomes = (async function* (): AsyncGenerator<O> {
    try {
      for await (const event of callsOf(recording, { exchanges })) {
        if (isStopped) return;
        tally.take(event);
        const outcome = await play(event);
        if (isStopped) return;
        if (outcome === null) continue;
        tally.add(outcome);
        yield outcome;
      }
    } finally {
      close();
    }
  })();
  return {
    tally,
    ids,
    stop: () => {
      isStopped = true;
      pace.stop();
    },
    run: async () => {
      for await (const _ of outcomes);
      return tally;
    },
    asObservable: () => from(outcomes),
    [Symbol.asyncIterator]: () => outcomes,
  };
}
