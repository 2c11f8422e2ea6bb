/**
 * Things that a request may name once only. Called by APIs that create or delete.
 */

/** Items whose key is the only one of its kind, and the keys that came more than once, both in the order of the request. */
export function once<T>(items: readonly T[], keyOf: (item: T) => string): { single: T[]; repeated: string[] } {
  const count = new Map<string, number>();
  for (const item of items) count.set(keyOf(item), (count.get(keyOf(item)) ?? 0) + 1);
  return {
    single: items.filter((item) => count.get(keyOf(item)) === 1),
    repeated: [...count.keys()].filter((key) => count.get(key) !== 1),
  };
}
