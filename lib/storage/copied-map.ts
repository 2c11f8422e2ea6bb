/**
 * A map that is changed in a copy, made at the first change: what an image becomes while records are applied to it.
 * Called by metadata-fold.ts. The map it was made from never changes.
 */
export class CopiedMap<K, V> {
  private readonly from: ReadonlyMap<K, V>;
  private copy: Map<K, V> | null = null;

  constructor(from: ReadonlyMap<K, V>) {
    this.from = from;
  }

  /** The map as it is now; the one it was made from if nothing changed. */
  get result(): ReadonlyMap<K, V> {
    return this.copy ?? this.from;
  }

  get(key: K): V | undefined {
    return this.result.get(key);
  }

  set(key: K, value: V): void {
    this.copy ??= new Map(this.from);
    this.copy.set(key, value);
  }

  delete(key: K): void {
    if (!this.result.has(key)) return;
    this.copy ??= new Map(this.from);
    this.copy.delete(key);
  }
}
