/**
 * `watch`: what a broker or a proxy hears and says, as events while it happens. A recording (capture.ts) that goes to whoever
 * reads it, and to no file; so what is left out, what waits, and what is dropped is as there.
 *
 *     const live = watch();
 *     const broker = await createBroker({ taps: live.taps });
 *     for await (const event of callsOf(live))
 *       if (event.is === 'answered') console.log(event.request.name, event.answer.latencyMs);
 */
import { Observable, observable } from 'rxjs';
import type { Taps } from '../pipeline/seams';
import { checkNames } from '../usage';
import type { CaptureEvent } from './event';
import { fineClock } from './fine-clock';
import { Handoff } from './handoff';
import { InPlace } from './in-place';
import { readCapture } from './read-capture';
import { checkRecording, type RecordingOptions, recordingOptionNames } from './recording-options';
import { recordingTaps } from './recording-taps';

/** What is watched, and how; all may be left out. */
export type WatchOptions = RecordingOptions;

/** Traffic while it happens, to be read by one reader; `share()` of RxJS makes more of it. */
export interface Watch extends AsyncIterable<CaptureEvent> {
  /** For `createBroker({ taps })`, `broker.taps.add`, or a proxy. */
  readonly taps: Taps;
  /** Frames that were dropped so far because who reads was slower. */
  readonly droppedFrames: number;
  /** Who ends it, such as by `break`, ends the watch. */
  [Symbol.asyncIterator](): AsyncIterableIterator<CaptureEvent>;
  /** The same as an Observable; `from(watch)` of RxJS takes it as well. Unsubscribing ends the watch. */
  asObservable(): Observable<CaptureEvent>;
  /** What was seen until now is still given, and then it ends. */
  close(): void;
}

/**
 * Begins to watch. What is seen waits for who reads, up to `bufferMaxBytes`.
 * @throws UsageError for options that cannot be meant
 */
export function watch(options: WatchOptions = {}): Watch {
  checkNames('watch', options, recordingOptionNames);
  const { scheduler, ...checked } = checkRecording('watch', options);
  const handoff = new Handoff();
  const sink = new InPlace({
    ...{ ...checked, scheduler, keeps: true },
    open: async () => handoff,
    facts: {},
    // That nobody reads any more is nothing to be logged.
    logger: null,
    slower: 'who reads',
    ...{ rollBytes: null, rollMs: null, flushMs: 0, zstdLevel: null },
  });
  sink.begun.catch(() => {});
  const capture = readCapture(handoff.chunks());
  const asObservable = () =>
    new Observable<CaptureEvent>((subscriber) => {
      const subscription = capture.asObservable().subscribe(subscriber);
      return () => {
        subscription.unsubscribe();
        handoff.leave();
      };
    });
  return {
    taps: recordingTaps(sink, fineClock(scheduler), checked.whenFull === 'wait'),
    get droppedFrames() {
      return sink.recorded.droppedFrames;
    },
    [Symbol.asyncIterator]: () => capture[Symbol.asyncIterator](),
    asObservable,
    ...{ [observable]: asObservable },
    close: () => void sink.close(),
  };
}
