/**
 * What `millrace replay` does: plays the recordings, prints what differs as it goes, and sums up. Called by replay.ts only,
 * which loads it.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { paint } from '../paint';
import type { Outcome } from '../replay/outcome';
import { replay } from '../replay/replay';
import { HtmlReport } from '../replay/report/html-report';
import { outcomeJson, summaryJson } from '../replay/report/json-report';
import { endText, outcomeText, summaryText } from '../replay/report/text-report';
import type { PlayArguments } from './play-options';
import { messageOf, type Play, playAll } from './playing';

export interface ReplayArguments extends PlayArguments {
  readonly to: string;
  readonly all?: true;
  readonly json?: true;
  readonly html?: string;
}

/** Plays the files to `to`; sets the exit status of the process. */
export async function runReplay(files: readonly string[], given: ReplayArguments): Promise<void> {
  const { to, json, html, all } = given;
  const colours = paint(process.stdout.isTTY === true && !process.env['NO_COLOR']);
  const report = html === undefined ? null : new HtmlReport(`${files.join(', ')} played to ${to}`);
  const start: Play<Outcome>['start'] = (recording, options) => replay(recording, to, options);
  const play: Play<Outcome> = json
    ? { start, outcome: outcomeJson, summary: summaryJson }
    : {
        start,
        outcome: (outcome) => outcomeText(outcome, colours, all),
        begin: (recording) => `${colours.bold(recording)}\n`,
        end: (ended) => `${endText(ended, colours)}\n`,
        summary: (ended) => summaryText(ended, colours),
      };
  if (report === null) return playAll(files, given, play);
  // Not at the end of a long run.
  try {
    closeSync(openSync(html!, 'a'));
  } catch (error) {
    process.stderr.write(`millrace: ${messageOf(error)}\n`);
    process.exitCode = 2;
    return;
  }
  return playAll(files, given, {
    ...play,
    outcome: (outcome, recording) => {
      report.add(outcome, recording);
      return play.outcome(outcome, recording);
    },
    summary: (ended) => {
      writeFileSync(html!, report.end(ended));
      return play.summary(ended);
    },
  });
}
