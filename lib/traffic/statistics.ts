/**
 * Figures of traffic by API and version, and of the whole. Memory does not grow with what is counted.
 */
import type { CallRow } from './call-row';
import { Histogram } from './histogram';

export interface ApiFigures {
  readonly key: number;
  /** Of the API; `API 1234` for one that is not known. */
  readonly name: string;
  readonly version: number;
  requests: number;
  /** Without an answer, though one was to come. */
  unanswered: number;
  /** Whose answer says an error anywhere. */
  failed: number;
  requestBytes: number;
  answerBytes: number;
  /** From the request's last byte to the answer's, in ms. */
  readonly latency: Histogram;
}

/** More kinds of requests than any client sends; what comes beyond of made-up keys and versions is one row. */
const rowsMax = 2000;
const others = { key: -1, name: 'others', version: -1 };
const othersId = Number.POSITIVE_INFINITY;

export class Statistics {
  private readonly rows = new Map<number, ApiFigures>();
  private readonly codes = new Map<number, number>();
  /** How many calls were added. */
  requests = 0;

  add({ request, answer, errors, missing }: CallRow): void {
    const row = this.rowOf(request.header.apiKey, request.name, request.header.apiVersion);
    this.requests++;
    row.requests++;
    row.requestBytes += request.bytes.length;
    if (missing !== null) row.unanswered++;
    if (errors.length > 0) row.failed++;
    for (const code of errors) this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (answer === null) return;
    row.answerBytes += answer.bytes.length;
    row.latency.add(answer.latencyMs);
  }

  /** By key and version. */
  get apis(): readonly ApiFigures[] {
    return [...this.rows.values()].sort((a, b) => a.key - b.key || a.version - b.version);
  }

  /** How many answers say an error, by its code; the most frequent first. */
  get errors(): readonly (readonly [code: number, answers: number])[] {
    return [...this.codes].sort(([, a], [, b]) => b - a);
  }

  /** The sum of a figure over all APIs. */
  total(figure: 'unanswered' | 'failed' | 'requestBytes' | 'answerBytes'): number {
    return this.apis.reduce((sum, row) => sum + row[figure], 0);
  }

  private rowOf(key: number, name: string, version: number): ApiFigures {
    let id = key * 0x10000 + version;
    if (!this.rows.has(id) && this.rows.size >= rowsMax) id = othersId;
    const known = this.rows.get(id);
    if (known !== undefined) return known;
    const row = {
      ...(id === othersId ? others : { key, name, version }),
      requests: 0,
      unanswered: 0,
      failed: 0,
      requestBytes: 0,
      answerBytes: 0,
      latency: new Histogram(),
    };
    this.rows.set(id, row);
    return row;
  }
}
