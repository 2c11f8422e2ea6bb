/**
 * How reports say things: values of messages for people and for programs, error codes with their names, bytes by their size,
 * one line each.
 */

import { errors } from '../../errors';
import { many } from '../../text';
import type { Difference } from '../compare/compare';
import type { Tally } from '../tally';

const errorNames = new Map<number, string>(Object.values(errors).map(({ code, name }) => [code, name]));
const textMax = 200;
const bytesMax = 32;

/** A value in one line of bounded length; `missing` for what is only there on the other side. */
export function said(field: string, value: unknown): string {
  if (value === undefined) return 'missing';
  if (/errorCode$/i.test(field) && typeof value === 'number')
    return `${value} ${errorNames.get(value) ?? ''}`.trimEnd();
  const text = Buffer.isBuffer(value) ? bytesSaid(value) : (JSON.stringify(plain(value)) ?? String(value));
  return text.length > textMax ? `${text.slice(0, textMax)}…` : text;
}

function bytesSaid(bytes: Buffer): string {
  const shown = bytes.subarray(0, bytesMax).toString('hex');
  return `${bytes.length} bytes${bytes.length === 0 ? '' : ` ${shown}${bytes.length > bytesMax ? '…' : ''}`}`;
}

/** What JSON can say of a value: large integers as text, bytes by size and beginning. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Buffer.isBuffer(value)) return { bytes: value.length, base64: value.subarray(0, 1024).toString('base64') };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

/** Both sides of a difference, each in a line. */
export function sides({ field, recorded, replayed, what }: Difference): readonly [string, string] {
  if (what === null) return [said(field, recorded), said(field, replayed)];
  return [said(field, recorded), `${said(field, replayed)} (${what})`];
}

/** What was not asked because the target does not serve it, a line for each API. */
export function unservedLines(tally: Tally): string[] {
  return tally.unserved.map(
    ({ name, versions, requests, why }) => `${name} v${versions.join(', v')} (${many(requests, 'request')}): ${why}`,
  );
}

/** What to do about a target that was not as the recorded broker was before the recording. */
export function unpreparedLines({ topicless, repeated }: Tally): string[] {
  const lines: string[] = [];
  if (topicless > 0)
    lines.push(
      `${many(topicless, 'request')} ${topicless === 1 ? 'is' : 'are'} about topics that the target does not have: create them before, or record from their creation on`,
    );
  if (repeated > 0)
    lines.push(
      `${many(repeated, 'request')} ${repeated === 1 ? 'makes' : 'make'} topics that the target has already: play to a broker to which nothing has happened`,
    );
  return lines;
}

/** What was not played, a line for each reason that something can be done about. */
export function notPlayedLines(tally: Tally): string[] {
  return [...tally.notPlayed].map(([why, requests]) => `${many(requests, 'request')}: ${why}`);
}

/** Text as it stands in a page. */
export function html(text: string): string {
  return text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
}
