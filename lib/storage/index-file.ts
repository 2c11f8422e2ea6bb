/**
 * A file of entries of equal size that only grows: offset, time and transaction indexes are made of it. Old entries lie
 * in the file, the newest in memory until `spill` writes them; a crash loses those, and recovery builds them again from
 * the log. What is read back from the file is kept in an `IndexCache` of bounded size.
 *
 * The file may be longer than its entries: Kafka preallocates the indexes of active segments and leaves zeros there.
 */
import type { StoredFile } from './stored-file';

/** Entries in memory before they are written out: 2 MB of log at Kafka's default index interval. */
const tailMaxEntries = 512;
const empty = Buffer.alloc(0);

/** Contents of index files, the least recently used given up first. */
export class IndexCache {
  private readonly maxBytes: number;
  private readonly contents = new Map<IndexFile, Buffer>();
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get(index: IndexFile): Buffer | undefined {
    const content = this.contents.get(index);
    if (content !== undefined) {
      this.contents.delete(index);
      this.contents.set(index, content);
    }
    return content;
  }

  put(index: IndexFile, content: Buffer): void {
    this.drop(index);
    this.contents.set(index, content);
    this.bytes += content.length;
    for (const oldest of this.contents.keys()) {
      if (this.bytes <= this.maxBytes || oldest === index) break;
      this.drop(oldest);
    }
  }

  drop(index: IndexFile): void {
    const content = this.contents.get(index);
    if (content === undefined) return;
    this.contents.delete(index);
    this.bytes -= content.length;
  }
}

export class IndexFile {
  readonly file: StoredFile;
  readonly entryBytes: number;
  private readonly cache: IndexCache;
  private stored: number;
  private tail: Buffer = empty;
  private tailEntries = 0;

  /** @param stored entries that are in the file already */
  constructor(file: StoredFile, entryBytes: number, cache: IndexCache, stored: number) {
    this.file = file;
    this.entryBytes = entryBytes;
    this.cache = cache;
    this.stored = stored;
  }

  get entries(): number {
    return this.stored + this.tailEntries;
  }

  /** Entries that only memory has. */
  get unwritten(): number {
    return this.tailEntries;
  }

  /** Whether entry `i` can be read without touching the disk. */
  isAtHand(i: number): boolean {
    return i >= this.stored || this.cache.get(this) !== undefined;
  }

  /** Makes every entry readable without touching the disk, for as long as the cache keeps it. */
  async warm(): Promise<void> {
    if (this.stored === 0 || this.cache.get(this) !== undefined) return;
    const content = Buffer.allocUnsafeSlow(this.stored * this.entryBytes);
    const bytes = await this.file.read(content, 0, content.length, 0);
    // Entries may have come to the file meanwhile, and then the next look reads it anew.
    if (content.length === this.stored * this.entryBytes) this.keep(content, bytes);
  }

  /** Calls `look` with the bytes of entry `i` (0 … entries − 1). */
  at<T>(i: number, look: (bytes: Buffer, position: number) => T): T {
    if (i >= this.stored) return look(this.tail, (i - this.stored) * this.entryBytes);
    return look(this.content(), i * this.entryBytes);
  }

  /** The largest i whose `key` is at most `target`, for keys that never decrease; −1 if even the first is larger. */
  floor(target: number, key: (bytes: Buffer, position: number) => number): number {
    const { stored, tailEntries } = this;
    // Most lookups are for the newest entries, which need no file.
    if (tailEntries > 0 && key(this.tail, 0) <= target)
      return stored + this.floorIn(this.tail, tailEntries, target, key);
    return stored === 0 ? -1 : this.floorIn(this.content(), stored, target, key);
  }

  private floorIn(
    bytes: Buffer,
    entries: number,
    target: number,
    key: (bytes: Buffer, position: number) => number,
  ): number {
    let low = 0;
    let high = entries - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (key(bytes, middle * this.entryBytes) <= target) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  /** What is in the file. */
  private content(): Buffer {
    let content = this.cache.get(this);
    if (content !== undefined) return content;
    content = Buffer.allocUnsafeSlow(this.stored * this.entryBytes);
    this.keep(content, this.file.readSync(content, 0, content.length, 0));
    return content;
  }

  /** @param bytes how many of its bytes were read */
  private keep(content: Buffer, bytes: number): void {
    if (bytes < content.length) throw new Error(`${this.file.path} has ${bytes} bytes instead of ${content.length}`);
    this.cache.put(this, content);
  }

  /** Makes room for one entry and returns where its bytes go; `write` must fill all of them. */
  append(write: (bytes: Buffer, position: number) => void): void {
    if (this.tailEntries === tailMaxEntries) this.spill();
    const position = this.tailEntries * this.entryBytes;
    if (position === this.tail.length) {
      const larger = Buffer.allocUnsafeSlow(
        Math.min(Math.max(8, this.tailEntries * 4), tailMaxEntries) * this.entryBytes,
      );
      this.tail.copy(larger, 0, 0, position);
      this.tail = larger;
    }
    write(this.tail, position);
    this.tailEntries++;
  }

  /** Writes what only memory has. */
  spill(): void {
    if (this.tailEntries === 0) return;
    const { entryBytes } = this;
    this.file.writeSync(this.tail, 0, this.tailEntries * entryBytes, this.stored * entryBytes);
    this.stored += this.tailEntries;
    this.tailEntries = 0;
    this.tail = empty;
    this.cache.drop(this);
  }

  /** Writes everything and makes the file end behind the last entry; the file exists afterwards even if it is empty. */
  finish(): void {
    this.spill();
    this.file.truncate(this.stored * this.entryBytes);
  }

  /** Forgets all entries; those on disk are overwritten, and cut off by `finish`. */
  clear(): void {
    this.stored = 0;
    this.tailEntries = 0;
    this.tail = empty;
    this.cache.drop(this);
  }

  /** Gives memory and descriptor back; reading is still possible. Entries that were not spilled stay in memory. */
  close(): void {
    this.cache.drop(this);
    this.file.close();
  }
}
