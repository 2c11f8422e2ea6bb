/**
 * The Java Properties format: server.properties, meta.properties and everything else that Kafka keeps as `key=value`.
 * Called by main.ts and by whoever reads or writes such a file. Pure: texts in, texts out.
 *
 * What always holds: what `formatProperties` wrote, `parseProperties` (and Java) reads back as it was.
 */

/** Entries of a properties file in their order; of a key that is given twice the last value counts, as in Java. */
export class Properties extends Map<string, string> {
  /** Name of the file, for messages. */
  readonly fileName: string;
  readonly #lines = new Map<string, number>();

  constructor(fileName: string) {
    super();
    this.fileName = fileName;
  }

  /** Sets an entry that stands on this line, counted from 1. */
  setAt(line: number, key: string, value: string): void {
    this.set(key, value);
    this.#lines.set(key, line);
  }

  /** Line of the file that an entry begins on. */
  lineOf(key: string): number | undefined {
    return this.#lines.get(key);
  }
}

/** A line that the format does not allow; the message names file, line, what was seen and what was expected. */
export class PropertiesError extends Error {
  override readonly name = 'PropertiesError';
}

/**
 * Reads a properties file by the rules of java.util.Properties.load: `#` and `!` comments, `=`, `:` or blanks between key
 * and value, backslash escapes, a backslash at the end of a line that continues it.
 * @throws PropertiesError on an escape that is cut short and on a line without a key
 */
export function parseProperties(text: string, fileName: string): Properties {
  const properties = new Properties(fileName);
  for (const { line, content } of logicalLines(text)) {
    const fail = (problem: string) => new PropertiesError(`${fileName}:${line}: ${problem}`);
    const end = keyEnd(content);
    if (end === 0) throw fail(`expected key=value, saw ${JSON.stringify(content)}`);
    const separator = /^[ \t\f]*[=:]?[ \t\f]*/.exec(content.slice(end))?.[0] ?? '';
    properties.setAt(
      line,
      unescaped(content.slice(0, end), fail),
      unescaped(content.slice(end + separator.length), fail),
    );
  }
  return properties;
}

/**
 * Writes entries as java.util.Properties.store does, in the order given, ASCII only, with a final newline.
 * @param comments lines put in front, each behind a `#`
 */
export function formatProperties(
  entries: Iterable<readonly [string, string]>,
  comments: readonly string[] = [],
): string {
  const lines = comments.map((comment) => `#${comment}`);
  for (const [key, value] of entries) lines.push(`${escaped(key).replaceAll(' ', '\\ ')}=${escaped(value)}`);
  return lines.map((line) => `${line}\n`).join('');
}

interface LogicalLine {
  readonly line: number;
  readonly content: string;
}

/** Lines with their continuations joined, without comments and blank ones, each with the number of its first line. */
function* logicalLines(text: string): Iterable<LogicalLine> {
  let begun: LogicalLine | null = null;
  for (const [index, natural] of text.split(/\r\n|\r|\n/).entries()) {
    const content = natural.replace(/^[ \t\f]+/, '');
    if (begun === null && (content === '' || content.startsWith('#') || content.startsWith('!'))) continue;
    const { line, content: before }: LogicalLine = begun ?? { line: index + 1, content: '' };
    const continued = (/\\*$/.exec(content)?.[0].length ?? 0) % 2 === 1;
    begun = { line, content: before + (continued ? content.slice(0, -1) : content) };
    if (continued) continue;
    yield begun;
    begun = null;
  }
  if (begun !== null) yield begun;
}

/** Where the key of a line ends: at the first `=`, `:` or blank that no backslash escapes. */
function keyEnd(content: string): number {
  let at = 0;
  while (at < content.length && !'=: \t\f'.includes(content.charAt(at))) at += content.charAt(at) === '\\' ? 2 : 1;
  return Math.min(at, content.length);
}

const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string, fail: (problem: string) => Error): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|u.{0,4}|.|$)/gs, (sequence, named: string) => {
    if (!named.startsWith('u')) return controls[named] ?? named;
    if (!/^u[0-9a-fA-F]{4}$/.test(named))
      throw fail(`expected four hex digits after \\u, saw ${JSON.stringify(sequence)}`);
    return String.fromCharCode(Number.parseInt(named.slice(1), 16));
  });
}

function escaped(text: string): string {
  return text
    .replace(/^ +|[\\\t\n\r\f=:#!]/g, (found) => {
      if (found.startsWith(' ')) return `\\ ${found.slice(1)}`;
      const letter = Object.keys(controls).find((name) => controls[name] === found);
      return `\\${letter ?? found}`;
    })
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}
