/**
 * `diff`: plays a recording to two brokers at once and says where they answer each other otherwise.
 *
 * Both get the same request, each with the ids that it has given out itself, and nothing happens behind an answer before both
 * have given theirs. Their answers are held against each other as a replay holds one against the recording.
 */
import { type CaptureEvents, checkEvents } from '../capture/events';
import { compareBodies, type Moved } from './compare/compare';
import { withoutSession } from './fetch-sessions';
import { LearnedIds, nowhere } from './ids/learned-ids';
import { verdictOf } from './judge';
import { checkReplayOptions, type ReplayOptions } from './options';
import type { Outcome, Verdict } from './outcome';
import { Replayer } from './replayer';
import { type Run, runThrough } from './run';
import { placeIn, shapeOf } from './shape';
import { type GivenTarget, targetOf } from './target';

/** What two brokers made of one request. */
export interface Diffed extends Outcome {
  /** The outcome of each against the recording. */
  readonly a: Outcome;
  readonly b: Outcome;
}

/** In the `differences` of its outcomes, `recorded` is what `a` said and `replayed` what `b` said. */
export type Diff = Run<Diffed>;

/**
 * Plays a recording to `a` and to `b`.
 *
 * Iterating throws a TargetError if one of them cannot be reached or is no longer there.
 * @throws UsageError for options and targets that cannot be meant
 */
export function diff(
  recording: CaptureEvents,
  targets: { readonly a: GivenTarget; readonly b: GivenTarget },
  options: Omit<ReplayOptions, 'ids'> = {},
): Diff {
  checkEvents('diff', recording);
  const checked = checkReplayOptions('diff', options);
  const { reasonOf } = checked;
  const [a, b] = [targets.a, targets.b].map(
    (target) => new Replayer(targetOf(target), { ...checked, ids: new LearnedIds() }),
  ) as [Replayer, Replayer];
  const ids = new LearnedIds();
  return runThrough<Diffed>({
    recording,
    exchanges: options.exchanges,
    pace: checked.pace,
    ids,
    play: async (event) => {
      const [ofA, ofB] = await Promise.all([a.take(event), b.take(event)]);
      return ofA === null || ofB === null ? null : between(ofA, ofB, { ids, reasonOf });
    },
    close: () => {
      a.close();
      b.close();
    },
  });
}

function between(a: Outcome, b: Outcome, comparing: Parameters<typeof compareBodies>[5]): Diffed {
  const { request } = a;
  const made = { ...b, a, b, retries: a.retries + b.retries, differences: [] };
  const silent = silence(a, b);
  if (silent !== null) return { ...made, ...silent };
  const [was, is] = [a.replayed?.body.body, b.replayed?.body.body];
  if (!was || !is) return { ...made, verdict: 'unknown', why: a.replayed?.body.why ?? b.replayed?.body.why ?? null };
  const place = placeIn(a.asked!, nowhere, comparing.ids);
  const shape = shapeOf(request.exchange!.response);
  const moved: Moved[] = [];
  const found = compareBodies(request.name, shape, was, is, place, { ...comparing, moved });
  for (const one of moved) comparing.ids.follow(one.kind, one.place, one.recorded, one.replayed);
  const differences = withoutSession(found);
  return { ...made, differences, verdict: verdictOf(differences), why: null };
}

/** What came of a request that one of them has not answered, or neither; null where both have. */
function silence(a: Outcome, b: Outcome): { verdict: Verdict; why: string | null } | null {
  if (a.replayed !== null && b.replayed !== null) return null;
  const [ofA, ofB] = [a, b].map(({ replayed, verdict, why }) => (replayed === null ? (why ?? verdict) : 'answers'));
  for (const verdict of ['left out', 'not recorded', 'locked out', 'unserved'] as const)
    if (a.verdict === verdict || b.verdict === verdict)
      return { verdict, why: a.verdict === b.verdict ? a.why : `a: ${ofA}, b: ${ofB}` };
  if (a.verdict === 'same' && b.verdict === 'same') return { verdict: 'same', why: null };
  return { verdict: 'no answer', why: `a: ${ofA}, b: ${ofB}` };
}
