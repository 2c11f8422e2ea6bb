/**
 * What `millrace diff` does: plays the recordings to both brokers and prints one table. Called by diff.ts only, which loads it.
 */
import { type Diffed, diff } from '../replay/diff';
import { DiffTable } from '../replay/report/diff-table';
import { lastLine } from '../replay/report/ended';
import { diffedJson, summaryJson } from '../replay/report/json-report';
import { UsageError } from '../usage';
import type { PlayArguments } from './play-options';
import { type Play, playAll } from './playing';

export interface DiffArguments extends PlayArguments {
  readonly a: string;
  readonly b: string;
  readonly all?: true;
  readonly markdown?: true;
  readonly json?: true;
}

/** Plays the files to both; sets the exit status of the process. */
export async function runDiff(files: readonly string[], given: DiffArguments): Promise<void> {
  const { a, b, all, markdown, json } = given;
  const start: Play<Diffed>['start'] = (recording, options) => {
    if (a === b) throw new UsageError(`--a and --b are the same: ${a}`);
    return diff(recording, { a, b }, options);
  };
  if (json) return playAll(files, given, { start, outcome: diffedJson, summary: summaryJson });
  const table = new DiffTable();
  return playAll(files, given, {
    start,
    outcome: (outcome) => {
      table.add(outcome, all);
      return null;
    },
    summary: (ended) => `${markdown ? table.markdown(a, b) : table.text(a, b)}${lastLine(ended)}\n`,
  });
}
