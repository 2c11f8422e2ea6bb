/**
 * What came of a replay for people: a block for each request that came out otherwise, and the summary behind them.
 */

import type { Paint } from '../../paint';
import type { Difference } from '../compare/compare';
import type { LearnedIds } from '../ids/learned-ids';
import type { Outcome, Verdict } from '../outcome';
import type { Tally } from '../tally';
import { sides } from './said';

/** How much of one request is told, in differences. */
const differencesMax = 20;

/** A request and where it differs; null for one of which there is nothing to say. `isFull`: whatever came of it. */
export function outcomeText(outcome: Outcome, paint: Paint, isFull = false): string | null {
  const { request, verdict, why, differences, retries } = outcome;
  const isFault = verdict === 'differs' || verdict === 'no answer' || verdict === 'unknown';
  if (!isFault && !isFull) return null;
  const mark = isFault ? paint.red('✗') : verdict === 'same' ? paint.green('✓') : paint.yellow('~');
  // A client may call itself what moves a terminal's cursor.
  const clientId = JSON.stringify(request.header.clientId ?? '').slice(1, -1);
  const who = [`connection ${request.connection}`, clientId].filter((one) => one !== '');
  const again = retries === 0 ? '' : paint.dim(` asked again ${retries} times`);
  const head = `${mark} ${paint.bold(`#${request.number} ${request.name} v${request.header.apiVersion}`)} ${verdict}`;
  const lines = [`${head}${why === null ? '' : `: ${why}`}${again} ${paint.dim(`(${who.join(', ')})`)}`];
  const told = differences.filter(({ reason }) => isFull || reason === null);
  for (const one of told.slice(0, differencesMax)) lines.push(...differenceLines(one, paint));
  if (told.length > differencesMax) lines.push(paint.dim(`    and ${told.length - differencesMax} more`));
  return `${lines.join('\n')}\n`;
}

function differenceLines(difference: Difference, paint: Paint): string[] {
  const [recorded, replayed] = sides(difference);
  const reason = difference.reason === null ? '' : paint.dim(` may differ: ${difference.reason}`);
  return [
    `    ${difference.path}${reason}`,
    `      ${paint.dim('recorded')} ${paint.green(recorded)}`,
    `      ${paint.dim('replayed')} ${paint.red(replayed)}`,
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
];

/** The last line counts, for whoever reads no more: `0 differences in 214 answers`. */
export function summaryText(tally: Tally, ids: LearnedIds, playedMs: number, paint: Paint): string {
  const lines = [
    `${tally.requests} requests on ${tally.connections} connections in ${seconds(playedMs)}, recorded in ${seconds(tally.recordedMs)}`,
    counted
      .map((verdict) => ({ verdict, count: tally.count(verdict) }))
      .filter(({ count }) => count > 0)
      .map(({ verdict, count }) => `${verdict} ${count}`)
      .join(' · '),
  ];
  for (const [reason, count] of tally.allowed) lines.push(paint.dim(`  may differ in ${count}: ${reason}`));
  const changed = [...ids.changed].map(([kind, count]) => `${kind} ${count}`);
  if (changed.length > 0) lines.push(paint.dim(`  called otherwise by the target: ${changed.join(', ')}`));
  if (tally.retries > 0) lines.push(paint.dim(`  asked again until the target was ready: ${tally.retries} times`));
  if (tally.topicless > 0) {
    const whose = `${tally.topicless} ${tally.topicless === 1 ? 'request is' : 'requests are'} about topics`;
    lines.push(
      paint.yellow(`  ${whose} that the target does not have: create them before, or record from their creation on`),
    );
  }
  if (tally.lost > 0) lines.push(paint.yellow(`  the recording lacks something in ${tally.lost} places`));
  if (tally.strays > 0) lines.push(paint.yellow(`  ${tally.strays} recorded frames are no messages`));
  for (const { name, versions, requests, why } of tally.unserved)
    lines.push(paint.yellow(`  not asked: ${name} v${versions.join(', v')} (${requests} requests): ${why}`));
  const { differences, compared } = tally;
  const last = `${differences} ${differences === 1 ? 'difference' : 'differences'} in ${compared} answers`;
  return `${[...lines.filter((line) => line !== ''), paint.bold(differences === 0 ? paint.green(last) : paint.red(last))].join('\n')}\n`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
