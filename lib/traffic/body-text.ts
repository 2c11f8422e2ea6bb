/**
 * A decoded body as indented text: short structs and lists on one line, longer ones below each other. Called for `--bodies`.
 *
 * For people, so long lists and texts are cut, and say how much is left; `--json` has all of it.
 */
import type { Paint } from '../paint';
import { printable } from '../text';
import type { Shown } from './shown';
import { errorText } from './text';

const inlineMax = 100;
const elementsMax = 100;
const textMax = 200;
const indent = '    ';

/** Lines of a body; the arrow says who sent it. */
export function bodyText(arrow: string, body: Shown, paint: Paint): string {
  const lines = linesOf(body);
  return lines.map((text, i) => `${indent}${i === 0 ? arrow : ' '} ${paint.dim(text)}\n`).join('');
}

function linesOf(value: Shown): string[] {
  const inline = inlineText(value);
  if (inline !== null) return [inline];
  if (!Array.isArray(value)) return structLines(Object.entries(value as { readonly [name: string]: Shown }));
  const shown = value.slice(0, elementsMax).flatMap((inner) => hung('- ', linesOf(inner)));
  return value.length > elementsMax ? [...shown, `… ${value.length - elementsMax} more`] : shown;
}

/** Fields that follow each other and are short share a line. */
function structLines(entries: readonly (readonly [name: string, value: Shown])[]): string[] {
  const lines: string[] = [];
  let isOpen = false;
  for (const [name, value] of entries) {
    const said = named(name, value);
    const isShort = typeof said !== 'object' || said === null;
    const [first, ...rest] = headed(`${name}:`, linesOf(said));
    if (isOpen && isShort && lines.at(-1)!.length + first!.length < inlineMax) lines.push(`${lines.pop()}, ${first}`);
    else lines.push(first!, ...rest);
    isOpen = isShort;
  }
  return lines;
}

/** What fits on one line; null for more. */
function inlineText(value: Shown): string | null {
  if (typeof value !== 'object' || value === null) return scalar(value);
  const isArray = Array.isArray(value);
  const entries = Object.entries(value as object) as [string, Shown][];
  // Each takes two characters at least, so that long lists are not written in vain.
  if (entries.length * 2 > inlineMax) return null;
  const parts: string[] = [];
  let length = 0;
  for (const [name, inner] of entries) {
    const text = inlineText(named(name, inner));
    if (text === null) return null;
    parts.push(isArray ? text : `${name}: ${text}`);
    length += parts.at(-1)!.length + 2;
    if (length > inlineMax) return null;
  }
  if (parts.length === 0) return isArray ? '[]' : '{}';
  return isArray ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
}

/** Error codes say their names. */
function named(name: string, value: Shown): Shown {
  return typeof value === 'number' && value !== 0 && /errorCode$/i.test(name) ? `${value} ${errorText(value)}` : value;
}

function scalar(value: null | boolean | number | string): string {
  if (value === '') return "''";
  if (typeof value !== 'string') return String(value);
  const text = printable(value.slice(0, textMax));
  return value.length > textMax ? `${text}… ${value.length - textMax} more` : text;
}

/** A name before what fits beside it, else above. */
function headed(name: string, lines: readonly string[]): string[] {
  return lines.length === 1 ? [`${name} ${lines[0]}`] : [name, ...lines.map((text) => `  ${text}`)];
}

function hung(mark: string, lines: readonly string[]): string[] {
  return lines.map((text, i) => (i === 0 ? mark : ' '.repeat(mark.length)) + text);
}
