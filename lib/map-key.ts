/**
 * Texts that clients send as keys of maps and sets. Called wherever a request's names are compared with each other.
 *
 * V8 hashes a text of more than 16,383 characters by its length alone: a set of many such texts of one length takes
 * quadratic time, and one small request would hold up the whole broker. No name that Kafka allows is nearly that long.
 */
import { createHash } from 'node:crypto';

const plainMaxLength = 1000;

/** The text itself, or a digest of one that is too long to be a key; equal for equal texts only. */
export function mapKey(text: string): string {
  if (text.length <= plainMaxLength) return text;
  return createHash('sha256').update(text).digest('hex');
}

/** The texts in their order, each once. */
export function unique(texts: Iterable<string>): string[] {
  const byKey = new Map<string, string>();
  for (const text of texts) {
    const key = mapKey(text);
    if (!byKey.has(key)) byKey.set(key, text);
  }
  return [...byKey.values()];
}
