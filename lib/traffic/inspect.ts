/**
 * Reads a recording and prints what is wanted of it. Called by the command `traffic`.
 *
 * Memory does not grow with the recording: calls are printed as they are over, and forgotten. They come in the order of
 * their answers, numbered in that of their requests.
 */
import { type AnsweredCall, type CallEvent, callsOf, type Unanswered } from '../capture/calls';
import type { CaptureEvent } from '../capture/event';
import { paint } from '../paint';
import { CallFacts } from './call-facts';
import { CallRow } from './call-row';
import { filterOf, type TrafficFilter } from './filter';
import { GapReasons } from './gap-reasons';
import { JsonReport } from './json-report';
import { gapOf, type Report, type Summary } from './report';
import { Statistics } from './statistics';
import { TextReport } from './text-report';

export interface InspectOptions extends TrafficFilter {
  /** The table of figures instead of the calls. */
  readonly stats?: boolean;
  /** Decoded bodies below each call. */
  readonly bodies?: boolean;
  /** JSON lines. */
  readonly json?: boolean;
  /** Ends after this many calls. */
  readonly limit?: number;
  readonly isColoured?: boolean;
}

/** Takes text and resolves when more may come; false when nobody wants any more. */
export type Print = (text: string) => Promise<boolean>;

/** @throws UsageError for a filter that cannot be meant, before anything is read */
export async function inspect(
  events: AsyncIterable<CaptureEvent>,
  options: InspectOptions,
  print: Print,
): Promise<void> {
  const { stats = false, limit = Number.POSITIVE_INFINITY } = options;
  const reading = new Reading(options);
  let head = stats ? '' : reading.report.head();
  for await (const event of callsOf(events)) {
    const text = reading.take(event);
    if (text !== '' && !(await print(head + text))) return;
    if (text !== '') head = '';
    if (reading.statistics.requests >= limit) break;
  }
  const { report, summary } = reading;
  await print((stats ? report.figures(summary) : '') + report.end(summary));
}

/** What has been read of a recording. */
class Reading {
  readonly report: Report;
  readonly statistics = new Statistics();
  private readonly isWanted: (row: CallRow) => boolean;
  private readonly facts = new CallFacts();
  private readonly gaps = new GapReasons();
  private connections = 0;
  private requests = 0;
  private readonly isTold: boolean;
  private firstMs = Number.NaN;
  private lastMs = Number.NaN;

  constructor(options: InspectOptions) {
    const { stats = false, bodies = false, json = false, isColoured = false } = options;
    this.isTold = !stats;
    this.isWanted = filterOf(options, () => this.firstMs);
    this.report = json ? new JsonReport(bodies) : new TextReport(paint(isColoured), bodies);
  }

  /** What is to be printed of an event; empty for nothing. */
  take(event: CallEvent): string {
    const atMs = momentOf(event);
    if (Number.isNaN(this.firstMs)) this.firstMs = this.lastMs = atMs;
    this.lastMs = Math.max(this.lastMs, atMs);
    if (event.is === 'opened') this.connections++;
    if (event.is === 'answered' || event.is === 'unanswered') return this.call(event);
    if (event.is !== 'lost' && event.is !== 'stray') return '';
    const gap = gapOf(event);
    this.gaps.add(gap);
    return this.isTold ? this.report.gap(gap) : '';
  }

  get summary(): Summary {
    const spanMs = Number.isNaN(this.firstMs) ? 0 : this.lastMs - this.firstMs;
    const { statistics, connections, requests, gaps } = this;
    return { statistics, connections, requests, gaps, spanMs };
  }

  private call(call: AnsweredCall | Unanswered): string {
    this.requests++;
    const row = new CallRow(call, this.facts);
    if (!this.isWanted(row)) return '';
    this.statistics.add(row);
    return this.isTold ? this.report.call(row) : '';
  }
}

/** When it happened, in ms since 1970. */
function momentOf(event: CallEvent): number {
  if (event.is === 'asked') return event.request.sentAtMs;
  if (event.is === 'answered') return event.answer.atMs;
  return event.is === 'stray' ? event.frame.atMs : event.atMs;
}
