/**
 * What came of a replay for people: a block for each request that came out otherwise, and the summary behind them.
 */

import type { Paint } from '../../paint';
import { many, printable } from '../../text';
import type { Outcome, Verdict } from '../outcome';
import { type Ended, isSame, lastLine } from './ended';
import { notPlayedLines, unpreparedLines, unservedLines } from './said';
import { type Told, toldOf } from './told';

/** How much of one request is told, in differences. */
const differencesMax = 20;

/** A request and where it differs; null for one of which there is nothing to say. `isFull`: whatever came of it. */
export function outcomeText(outcome: Outcome, paint: Paint, isFull = false): string | null {
  const { request, verdict, why, differences, retries } = outcome;
  const isFault = verdict === 'differs' || verdict === 'no answer' || verdict === 'unknown';
  if (!isFault && !isFull) return null;
  const mark = isFault ? paint.red('✗') : verdict === 'same' ? paint.green('✓') : paint.yellow('~');
  const clientId = request.header.clientId ?? '';
  const who = [`connection ${request.connection}`, printable(clientId)].filter((one) => one !== '');
  const again = retries === 0 ? '' : paint.dim(` asked again ${many(retries, 'time')}`);
  const head = `${mark} ${paint.bold(`#${request.number} ${request.name} v${request.header.apiVersion}`)} ${verdict}`;
  const lines = [`${head}${why === null ? '' : `: ${printable(why)}`}${again} ${paint.dim(`(${who.join(', ')})`)}`];
  const told = toldOf(differences.filter(({ reason }) => isFull || reason === null));
  for (const one of told.slice(0, differencesMax)) lines.push(...differenceLines(one, paint));
  if (told.length > differencesMax) lines.push(paint.dim(`    and ${told.length - differencesMax} more`));
  return `${lines.join('\n')}\n`;
}

function differenceLines({ path, recorded, replayed, reason }: Told, paint: Paint): string[] {
  const why = reason === null ? '' : paint.dim(` may differ: ${reason}`);
  return [
    `    ${printable(path)}${why}`,
    `      ${paint.dim('recorded')} ${paint.green(printable(recorded))}`,
    `      ${paint.dim('replayed')} ${paint.red(printable(replayed))}`,
  ];
}

const counted: readonly Verdict[] = [
  'same',
  'may differ',
  'differs',
  'no answer',
  'unknown',
  'not recorded',
  'left out',
  'locked out',
];

/** What one of several recordings came to. */
export function endText(ended: Ended, paint: Paint): string {
  const last = isSame(ended) ? paint.green(lastLine(ended)) : paint.red(lastLine(ended));
  return `${paint.bold(last)}\n`;
}

/** All that is to be said of the run, `lastLine` behind it. */
export function summaryText(ended: Ended, paint: Paint): string {
  const { tally, changed, playedMs } = ended;
  // What was read ahead of a target that is not there says nothing.
  if (tally.apis.size === 0) return endText(ended, paint);
  const { requests, connections, recordedMs, retries, amongBrokers, lost, lostWhy, strays } = tally;
  const lines = [
    `${many(requests, 'request')} on ${many(connections, 'connection')} in ${seconds(playedMs)}, recorded in ${seconds(recordedMs)}`,
    counted
      .map((verdict) => ({ verdict, count: tally.count(verdict) }))
      .filter(({ count }) => count > 0)
      .map(({ verdict, count }) => `${verdict} ${count}`)
      .join(' · '),
  ];
  for (const [reason, count] of tally.allowed) lines.push(paint.dim(`  may differ in ${count}: ${reason}`));
  const others = [...changed].map(([kind, count]) => `${kind} ${count}`);
  if (others.length > 0) lines.push(paint.dim(`  called otherwise by the target: ${others.join(', ')}`));
  if (retries > 0) lines.push(paint.dim(`  asked again until the target was ready: ${many(retries, 'time')}`));
  if (amongBrokers > 0)
    lines.push(paint.dim(`  left out: ${many(amongBrokers, 'request')} from one broker to another`));
  for (const line of unpreparedLines(tally)) lines.push(paint.yellow(`  ${line}`));
  if (lost > 0)
    lines.push(
      paint.yellow(`  the recording lacks something in ${many(lost, 'place')}: ${printable(lostWhy.join('; '))}`),
    );
  if (strays > 0)
    lines.push(
      paint.yellow(`  ${many(strays, 'recorded frame')} ${strays === 1 ? 'is no message' : 'are no messages'}`),
    );
  for (const line of unservedLines(tally)) lines.push(paint.yellow(`  not asked: ${line}`));
  for (const line of notPlayedLines(tally)) lines.push(paint.yellow(`  not played: ${line}`));
  return `${lines.filter((line) => line !== '').join('\n')}\n${endText(ended, paint)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
