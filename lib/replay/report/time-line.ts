/**
 * The time line of a recording as a drawing of a page (SVG): a lane for each connection, a bar for each request, coloured by
 * what came of it, from when it was sent to when it was answered. Called by html-report.ts.
 */
import type { Outcome, Verdict } from '../outcome';
import { html } from './said';

/** In units of the drawing, which is as wide as the page. */
const labelWidth = 190;
const chartWidth = 1000;
const laneHeight = 18;
const barHeight = 12;
const barMinWidth = 2;

export const colours: Readonly<Record<Verdict, string>> = {
  same: '#2e9e5b',
  'may differ': '#7fb069',
  differs: '#d1495b',
  'no answer': '#8d1c31',
  unserved: '#e0a030',
  unknown: '#8a6fb0',
  'not recorded': '#9aa5b1',
  'left out': '#c9d1d9',
  'locked out': '#b07d2b',
};

interface Bar {
  /** Where on the page more is told of it; null: nowhere. */
  readonly anchor: string | null;
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly verdict: Verdict;
}

interface Lane {
  readonly label: string;
  readonly bars: Bar[];
}

export class TimeLine {
  private readonly lanes = new Map<number, Lane>();
  private fromMs = Number.POSITIVE_INFINITY;
  private toMs = Number.NEGATIVE_INFINITY;

  /** @param anchor where on the page more is told of it; null: nowhere */
  add({ request, recorded, replayed, verdict, why }: Outcome, anchor: string | null): void {
    let lane = this.lanes.get(request.connection);
    if (lane === undefined) {
      const label = `${request.connection} ${request.header.clientId ?? ''}`;
      this.lanes.set(request.connection, (lane = { label, bars: [] }));
    }
    const fromMs = request.sentAtMs;
    const toMs = recorded?.atMs ?? fromMs;
    const took = replayed === null ? '' : `, now ${(replayed.atMs - replayed.sentAtMs).toFixed(1)} ms`;
    const title = `#${request.number} ${request.name} v${request.header.apiVersion}: ${why ?? verdict} (recorded ${(toMs - fromMs).toFixed(1)} ms${took})`;
    lane.bars.push({ anchor, title, fromMs, toMs, verdict });
    this.fromMs = Math.min(this.fromMs, fromMs);
    this.toMs = Math.max(this.toMs, toMs);
  }

  svg(): string {
    const span = Math.max(1, this.toMs - this.fromMs);
    const at = (ms: number) => labelWidth + ((ms - this.fromMs) / span) * chartWidth;
    const height = this.lanes.size * laneHeight + 20;
    const lanes = [...this.lanes.values()].map(({ label, bars }, i) => {
      const y = i * laneHeight;
      const drawn = bars.map(({ anchor, title, fromMs, toMs, verdict }) => {
        const width = Math.max(barMinWidth, at(toMs) - at(fromMs));
        const bar = `<rect x="${at(fromMs).toFixed(1)}" y="${y + 3}" width="${width.toFixed(1)}" height="${barHeight}" rx="1" fill="${colours[verdict]}"><title>${html(title)}</title></rect>`;
        return anchor === null ? bar : `<a href="#${anchor}">${bar}</a>`;
      });
      return `<text x="0" y="${y + 13}">${html(label.slice(0, 28))}</text><line x1="${labelWidth}" y1="${y + 9}" x2="${labelWidth + chartWidth}" y2="${y + 9}"/>${drawn.join('')}`;
    });
    const end = `<text x="${labelWidth}" y="${height - 4}">0</text><text x="${labelWidth + chartWidth}" y="${height - 4}" text-anchor="end">${(span / 1000).toFixed(2)} s</text>`;
    return `<div class="chart"><svg viewBox="0 0 ${labelWidth + chartWidth} ${height}">${lanes.join('\n')}${end}</svg></div>`;
  }
}
