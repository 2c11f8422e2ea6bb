/**
 * The report of a replay as one HTML file: counts, a time line for each connection, and what differs. Nothing is loaded from
 * elsewhere, and whatever a message holds is shown as text.
 *
 * Memory: the first `barsMax` requests are drawn and the first `faultsMax` differing ones told; the rest is counted.
 */
import type { LearnedIds } from '../ids/learned-ids';
import type { Outcome, Verdict } from '../outcome';
import type { Tally } from '../tally';
import { said, sides } from './said';

const barsMax = 5000;
const faultsMax = 500;
const differencesMax = 50;

/** In units of the drawing, which is as wide as the page. */
const labelWidth = 190;
const chartWidth = 1000;
const laneHeight = 18;
const barHeight = 12;
const barMinWidth = 2;

const colours: Readonly<Record<Verdict, string>> = {
  same: '#2e9e5b',
  'may differ': '#7fb069',
  differs: '#d1495b',
  'no answer': '#8d1c31',
  unserved: '#e0a030',
  unknown: '#8a6fb0',
  'not recorded': '#9aa5b1',
  'left out': '#c9d1d9',
};

interface Bar {
  readonly number: number;
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly verdict: Verdict;
}

interface Lane {
  readonly label: string;
  readonly bars: Bar[];
}

export class HtmlReport {
  private readonly title: string;
  private readonly lanes = new Map<number, Lane>();
  private readonly faults: string[] = [];
  private bars = 0;
  private faultsUntold = 0;
  private fromMs = Number.POSITIVE_INFINITY;
  private toMs = Number.NEGATIVE_INFINITY;

  constructor(title: string) {
    this.title = title;
  }

  add(outcome: Outcome): void {
    const { request, recorded, verdict } = outcome;
    if (this.bars < barsMax) this.draw(outcome);
    this.fromMs = Math.min(this.fromMs, request.sentAtMs);
    this.toMs = Math.max(this.toMs, recorded?.atMs ?? request.sentAtMs);
    if (verdict !== 'differs' && verdict !== 'no answer' && verdict !== 'unknown') return;
    if (this.faults.length < faultsMax) this.faults.push(faultHtml(outcome));
    else this.faultsUntold++;
  }

  /** The whole file. */
  end(tally: Tally, ids: LearnedIds, playedMs: number, stopped: string | null): string {
    const { differences, compared, requests, connections } = tally;
    const counts = `${differences} ${differences === 1 ? 'difference' : 'differences'} in ${compared} answers`;
    const untold = this.faultsUntold === 0 ? '' : `<p>and ${this.faultsUntold} more</p>`;
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${html(counts)}</title><style>${style}</style></head><body>
<h1 class="${differences === 0 ? 'good' : 'bad'}">${html(counts)}</h1>
<p>${html(this.title)}</p>
<p>${requests} requests on ${connections} connections, played in ${(playedMs / 1000).toFixed(1)} s, recorded in ${(tally.recordedMs / 1000).toFixed(1)} s.
${stopped === null ? '' : `<strong class="bad">Not played to its end: ${html(stopped)}</strong>`}</p>
${apisHtml(tally)}
${listHtml('Not asked, because the target does not serve it', unservedLines(tally))}
${listHtml(
  'Differs where it may',
  [...tally.allowed].map(([reason, count]) => `${count} × ${reason}`),
)}
${listHtml(
  'Called otherwise by the target',
  [...ids.changed].map(([kind, count]) => `${kind}: ${count}`),
)}
<h2>Time line</h2>
<p>${Object.entries(colours)
      .map(([verdict, colour]) => `<span class="key" style="background:${colour}"></span> ${verdict}`)
      .join(' &ensp; ')}</p>
${this.chart()}
<h2>What differs</h2>
${this.faults.join('\n') || '<p>Nothing.</p>'}${untold}
</body></html>
`;
  }

  private draw({ request, recorded, replayed, verdict, why }: Outcome): void {
    let lane = this.lanes.get(request.connection);
    if (lane === undefined) {
      const label = `${request.connection} ${request.header.clientId ?? ''}`;
      this.lanes.set(request.connection, (lane = { label, bars: [] }));
    }
    const toMs = recorded?.atMs ?? request.sentAtMs;
    const took = replayed === null ? '' : `, now ${(replayed.atMs - replayed.sentAtMs).toFixed(1)} ms`;
    const title = `#${request.number} ${request.name} v${request.header.apiVersion}: ${why ?? verdict} (recorded ${(toMs - request.sentAtMs).toFixed(1)} ms${took})`;
    lane.bars.push({ number: request.number, title, fromMs: request.sentAtMs, toMs, verdict });
    this.bars++;
  }

