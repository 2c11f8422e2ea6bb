/**
 * Traffic as lines for people: one for each call, its bodies below it if they are wanted, a table of figures, a last line.
 * Called by inspect.ts.
 */
import type { Paint } from '../paint';
import { countText, isoText, many, printable } from '../text';
import { bodyText } from './body-text';
import type { CallRow } from './call-row';
import type { GapReason } from './gap-reasons';
import type { Gap, Report, Summary } from './report';
import { shownBody } from './shown';
import type { ApiFigures } from './statistics';
import { bytesText, errorText, spanText } from './text';

type Cell = readonly [text: string, width: number, paint?: (text: string) => string];

/** Cells side by side: a negative width is that of a text, a positive one that of a figure. */
function row(cells: readonly Cell[]): string {
  const padded = cells.map(([text, width, paint = (same) => same]) =>
    paint(width < 0 ? text.padEnd(-width) : text.padStart(width)),
  );
  return padded.join('  ').trimEnd();
}

const topicsShown = 4;

export class TextReport implements Report {
  private readonly paint: Paint;
  private readonly withBodies: boolean;
  private day = '';

  constructor(paint: Paint, withBodies: boolean) {
    this.paint = paint;
    this.withBodies = withBodies;
  }

  head(): string {
    const names = ['time', '#', 'conn', 'client', 'API', 'latency', 'request', 'answer', 'topics, errors'];
    return `${this.paint.dim(row(names.map((name, i) => [name, widths[i]!])))}\n`;
  }

  call(call: CallRow): string {
    const { request, answer, missing, errors, topics } = call;
    const { paint } = this;
    const iso = isoText(request.sentAtMs);
    const said = [
      topicsText(topics),
      paint.red(errors.map(errorText).join(', ')),
      paint.yellow(missing === null ? '' : `no answer: ${missing}`),
    ];
    const cells = [
      [iso.slice(11, 23), paint.dim],
      [String(request.number), paint.dim],
      [String(request.connection)],
      [printable(request.header.clientId ?? '')],
      [`${request.name} v${request.header.apiVersion}`, paint.bold],
      [answer === null ? '-' : spanText(answer.latencyMs)],
      [bytesText(request.bytes.length)],
      [answer === null ? '-' : bytesText(answer.bytes.length)],
      [said.filter((text) => text !== '').join('  ')],
    ] as const;
    return `${this.dayOf(iso)}${row(cells.map(([text, how], i) => [text, widths[i]!, how]))}\n${this.bodies(call)}`;
  }

  gap({ is, connection, atMs, from, bytes, why }: Gap): string {
    const where = connection === null ? '' : `conn ${connection}: `;
    const whose = from === null ? '' : ` of the ${from}`;
    const text = `${where}${bytes === 0 ? 'something' : bytesText(bytes)}${whose} not ${is === 'lost' ? 'read' : 'paired'}: ${printable(why)}`;
    const iso = isoText(atMs);
    return `${this.dayOf(iso)}${this.paint.dim(iso.slice(11, 23))}  ${this.paint.yellow(text)}\n`;
  }

  figures({ statistics, gaps }: Summary): string {
    const { paint } = this;
    const head = ['API', 'requests', 'errors', 'no answer', 'p50', 'p99', 'max', 'request', 'answer'];
    const rows = statistics.apis.map((figures) => this.figuresOf(figures));
    const errors = statistics.errors.map(([code, answers]) => `${countText(answers)} ${errorText(code)}`);
    return [
      `${paint.dim(row(head.map((name, i) => [name, figureWidths[i]!])))}\n`,
      ...rows,
      errors.length === 0 ? '' : `\n${paint.red(`answers with errors: ${errors.join(', ')}`)}\n`,
      gaps.all.length === 0 ? '' : '\n',
      ...gaps.all.map((reason) => `${paint.yellow(reasonText(reason))}\n`),
    ].join('');
  }

  end({ statistics, connections, requests, gaps, spanMs }: Summary): string {
    const { paint } = this;
    const some = statistics.requests === requests ? '' : `${countText(statistics.requests)} of `;
    const parts = [
      `${some}${many(requests, 'request')} on ${many(connections, 'connection')} in ${spanText(spanMs)}`,
      `${countText(statistics.total('failed'))} with errors`,
      `${countText(statistics.total('unanswered'))} without an answer`,
      `${bytesText(statistics.total('requestBytes'))} asked, ${bytesText(statistics.total('answerBytes'))} answered`,
    ];
    const [lost, stray] = [gaps.total('lost'), gaps.total('stray')];
    const missing = [
      ...(lost.gaps > 0
        ? [`${many(lost.gaps, 'gap')}${lost.bytes === 0 ? '' : `, ${bytesText(lost.bytes)} not read`}`]
        : []),
      ...(stray.gaps > 0 ? [`${many(stray.gaps, 'frame')} not paired`] : []),
    ];
    return `\n${paint.dim(parts.join(' · '))}\n${missing.length === 0 ? '' : `${paint.yellow(missing.join(' · '))}\n`}`;
  }

  /** A line of its own where a new day begins. */
  private dayOf(iso: string): string {
    const day = iso.slice(0, 10);
    if (day === this.day || day === '') return '';
    this.day = day;
    return `${this.paint.dim(`${day} UTC`)}\n`;
  }

  private bodies({ request, answer }: CallRow): string {
    if (!this.withBodies) return '';
    const { exchange, header } = request;
    const told = (arrow: string, message: { readonly body: typeof request.body }, side: 'request' | 'response') => {
      const { body, why } = message.body;
      if (body === null) return `    ${arrow} ${this.paint.yellow(`not decoded: ${printable(why)}`)}\n`;
      return bodyText(arrow, shownBody(exchange![side], body, header.apiVersion), this.paint);
    };
    return told('→', request, 'request') + (answer === null ? '' : told('←', answer, 'response'));
  }

  private figuresOf(figures: ApiFigures): string {
    const { paint } = this;
    const { name, version, requests, failed, unanswered, latency } = figures;
    const span = (ms: number) => (latency.count === 0 ? '-' : spanText(ms));
    const cells = [
      [version < 0 ? name : `${name} v${version}`, paint.bold],
      [countText(requests)],
      [countText(failed), failed > 0 ? paint.red : paint.dim],
      [countText(unanswered), unanswered > 0 ? paint.yellow : paint.dim],
      [span(latency.percentile(0.5))],
      [span(latency.percentile(0.99))],
      [span(latency.max)],
      [bytesText(figures.requestBytes)],
      [bytesText(figures.answerBytes)],
    ] as const;
    return `${row(cells.map(([text, how], i) => [text, figureWidths[i]!, how]))}\n`;
  }
}

const widths = [-12, 6, 4, -20, -26, 8, 8, 8, 0];
const reasonWidths = [9, 18];
const figureWidths = [-34, 9, 7, 9, 8, 8, 8, 8, 8];

/** Below each other, they stand as a table. */
function reasonText({ is, why, gaps, bytes }: GapReason): string {
  const cells = [
    many(gaps, is === 'lost' ? 'gap' : 'frame'),
    `${bytes === 0 ? '' : `${bytesText(bytes)} `}not ${is === 'lost' ? 'read' : 'paired'}`,
  ];
  return row([...cells.map((text, i) => [text, reasonWidths[i]!] as const), [printable(why), 0]]);
}

function topicsText(topics: readonly string[]): string {
  const shown = topics.slice(0, topicsShown).map(printable).join(', ');
  return topics.length > topicsShown ? `${shown} and ${topics.length - topicsShown} more` : shown;
}
