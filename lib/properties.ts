/**
 * The Java Properties format: server.properties, meta.properties and everything else that Kafka keeps as `key=value`.
 * Called by main.ts and by whoever reads or writes such a file. Pure: texts in, texts out.
 *
 * What always holds: what `formatProperties` wrote, `parseProperties` (and Java) reads back as it was. Texts are read as
 * java.util.Properties.load reads them, but for lines without a key or without any separator: Java takes these for empty
 * keys and values, here they are mistakes.
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

  /** Sets an entry that begins on this line, counted from 1. */
  setAt(line: number, key: string, value: string): void {
    super.set(key, value);
    this.#lines.set(key, line);
  }

  /** Sets an entry that does not come from the file. */
  override set(key: string, value: string): this {
    this.#lines.delete(key);
    return super.set(key, value);
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
 * Reads a properties file: `#` and `!` comments, `=`, `:` or blanks between key and value, backslash escapes, a backslash
 * at the end of a line that continues it.
 * @param fileName for messages
 * @throws PropertiesError on a line that is not an entry and on an escape that is cut short
 */
export function parseProperties(text: string, fileName: string): Properties {
  const properties = new Properties(fileName);
  for (const { line, content } of logicalLines(text)) {
    const fail = (expected: string, seen: string) =>
      new PropertiesError(`${fileName}:${line}: expected ${expected}, saw ${shortened(seen)}`);
    const end = keyEnd(content);
    if (end === 0 || end === content.length) throw fail('key=value', content);
    const separator = /^[ \t\f]*[=:]?[ \t\f]*/.exec(content.slice(end))?.[0] ?? '';
    const key = unescaped(content.slice(0, end), fail);
    properties.setAt(line, key, unescaped(content.slice(end + separator.length), fail));
  }
  return properties;
}

/**
 * Writes entries as java.util.Properties.store does, in the order given, ASCII only, with a final newline.
 * @param comments lines put in front, each behind a `#`
 */
export function formatProperties(
  entries: Iterable<readonly [key: string, value: string]>,
  comments: readonly string[] = [],
): string {
  const lines = comments.map((comment) => `#${ascii(comment.replace(/[\r\n]+/g, ' '))}`);
  for (const [key, value] of entries) lines.push(`${escaped(key).replace(/ /g, '\\ ')}=${escapedValue(value)}`);
  return lines.map((line) => `${line}\n`).join('');
}

interface LogicalLine {
  readonly line: number;
  readonly content: string;
}

/** Lines with their continuations joined, without comments and blank ones, each with the number of its first line. */
function* logicalLines(text: string): Iterable<LogicalLine> {
  let line = 0;
  let before = '';
  let continued = false;
  const naturalLines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  for (const [index, natural] of naturalLines.entries()) {
    const content = natural.replace(/^[ \t\f]+/, '');
    if (!continued) {
      line = index + 1;
      before = '';
    }
    if (before === '' && (content === '' || content.startsWith('#') || content.startsWith('!'))) continue;
    continued = endsInBackslash(content);
    before += continued ? content.slice(0, -1) : content;
    if (!continued && before !== '') yield { line, content: before };
  }
  if (continued && before !== '') yield { line, content: before };
}

/** Whether the last backslash of a line escapes the end of the line, rather than being escaped itself. */
function endsInBackslash(content: string): boolean {
  let backslashes = 0;
  while (content.charAt(content.length - 1 - backslashes) === '\\') backslashes++;
  return backslashes % 2 === 1;
}

/** Where the key of a line ends: at the first `=`, `:` or blank that no backslash escapes. */
function keyEnd(content: string): number {
  let at = 0;
  while (at < content.length && !'=: \t\f'.includes(content.charAt(at))) at += content.charAt(at) === '\\' ? 2 : 1;
  return Math.min(at, content.length);
}

const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string, fail: (expected: string, seen: string) => Error): string {
  return text.replace(/\\(u.{0,4}|.|$)/gs, (sequence, named: string) => {
    if (!named.startsWith('u')) return controls[named] ?? named;
    if (!/^u[0-9a-fA-F]{4}$/.test(named)) throw fail('four hexadecimal digits after \\u', sequence);
    return String.fromCharCode(Number.parseInt(named.slice(1), 16));
  });
}

function escapedValue(value: string): string {
  return value.startsWith(' ') ? `\\${escaped(value)}` : escaped(value);
}

function escaped(text: string): string {
  const letters = Object.entries(controls);
  const marked = text.replace(/[\\\t\n\r\f=:#!]/g, (found) => {
    const letter = letters.find(([, control]) => control === found)?.[0];
    return `\\${letter ?? found}`;
  });
  return ascii(marked);
}

/** Everything beyond ASCII as \uXXXX. */
function ascii(text: string): string {
  return text.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

/** At most 80 characters, as a JavaScript text, so that nothing unprintable reaches a terminal. */
function shortened(text: string): string {
  return text.length > 80 ? `${JSON.stringify(text.slice(0, 80))}…` : JSON.stringify(text);
}
