/**
 * `.txnindex` of a segment: the transactions whose abort marker lies in it. Called by segment.ts and log-load.ts.
 *
 * Entry, 34 bytes: int16 version 0, int64 producer id, int64 first offset of the transaction, int64 offset of its
 * marker, int64 last stable offset when the marker was written. A segment without aborted transactions has no such file.
 * (Kafka's TransactionIndex, KIP-98)
 */

import { readLong, writeLong } from '../records/integers';
import type { AbortedTransaction } from './engine';
import { type IndexCache, IndexFile } from './index-file';
import type { StoredFile } from './stored-file';

export const txnEntryBytes = 34;

export interface AbortedEntry extends AbortedTransaction {
  /** Offset of the abort marker. */
  readonly lastOffset: number;
  readonly lastStableOffset: number;
}

export class TxnIndex {
  readonly index: IndexFile;

  constructor(file: StoredFile, cache: IndexCache, stored: number) {
    this.index = new IndexFile(file, txnEntryBytes, cache, stored);
  }

  get entries(): number {
    return this.index.entries;
  }

  append(entry: AbortedEntry): void {
    this.index.append((bytes, p) => {
      bytes.writeInt16BE(0, p);
      writeLong(bytes, p + 2, entry.producerId);
      writeLong(bytes, p + 10, entry.firstOffset);
      writeLong(bytes, p + 18, entry.lastOffset);
      writeLong(bytes, p + 26, entry.lastStableOffset);
    });
  }

  entry(i: number): AbortedEntry {
    return this.index.at(i, (bytes, p) => ({
      producerId: readLong(bytes, p + 2),
      firstOffset: readLong(bytes, p + 10),
      lastOffset: readLong(bytes, p + 18),
      lastStableOffset: readLong(bytes, p + 26),
    }));
  }

  /**
   * Adds the aborted transactions that overlap [fromOffset, toOffset) to `found`. True if no later segment can hold
   * another one: everything below toOffset was decided when an entry here was written.
   */
  collect(fromOffset: number, toOffset: number, found: AbortedTransaction[]): boolean {
    for (let i = 0; i < this.entries; i++) {
      const entry = this.entry(i);
      if (entry.lastOffset >= fromOffset && entry.firstOffset < toOffset) {
        found.push({ producerId: entry.producerId, firstOffset: entry.firstOffset });
      }
      if (entry.lastStableOffset >= toOffset) return true;
    }
    return false;
  }
}
