/**
 * The report of a replay as one HTML file: counts, a time line for each recording, and what differs. Nothing is loaded from
 * elsewhere, and whatever a message holds is shown as text.
 *
 * Memory: the first `barsMax` requests are drawn and the first `faultsMax` differing ones told; the rest is counted.
 */
import { many } from '../../text';
import type { Outcome, Verdict } from '../outcome';
import type { Tally } from '../tally';
import { type Ended, isSame, lastLine } from './ended';
import { html, notPlayedLines, said, unpreparedLines, unservedLines } from './said';
import { colours, TimeLine } from './time-line';
import { toldOf } from './told';

const barsMax = 5000;
const faultsMax = 500;
const differencesMax = 50;

export class HtmlReport {
  private readonly title: string;
  /** By name of the recording. */
  private readonly timeLines = new Map<string, TimeLine>();
  private readonly faults: string[] = [];
  private bars = 0;
  private faultsUntold = 0;

  constructor(title: string) {
    this.title = title;
  }

  /** @param recording name of the one that the request is of */
  add(outcome: Outcome, recording: string): void {
    const { request, verdict } = outcome;
    let timeLine = this.timeLines.get(recording);
    if (timeLine === undefined) this.timeLines.set(recording, (timeLine = new TimeLine()));
    const isFault = verdict === 'differs' || verdict === 'no answer' || verdict === 'unknown';
    const isTold = isFault && this.faults.length < faultsMax;
    const anchor = `r${this.timeLines.size}-${request.number}`;
    if (this.bars++ < barsMax) timeLine.add(outcome, isTold ? anchor : null);
    if (isTold) this.faults.push(faultHtml(outcome, anchor));
    else if (isFault) this.faultsUntold++;
  }

  /** The whole file. */
  end(ended: Ended): string {
    const { tally, changed, playedMs, stopped } = ended;
    const { requests, connections, recordedMs } = tally;
    const counts = lastLine(ended);
    const untold = this.faultsUntold === 0 ? '' : `<p>and ${this.faultsUntold} more</p>`;
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${html(counts)}</title><style>${style}</style></head><body>
<h1 class="${isSame(ended) ? 'good' : 'bad'}">${html(counts)}</h1>
<p>${html(this.title)}</p>
<p>${many(requests, 'request')} on ${many(connections, 'connection')}, played in ${(playedMs / 1000).toFixed(1)} s, recorded in ${(recordedMs / 1000).toFixed(1)} s.
${stopped === null ? '' : `<strong class="bad">Not played to its end: ${html(stopped)}</strong>`}</p>
${apisHtml(tally)}
${listHtml('Not asked, because the target does not serve it', unservedLines(tally))}
${listHtml('Not played', notPlayedLines(tally))}
${listHtml('The target was not prepared', unpreparedLines(tally))}
${listHtml('What the recording lacks', tally.lostWhy)}
${listHtml(
  'Differs where it may',
  [...tally.allowed].map(([reason, count]) => `${count} × ${reason}`),
)}
${listHtml(
  'Called otherwise by the target',
  [...changed].map(([kind, count]) => `${kind}: ${count}`),
)}
<h2>Time line</h2>
<p>${Object.entries(colours)
      .map(([verdict, colour]) => `<span class="key" style="background:${colour}"></span> ${verdict}`)
      .join(' &ensp; ')}</p>
${this.charts()}
<h2>What differs</h2>
${this.faults.join('\n') || '<p>Nothing that was compared.</p>'}${untold}
</body></html>
`;
  }

  private charts(): string {
    const charts = [...this.timeLines].map(([recording, timeLine]) => {
      const heading = this.timeLines.size === 1 ? '' : `<h3>${html(recording)}</h3>`;
      return `${heading}${timeLine.svg()}`;
    });
    const more = this.bars <= barsMax ? '' : `<p>The first ${barsMax} requests.</p>`;
    return `${charts.join('\n')}${more}`;
  }
}

function faultHtml({ request, verdict, why, differences, asked }: Outcome, anchor: string): string {
  const told = toldOf(differences.filter(({ reason }) => reason === null));
  const rows = told
    .slice(0, differencesMax)
    .map(
      ({ path, recorded, replayed }) =>
        `<tr><td>${html(path)}</td><td>${html(recorded)}</td><td>${html(replayed)}</td></tr>`,
    );
  if (told.length > differencesMax) rows.push(`<tr><td colspan="3">and ${told.length - differencesMax} more</td></tr>`);
  const table =
    rows.length === 0 ? '' : `<table><tr><th>field</th><th>recorded</th><th>replayed</th></tr>${rows.join('')}</table>`;
  const head = `#${request.number} ${request.name} v${request.header.apiVersion} ${verdict}${why === null ? '' : `: ${why}`}`;
  const by = `connection ${request.connection}, ${request.client} ${request.header.clientId ?? ''}`;
  return `<details id="${anchor}" open><summary>${html(head)} <small>${html(by)}</small></summary>${table}
<p class="asked">asked: ${html(said('', asked ?? undefined))}</p></details>`;
}

function apisHtml(tally: Tally): string {
  const verdicts = (Object.keys(colours) as Verdict[]).filter((verdict) => tally.count(verdict) > 0);
  const head = `<tr><th>API</th>${verdicts.map((verdict) => `<th>${verdict}</th>`).join('')}</tr>`;
  const rows = [...tally.apis].map(([name, counts]) => {
    const cells = verdicts.map((verdict) => `<td class="count">${counts[verdict] || ''}</td>`);
    return `<tr><td>${html(name)}</td>${cells.join('')}</tr>`;
  });
  return `<table>${head}${rows.join('\n')}</table>`;
}

function listHtml(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<h2>${html(title)}</h2><ul>${lines.map((line) => `<li>${html(line)}</li>`).join('')}</ul>`;
}

const style = `
body { font: 14px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 1240px; padding: 0 1em; color: #1f2933; background: #fff }
h1 { font-size: 1.6em } h2 { font-size: 1.15em; margin-top: 1.6em }
.good { color: #2e9e5b } .bad { color: #d1495b }
table { border-collapse: collapse } th, td { text-align: left; padding: .2em .8em .2em 0; border-bottom: 1px solid #e4e7eb; vertical-align: top; overflow-wrap: anywhere }
.count { text-align: right; font-variant-numeric: tabular-nums }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 2px }
.chart { overflow-x: auto } svg { display: block; width: 100%; min-width: 800px } svg text { font-size: 11px; fill: currentColor } svg line { stroke: #e4e7eb }
details table { table-layout: fixed; width: 100% } details th:first-child { width: 28% }
details { margin: .6em 0; padding-left: .6em; border-left: 3px solid #d1495b } summary { cursor: pointer; font-weight: 600 } small { font-weight: 400; color: #7b8794 }
.asked { color: #7b8794; overflow-wrap: anywhere; font-size: 12px }
@media (prefers-color-scheme: dark) { body { color: #e4e7eb; background: #16191d } th, td { border-color: #323f4b } svg line { stroke: #323f4b } }
`;
