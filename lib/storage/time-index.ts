/**
 * `.timeindex` of a segment: the largest timestamp so far, as the log grew. Called by segment.ts and log-load.ts.
 *
 * Entry, 12 bytes: int64 largest timestamp up to here (ms), int32 last offset of the batch that has it − base offset.
 * Timestamps increase strictly from entry to entry. (Kafka's TimeIndex)
 */
import { readLong, writeLong } from '../records/integers';
import { type IndexCache, IndexFile } from './index-file';
import type { StoredFile } from './stored-file';

export const timeEntryBytes = 12;

export interface TimeEntry {
  /** ms; −1 where there is none. */
  readonly timestamp: number;
  readonly offset: number;
}

export class TimeIndex {
  readonly index: IndexFile;
  private readonly baseOffset: number;
  /** Timestamp of the newest entry, −1 without one. */
  private lastTimestamp: number;

  /** @param lastTimestamp timestamp of the last of the `stored` entries, −1 if there is none */
  constructor(file: StoredFile, cache: IndexCache, baseOffset: number, stored: number, lastTimestamp: number) {
    this.index = new IndexFile(file, timeEntryBytes, cache, stored);
    this.baseOffset = baseOffset;
    this.lastTimestamp = lastTimestamp;
  }

  get entries(): number {
    return this.index.entries;
  }

  /** Appends the largest timestamp so far, unless the newest entry has it already. */
  appendIfLater(timestamp: number, offset: number): void {
    if (timestamp <= this.lastTimestamp) return;
    this.lastTimestamp = timestamp;
    this.index.append((bytes, p) => {
      writeLong(bytes, p, timestamp);
      bytes.writeInt32BE(offset - this.baseOffset, p + 8);
    });
  }

  /** An offset before which (and at which) every batch is older than `timestamp` or as old: where a search may begin. */
  offsetFor(timestamp: number): number {
    const i = this.index.floor(timestamp, readLong);
    return i < 0 ? this.baseOffset : this.entry(i).offset;
  }

  /** The newest entry; timestamp −1 at the base offset if there is none. */
  last(): TimeEntry {
    return this.entries === 0 ? { timestamp: -1, offset: this.baseOffset } : this.entry(this.entries - 1);
  }

  /** Forgets all entries. */
  reset(): void {
    this.index.clear();
    this.lastTimestamp = -1;
  }

  private entry(i: number): TimeEntry {
    return this.index.at(i, (bytes, p) => ({
      timestamp: readLong(bytes, p),
      offset: this.baseOffset + bytes.readInt32BE(p + 8),
    }));
  }
}
