/**
 * Things that a request may name once only. Called by APIs that create or delete.
 */
import { mapKey, unique } from '../../map-key';

/** Items whose key is the only one of its kind, and the keys that came more than once, both in the order of the request. */
export function once<T>(items: readonly T[], keyOf: (item: T) => string): { single: T[]; repeated: string[] } {
  const count = new Map<string, number>();
  const keys = items.map((item) => mapKey(keyOf(item)));
  for (const key of keys) count.set(key, (count.get(key) ?? 0) + 1);
  const repeated = items.filter((_, i) => count.get(keys[i]!) !== 1).map(keyOf);
  return { single: items.filter((_, i) => count.get(keys[i]!) === 1), repeated: unique(repeated) };
}
