/**
 * `.index` of a segment: where in the `.log` some of the batches begin. Called by segment.ts and log-load.ts.
 *
 * Entry, 8 bytes: int32 last offset of a batch − base offset, int32 position of that same batch. Both columns increase.
 * The first batch of a segment never has an entry. (Kafka's OffsetIndex)
 */
import { type IndexCache, IndexFile } from './index-file';
import type { StoredFile } from './stored-file';

export const offsetEntryBytes = 8;

const relativeOffset = (bytes: Buffer, p: number): number => bytes.readInt32BE(p);
const filePosition = (bytes: Buffer, p: number): number => bytes.readInt32BE(p + 4);

export class OffsetIndex {
  readonly index: IndexFile;
  private readonly baseOffset: number;

  constructor(file: StoredFile, cache: IndexCache, baseOffset: number, stored: number) {
    this.index = new IndexFile(file, offsetEntryBytes, cache, stored);
    this.baseOffset = baseOffset;
  }

  get entries(): number {
    return this.index.entries;
  }

  /** @param lastOffset last offset of the batch that begins at `position` */
  append(lastOffset: number, position: number): void {
    this.index.append((bytes, p) => {
      bytes.writeInt32BE(lastOffset - this.baseOffset, p);
      bytes.writeInt32BE(position, p + 4);
    });
  }

  /** Start of a batch at or before the one that holds `offset`, 0 if nothing nearer is known. */
  positionFor(offset: number): number {
    const i = this.index.floor(offset - this.baseOffset, relativeOffset);
    return i < 0 ? 0 : this.index.at(i, filePosition);
  }

  /** The last known start of a batch that is not behind `position`; 0 if none is known. */
  batchStartBefore(position: number): number {
    const i = this.index.floor(position, filePosition);
    return i < 0 ? 0 : this.index.at(i, filePosition);
  }

  /** Whether `positionFor(offset)` and lookups behind it stay in memory. */
  isAtHand(offset: number): boolean {
    const { index } = this;
    const stored = index.entries - index.unwritten;
    if (stored === 0 || index.isAtHand(0)) return true;
    return index.unwritten > 0 && index.at(stored, relativeOffset) <= offset - this.baseOffset;
  }

  /** The newest entry, or null. */
  last(): { readonly offset: number; readonly position: number } | null {
    const { index } = this;
    if (index.entries === 0) return null;
    return index.at(index.entries - 1, (bytes, p) => ({
      offset: this.baseOffset + relativeOffset(bytes, p),
      position: filePosition(bytes, p),
    }));
  }
}
