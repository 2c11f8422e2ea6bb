/**
 * How a run ended, or several one after another: what all reports are given, and the last line that they share. That line is
 * for whoever reads no more: it speaks of what was compared, and of nothing else.
 */
import { many } from '../../text';
import type { Tally } from '../tally';

export interface Ended {
  readonly tally: Tally;
  /** How many ids of each kind are called otherwise than before (`changed` of LearnedIds). */
  readonly changed: ReadonlyMap<string, number>;
  /** How long it took, in ms. */
  readonly playedMs: number;
  /** Why it did not come to its end; null if it did. */
  readonly stopped: string | null;
}

/** Such as `2 differences in 43 answers; 5 requests were not compared`, or `nothing was compared`. */
export function lastLine({ tally, stopped }: Pick<Ended, 'tally' | 'stopped'>): string {
  const { compared, differences, requests } = tally;
  if (compared === 0) return 'nothing was compared';
  const counts = `${many(differences, 'difference')} in ${many(compared, 'answer')}`;
  if (stopped !== null) return `not played to its end: ${counts} until then`;
  const left = requests - compared;
  return left <= 0 ? counts : `${counts}; ${many(left, 'request')} ${left === 1 ? 'was' : 'were'} not compared`;
}

/** Whether that is good news: nothing differs, and something could have. */
export function isSame({ tally, stopped }: Pick<Ended, 'tally' | 'stopped'>): boolean {
  return tally.differences === 0 && tally.compared > 0 && stopped === null;
}
