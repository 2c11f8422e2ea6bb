/**
 * `latency`: how long each API's requests take from their last byte to their answer, as histograms that a program reads.
 *
 * Times are those of the machine's clock, to a tenth of a percent; of a virtual clock, where the broker has one. A request
 * that waits on purpose (a long poll of Fetch, a JoinGroup) counts with its waiting. Memory: one histogram for each API.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { asyncScheduler } from 'rxjs';
import type { LiveConnection } from '../pipeline/connection';
import type { Frame, Reply, Taps } from '../pipeline/seams';
import { stage } from '../pipeline/stage';

/** Times of one API in ms, with fractions. */
export interface LatencyFigures {
  readonly requests: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

export interface Latency {
  readonly taps: Taps;
  /** What was measured so far, by the names of the APIs; plain data. */
  read(): Record<string, LatencyFigures>;
  /** Begins anew. */
  reset(): void;
}

const microsecondsPerMs = 1000;
const hourMicroseconds = 3_600_000_000;

export function latency(): Latency {
  const arrivals = new WeakMap<Frame, number>();
  const histograms = new Map<string, RecordableHistogram>();
  const arrive = stage<Frame, Frame>(
    'latency',
    'objects to objects',
    (connection) => ({
      each(frame, push, done) {
        arrivals.set(frame, nowMs(connection));
        push(frame);
        done();
      },
    }),
    ['frames'],
  );
  const leave = stage<Reply, Reply>(
    'latency',
    'objects to objects',
    (connection) => ({
      each(reply, push, done) {
        const { api, frame } = reply.request;
        const arrivedMs = arrivals.get(frame);
        // None of a request that came before the tap did.
        if (arrivedMs !== undefined) record(api.name, nowMs(connection) - arrivedMs);
        push(reply);
        done();
      },
    }),
    ['replies'],
  );
  const record = (name: string, ms: number): void => {
    let histogram = histograms.get(name);
    if (histogram === undefined) {
      histogram = createHistogram({ lowest: 1, highest: hourMicroseconds, figures: 3 });
      histograms.set(name, histogram);
    }
    // It takes whole numbers from 1 on.
    histogram.record(Math.min(hourMicroseconds, Math.max(1, Math.round(ms * microsecondsPerMs))));
  };
  return {
    taps: { frames: [arrive], replies: [leave] },
    read: () => Object.fromEntries([...histograms].map(([name, histogram]) => [name, figuresOf(histogram)])),
    reset: () => histograms.clear(),
  };
}

/** Fine where time is real; a broker on a virtual clock measures that. */
function nowMs({ rules, stopwatch }: LiveConnection): number {
  return rules === null || rules.scheduler === asyncScheduler ? stopwatch.now() : rules.scheduler.now();
}

function figuresOf(histogram: RecordableHistogram): LatencyFigures {
  const at = (percent: number) => histogram.percentile(percent) / microsecondsPerMs;
  return {
    requests: histogram.count,
    meanMs: histogram.mean / microsecondsPerMs,
    p50Ms: at(50),
    p90Ms: at(90),
    p99Ms: at(99),
    p999Ms: at(99.9),
    maxMs: histogram.max / microsecondsPerMs,
  };
}
