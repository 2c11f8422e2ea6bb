/**
 * A map that never changes and of which a changed copy is cheap: what an image of the metadata is made of. Called by
 * metadata-fold.ts, which changes it through a `MapDraft`; everybody else sees a ReadonlyMap.
 *
 * Entries are spread over shards, and a draft copies those that it touches: one new topic among ten thousand costs the
 * copy of some hundred and fifty entries. Entries come in the order of the shards, which is no order that means anything.
 */
const shardCount = 64;

function shardOf(key: unknown): number {
  if (typeof key !== 'string') return Number(key) & (shardCount - 1);
  let hash = key.length;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
  return (hash ^ (hash >>> 15)) & (shardCount - 1);
}

export class ShardedMap<K, V> implements ReadonlyMap<K, V> {
  readonly size: number;
  private readonly shards: readonly ReadonlyMap<K, V>[];

  /** For MapDraft; an empty map without arguments. */
  constructor(shards: readonly ReadonlyMap<K, V>[] = new Array(shardCount).fill(new Map<K, V>()), size = 0) {
    this.shards = shards;
    this.size = size;
  }

  /** The shard that a key is in, or would be. */
  static indexOf(key: unknown): number {
    return shardOf(key);
  }

  shard(index: number): ReadonlyMap<K, V> {
    return this.shards[index]!;
  }

  get(key: K): V | undefined {
    return this.shards[shardOf(key)]!.get(key);
  }

  has(key: K): boolean {
    return this.shards[shardOf(key)]!.has(key);
  }

  forEach(action: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) action(value, key, this);
  }

  *entries(): MapIterator<[K, V]> {
    for (const shard of this.shards) yield* shard;
  }

  *keys(): MapIterator<K> {
    for (const shard of this.shards) yield* shard.keys();
  }

  *values(): MapIterator<V> {
    for (const shard of this.shards) yield* shard.values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
}

/** Values whose keys are in the first map and not in the second; quick where one was made of the other. */
export function* removedValues<K, V>(before: ReadonlyMap<K, V>, after: ReadonlyMap<K, V>): Generator<V> {
  const areSharded = before instanceof ShardedMap && after instanceof ShardedMap;
  for (let i = 0; i < (areSharded ? shardCount : 1); i++) {
    const [from, to] = areSharded ? [before.shard(i), after.shard(i)] : [before, after];
    if (from !== to) for (const [key, value] of from) if (!to.has(key)) yield value;
  }
}

/** What becomes of a map; `result` is the next one, and the map that it began with if nothing changed. */
export class MapDraft<K, V> {
  private readonly from: ShardedMap<K, V>;
  private readonly own: (Map<K, V> | undefined)[] = [];
  private size: number;
  private changed = false;

  constructor(from: ReadonlyMap<K, V>) {
    this.from = from instanceof ShardedMap ? from : new ShardedMap();
    this.size = this.from.size;
    if (from !== this.from) for (const [key, value] of from) this.set(key, value);
  }

  get(key: K): V | undefined {
    return this.shard(ShardedMap.indexOf(key)).get(key);
  }

  has(key: K): boolean {
    return this.shard(ShardedMap.indexOf(key)).has(key);
  }

  set(key: K, value: V): void {
    const shard = this.ownShard(key);
    const before = shard.size;
    shard.set(key, value);
    this.size += shard.size - before;
  }

  delete(key: K): void {
    if (!this.has(key)) return;
    this.ownShard(key).delete(key);
    this.size--;
  }

  *values(): Iterable<V> {
    for (let i = 0; i < shardCount; i++) yield* this.shard(i).values();
  }

  /** The map as it is now. The draft must not be used any more. */
  get result(): ReadonlyMap<K, V> {
    if (!this.changed) return this.from;
    return new ShardedMap(
      Array.from({ length: shardCount }, (_, i) => this.shard(i)),
      this.size,
    );
  }

  private shard(index: number): ReadonlyMap<K, V> {
    return this.own[index] ?? this.from.shard(index);
  }

  private ownShard(key: K): Map<K, V> {
    this.changed = true;
    const index = ShardedMap.indexOf(key);
    return (this.own[index] ??= new Map(this.from.shard(index)));
  }
}
