/**
 * What came of a replay or of a differential run for programs: one JSON object a line for each request, and one for the whole
 * behind them. What each is, is said by `is`; what means the same is called as in the lines of `millrace traffic --json`.
 */
import { requestFacts } from '../../capture/request-facts';
import { rounded } from '../../text';
import type { Difference } from '../compare/compare';
import type { Diffed } from '../diff';
import type { Outcome, Replayed } from '../outcome';
import type { Ended } from './ended';
import { plain } from './said';

const json = (value: object) => `${JSON.stringify(value)}\n`;

/**
 * Differences carry the field's path, both values, and why it may differ (null: it must not). Latencies are in ms, null where
 * there is no answer: `latencyMs` is the recorded one.
 * @param recording name of the one that the request is of
 */
export function outcomeJson(outcome: Outcome, recording: string): string {
  return json({
    ...factsOf(outcome, recording),
    replayedLatencyMs: latencyOf(outcome.replayed),
    differences: outcome.differences.map((one) => ({ ...valuesOf(one, 'recorded', 'replayed'), ...reasonOf(one) })),
  });
}

/** The same of two brokers, `a` and `b`. */
export function diffedJson(outcome: Diffed, recording: string): string {
  const { a, b } = outcome;
  return json({
    ...factsOf(outcome, recording),
    aLatencyMs: latencyOf(a.replayed),
    bLatencyMs: latencyOf(b.replayed),
    differences: outcome.differences.map((one) => ({ ...valuesOf(one, 'a', 'b'), ...reasonOf(one) })),
  });
}

export function summaryJson({ tally, changed, playedMs, stopped }: Ended): string {
  return json({
    is: 'summary',
    connections: tally.connections,
    requests: tally.requests,
    answers: tally.compared,
    differences: tally.differences,
    apis: Object.fromEntries(tally.apis),
    unserved: tally.unserved,
    notPlayed: Object.fromEntries(tally.notPlayed),
    mayDiffer: Object.fromEntries(tally.allowed),
    ids: Object.fromEntries(changed),
    retries: tally.retries,
    lost: tally.lost,
    lostWhy: tally.lostWhy,
    strays: tally.strays,
    spanMs: rounded(tally.recordedMs),
    playedMs: rounded(playedMs),
    stopped,
  });
}

function factsOf({ request, recorded, verdict, retries, why }: Outcome, recording: string) {
  return {
    is: 'outcome',
    recording,
    ...requestFacts(request),
    verdict,
    why,
    retries,
    latencyMs: recorded === null ? null : rounded(recorded.latencyMs),
  };
}

function latencyOf(replayed: Replayed | null): number | null {
  return replayed === null ? null : rounded(replayed.atMs - replayed.sentAtMs);
}

function valuesOf({ path, recorded, replayed }: Difference, first: string, second: string) {
  return { path, [first]: plain(recorded), [second]: plain(replayed) };
}

function reasonOf({ what, reason }: Difference) {
  return { what, reason };
}
