/**
 * Holds an answer of the target against the recorded one: what came of a request. Called by replayer.ts; what two brokers say
 * is held against each other in diff.ts.
 */
import type { RecordedAnswer, RecordedRequest } from '../capture/recorded';
import { type Comparing, compareBodies, type Difference } from './compare/compare';
import { withoutSession } from './fetch-sessions';
import type { Flight } from './flight';
import { nowhere } from './ids/learned-ids';
import { withoutLogin } from './logins';
import type { Outcome, Replayed, Verdict } from './outcome';
import { placeIn, shapeOf } from './shape';
import { wasNotReady } from './transient';

/** What came of a request to which no answer of the target is held against anything. */
export function outcomeOf(
  request: RecordedRequest,
  { asked, verdict, why }: Flight,
  recorded: RecordedAnswer | null,
): Outcome {
  const nothing = { replayed: null, differences: [], retries: 0 };
  return { request, asked, recorded, ...nothing, verdict: verdict ?? 'not recorded', why };
}

/** What came of one that was answered. */
export function judged(
  request: RecordedRequest,
  flight: Flight,
  answer: RecordedAnswer,
  replayed: Replayed,
  comparing: Comparing,
): Outcome {
  const outcome = { ...outcomeOf(request, flight, answer), replayed };
  const { exchange, name } = request;
  if (flight.verdict !== null || exchange === null) return outcome;
  if (answer.body.body === null) return { ...outcome, verdict: 'unknown', why: answer.body.why };
  if (replayed.body.body === null)
    return { ...outcome, verdict: 'differs', why: `its answer cannot be read: ${replayed.body.why}` };
  const place = placeIn(request.body.body!, nowhere, comparing.ids);
  const bodies = [answer.body.body, replayed.body.body] as const;
  const differences = withoutSession(
    wasNotReady(compareBodies(name, shapeOf(exchange.response), ...bodies, place, comparing)),
  );
  const found = flight.fetch?.excused(differences) ?? withoutLogin(name, differences);
  return { ...outcome, differences: found, verdict: verdictOf(found) };
}

export function verdictOf(differences: readonly Difference[]): Verdict {
  if (differences.length === 0) return 'same';
  return differences.every(({ reason }) => reason !== null) ? 'may differ' : 'differs';
}
