/**
 * Records as lines of text, so that a failed comparison shows a person which record differs and where.
 *
 * Two records have the same line exactly when they are the same bytes: null, empty and the word "null" look different,
 * and what is too long for a line is told by its length and SHA-256.
 */
import { createHash } from 'node:crypto';
import type { Stored } from './client';

const LINE_MAX_BYTES = 64;

export function legible(records: Stored[]): string[] {
  return records.map(({ offset, key, value, headers }) => {
    const pairs = headers.map(([name, bytes]) => `${JSON.stringify(name)}: ${quoted(bytes)}`);
    return `${offset}: ${quoted(key)} -> ${quoted(value)} {${pairs.join(', ')}}`;
  });
}

function quoted(bytes: Buffer | null): string {
  if (bytes === null) return 'null';
  if (bytes.length > LINE_MAX_BYTES) {
    return `${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`;
  }
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? JSON.stringify(text) : `hex ${bytes.toString('hex')}`;
}