  private chart(): string {
    const span = Math.max(1, this.toMs - this.fromMs);
    const at = (ms: number) => labelWidth + ((ms - this.fromMs) / span) * chartWidth;
    const height = this.lanes.size * laneHeight + 20;
    const lanes = [...this.lanes.values()].map(({ label, bars }, i) => {
      const y = i * laneHeight;
      const drawn = bars.map(({ number, title, fromMs, toMs, verdict }) => {
        const width = Math.max(barMinWidth, at(toMs) - at(fromMs));
        const bar = `<rect x="${at(fromMs).toFixed(1)}" y="${y + 3}" width="${width.toFixed(1)}" height="${barHeight}" rx="1" fill="${colours[verdict]}"><title>${html(title)}</title></rect>`;
        return verdict === 'differs' || verdict === 'no answer' ? `<a href="#r${number}">${bar}</a>` : bar;
      });
      return `<text x="0" y="${y + 13}">${html(label.slice(0, 28))}</text><line x1="${labelWidth}" y1="${y + 9}" x2="${labelWidth + chartWidth}" y2="${y + 9}"/>${drawn.join('')}`;
    });
    const end = `<text x="${labelWidth}" y="${height - 4}">0</text><text x="${labelWidth + chartWidth}" y="${height - 4}" text-anchor="end">${(span / 1000).toFixed(2)} s</text>`;
    const more = this.bars < barsMax ? '' : `<p>The first ${barsMax} requests.</p>`;
    return `<div class="chart"><svg viewBox="0 0 ${labelWidth + chartWidth} ${height}">${lanes.join('\n')}${end}</svg></div>${more}`;
  }
}

function faultHtml({ request, verdict, why, differences, asked }: Outcome): string {
  const told = differences.filter(({ reason }) => reason === null);
  const rows = told.slice(0, differencesMax).map((one) => {
    const [recorded, replayed] = sides(one);
    return `<tr><td>${html(one.path)}</td><td>${html(recorded)}</td><td>${html(replayed)}</td></tr>`;
  });
  if (told.length > differencesMax) rows.push(`<tr><td colspan="3">and ${told.length - differencesMax} more</td></tr>`);
  const table =
    rows.length === 0 ? '' : `<table><tr><th>field</th><th>recorded</th><th>replayed</th></tr>${rows.join('')}</table>`;
  const head = `#${request.number} ${request.name} v${request.header.apiVersion} ${verdict}${why === null ? '' : `: ${why}`}`;
  const by = `connection ${request.connection}, ${request.client} ${request.header.clientId ?? ''}`;
  return `<details id="r${request.number}" open><summary>${html(head)} <small>${html(by)}</small></summary>${table}
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

function unservedLines(tally: Tally): string[] {
  return tally.unserved.map(
    ({ name, versions, requests, why }) => `${name} v${versions.join(', v')} (${requests} requests): ${why}`,
  );
}

function listHtml(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<h2>${html(title)}</h2><ul>${lines.map((line) => `<li>${html(line)}</li>`).join('')}</ul>`;
}

function html(text: string): string {
  return text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
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
