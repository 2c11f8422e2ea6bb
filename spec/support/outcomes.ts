/**
 * Outcomes of replayed requests, made by hand: of a heartbeat that was answered in 3 ms, unless told otherwise.
 */
import { heartbeat } from '../../lib/apis';
import { RecordedAnswer, RecordedRequest } from '../../lib/capture/recorded';
import type { Outcome, Verdict } from '../../lib/replay/outcome';
import type { Ended } from '../../lib/replay/report/ended';
import { Tally } from '../../lib/replay/tally';
import { answerBytes, requestBytes } from './recordings';

export function outcome(given: Partial<Outcome> = {}): Outcome {
  const body = { groupId: 'g', generationId: 1, memberId: 'm' };
  const place = { number: 7, connection: 2, client: '127.0.0.1:50002', sentAtMs: 1000 };
  const request = new RecordedRequest(place, requestBytes(heartbeat, 4, body, 1, 'me'));
  const bytes = answerBytes(heartbeat, 4, { errorCode: 0 });
  const recorded = new RecordedAnswer(request, bytes, 1003);
  return {
    request,
    asked: request.body.body,
    recorded,
    replayed: { bytes, body: recorded.body, sentAtMs: 5000, atMs: 5001 },
    verdict: 'same',
    differences: [],
    retries: 0,
    why: null,
    ...given,
  };
}

/** A difference of an error code that must not be. */
export const failed = {
  path: 'errorCode',
  field: 'Heartbeat.errorCode',
  recorded: 0,
  replayed: 25,
  what: null,
  reason: null,
};

/** The end of a run through as many requests, of which this came. */
export function endedWith(...verdicts: readonly Verdict[]): Ended {
  return endedAfter(
    ...verdicts.map((verdict) => outcome({ verdict, ...(verdict === 'differs' ? { differences: [failed] } : {}) })),
  );
}

/** The end of a run with these outcomes, after 1.5 s. */
export function endedAfter(...outcomes: readonly Outcome[]): Ended {
  const tally = new Tally();
  for (const one of outcomes) {
    tally.take({ is: 'asked', request: one.request });
    tally.add(one);
  }
  return { tally, changed: new Map(), playedMs: 1500, stopped: null };
}
