/**
 * The table of a differential run: for each field in which two brokers answer otherwise what each says, and how often; then
 * what only one of them serves. In Markdown, and as columns for a terminal.
 *
 * Memory: `rowsMax` rows; what comes later is counted.
 */
import { many, printable } from '../../text';
import type { Diffed } from '../diff';
import { said } from './said';

export interface DiffRow {
  readonly api: string;
  /** The field without positions, such as `topics.partitions.errorCode`. */
  readonly field: string;
  readonly a: string;
  readonly b: string;
  count: number;
  /** Why it may differ; null: it must not. */
  readonly reason: string | null;
}

const rowsMax = 500;
const cellMax = 60;

export class DiffTable {
  private readonly byKey = new Map<string, DiffRow>();
  private readonly notCompared = new Map<string, { api: string; why: string; requests: number }>();
  private untold = 0;

  /** @param isFull whether to have what may differ as well */
  add({ request, verdict, differences, why, a, b }: Diffed, isFull = false): void {
    const isMissing = verdict === 'unserved' || verdict === 'left out' || verdict === 'locked out';
    if (isMissing && why !== null) this.lack(request.name, why);
    if (verdict === 'no answer') {
      const sides = [a, b].map((one) => cell(one.why ?? 'an answer'));
      this.row({ api: request.name, field: 'no answer', a: sides[0]!, b: sides[1]!, reason: null });
    }
    for (const { field, recorded, replayed, what, reason } of differences) {
      if (reason !== null && !isFull) continue;
      const name = field.slice(request.name.length + 1);
      const sides = what === null ? [said(field, recorded), said(field, replayed)] : ['', what];
      this.row({ api: request.name, field: name, a: cell(sides[0]!), b: cell(sides[1]!), reason });
    }
  }

  /** By API and field. */
  get rows(): readonly DiffRow[] {
    return [...this.byKey.values()].sort((x, y) => compareText(x.api, y.api) || compareText(x.field, y.field));
  }

  /** Empty where there is nothing to tell. */
  markdown(a: string, b: string): string {
    const head = `| API | field | ${a} | ${b} | times |\n|---|---|---|---|---:|\n`;
    const rows = this.rows.map(
      (row) => `| ${row.api} | ${row.field} | ${code(row.a)} | ${code(row.b)} | ${row.count} |\n`,
    );
    const table = rows.length === 0 ? '' : `${head}${rows.join('')}\n`;
    return `${table}${this.rest((api, why, requests) => `Not compared: ${api} (${requests}): ${why}\n\n`)}`;
  }

  /** Empty where there is nothing to tell. */
  text(a: string, b: string): string {
    const cells = [
      ['API', 'field', a, b, 'times'],
      ...this.rows.map((row) => [row.api, row.field, row.a, row.b, String(row.count)].map(printable)),
    ];
    const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
    const lines = cells.map((row) =>
      row
        .map((one, i) => one.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    );
    const table = cells.length === 1 ? '' : `${lines.join('\n')}\n`;
    return `${table}${this.rest((api, why, requests) => `not compared: ${api} (${requests}): ${why}\n`)}`;
  }

  private rest(line: (api: string, why: string, requests: string) => string): string {
    const lines = [...this.notCompared.values()].map(({ api, why, requests }) =>
      line(api, why, many(requests, 'request')),
    );
    if (this.untold > 0) lines.push(`and ${this.untold} more\n`);
    return lines.join('');
  }

  private row(made: Omit<DiffRow, 'count'>): void {
    // Values that are another each time, such as offsets, are one row: its first values stand for all.
    const key = `${made.api}\0${made.field}\0${/errorCode$/i.test(made.field) ? `${made.a}\0${made.b}` : ''}`;
    const known = this.byKey.get(key);
    if (known !== undefined) known.count++;
    else if (this.byKey.size < rowsMax) this.byKey.set(key, { ...made, count: 1 });
    else this.untold++;
  }

  private lack(api: string, why: string): void {
    const key = `${api}\0${why}`;
    const known = this.notCompared.get(key);
    if (known !== undefined) known.requests++;
    else this.notCompared.set(key, { api, why, requests: 1 });
  }
}

function cell(text: string): string {
  return text.length > cellMax ? `${text.slice(0, cellMax)}…` : text;
}

/** As it stands in a table of Markdown. */
function code(text: string): string {
  return text === '' ? '' : `\`${text.replace(/[`|]/g, (one) => (one === '|' ? '\\|' : "'"))}\``;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
