/**
 * lib/replay/DIFFERENCES.md as a list: rows of what `millrace diff --markdown` prints, each with a reason that people wrote.
 *
 * Rewriting keeps reasons. A reason that begins with "Now and then" marks a row that depends on the moment: a run may lack it.
 */

export interface DifferenceRow {
  readonly api: string;
  readonly field: string;
  /** As Markdown, and so are the others. */
  readonly kafka: string;
  readonly millrace: string;
  readonly reason: string;
}

const unknown = 'not known';
const sometimes = /^Now and then/;

/** The rows of a table in Markdown, whether it tells reasons (the file) or how often (the command), and what was not compared. */
export function rowsOf(markdown: string): DifferenceRow[] {
  const rows: DifferenceRow[] = [];
  for (const line of markdown.split('\n')) {
    const left = /^Not compared: (\w+) \(\d+ requests?\): (?:a: .*, b: )?(.*)$/.exec(line);
    if (left !== null) rows.push({ api: left[1]!, field: 'not compared', kafka: '', millrace: left[2]!, reason: '' });
    if (!/^\| [A-Z]/.test(line) || line.startsWith('| API |')) continue;
    const [api, field, kafka, millrace, reason] = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    rows.push({ api: api!, field: field!, kafka: kafka!, millrace: millrace!, reason: reason! });
  }
  return rows;
}

/** What a row is about. Values are examples, which differ from run to run, except where they are error codes. */
export function subjectOf({ api, field, kafka, millrace }: DifferenceRow): string {
  return /errorCode$/i.test(field) ? `${api}.${field}: ${kafka}, ${millrace}` : `${api}.${field}`;
}

/** Whether a run may lack it. */
export function isOccasional({ reason }: DifferenceRow): boolean {
  return sometimes.test(reason);
}

/** The subjects of `rows` that are none of `others`. */
export function missingFrom(others: readonly DifferenceRow[], rows: readonly DifferenceRow[]): string[] {
  const known = new Set(others.map(subjectOf));
  return rows.map(subjectOf).filter((subject) => !known.has(subject));
}

/** The file with the rows of a run in the place of its own: what stands above its table, and reasons, stay. */
export function rewritten(file: string, run: readonly DifferenceRow[]): string {
  const own = rowsOf(file);
  const known = new Map(own.map((row) => [subjectOf(row), row]));
  const rows = run.map((row) => ({ ...row, reason: known.get(subjectOf(row))?.reason ?? unknown }));
  const seen = new Set(run.map(subjectOf));
  rows.push(...own.filter((row) => isOccasional(row) && !seen.has(subjectOf(row))));
  const lines = rows.map(
    ({ api, field, kafka, millrace, reason }) => `| ${api} | ${field} | ${kafka} | ${millrace} | ${reason} |\n`,
  );
  const head = file.slice(0, file.indexOf('| API |'));
  return `${head}| API | field | Apache Kafka 4.3.1 | Millrace | why |\n|---|---|---|---|---|\n${lines.sort().join('')}`;
}
