/**
 * One segment of a partition's log: a `.log` file that only grows, and its indexes. The last segment of a log is active
 * and is written to; the others never change. Owned by log.ts, built by log-load.ts, filled by the partition writer.
 *
 * `size` counts what has been written completely: readers never look behind it.
 */
import type { IndexCache } from './index-file';
import { OffsetIndex } from './offset-index';
import { type Directory, type OpenFiles, StoredFile } from './stored-file';
import { TimeIndex } from './time-index';
import { TxnIndex } from './txn-index';

/** What segments of all logs share. */
export interface SegmentContext {
  readonly files: OpenFiles;
  readonly indexCache: IndexCache;
}

/** What was found on disk when the segment was loaded; a new segment has nothing of it. */
export interface StoredSegment {
  readonly size: number;
  readonly offsetEntries: number;
  readonly timeEntries: number;
  /** Timestamp and offset of the last time index entry; −1 and anything without one. */
  readonly maxTimestamp: number;
  readonly maxTimestampOffset: number;
  readonly txnEntries: number;
}

/** Files of a segment by suffix, as Kafka names them. */
export const segmentSuffixes = ['.log', '.index', '.timeindex', '.txnindex'] as const;

/** The file name of an offset without its suffix: 20 digits. */
export function offsetName(offset: number): string {
  return offset.toString().padStart(20, '0');
}

export class Segment {
  readonly baseOffset: number;
  readonly log: StoredFile;
  readonly offsetIndex: OffsetIndex;
  readonly timeIndex: TimeIndex;
  /** Time of creation or loading, ms: what a segment whose records have no timestamps is rolled by. */
  readonly createdMs: number;
  size: number;
  /** Largest timestamp of any batch, −1 for none, and the last offset of the first batch that has it. */
  maxTimestamp: number;
  maxTimestampOffset: number;
  /** Largest timestamp of the first batch, which rolling by time counts from; undefined until somebody needs it. */
  firstTimestamp: number | undefined = undefined;
  /** Share of segment.jitter.ms by which this segment is rolled earlier, so that not all roll at once. */
  readonly rollJitter = Math.random();
  private readonly directory: Directory;
  private readonly context: SegmentContext;
  private aborted: TxnIndex | null;
  private bytesSinceEntry = 0;
  /** Whether the index files lag behind. */
  private unfinished = false;

  constructor(
    directory: Directory,
    baseOffset: number,
    createdMs: number,
    context: SegmentContext,
    stored: StoredSegment | null = null,
  ) {
    const name = offsetName(baseOffset);
    const file = (suffix: string) => new StoredFile(context.files, directory, name + suffix);
    this.directory = directory;
    this.context = context;
    this.baseOffset = baseOffset;
    this.createdMs = createdMs;
    this.size = stored?.size ?? 0;
    this.maxTimestamp = stored?.maxTimestamp ?? -1;
    this.maxTimestampOffset = stored?.maxTimestampOffset ?? baseOffset;
    this.log = file('.log');
    const { indexCache } = context;
    this.offsetIndex = new OffsetIndex(file('.index'), indexCache, baseOffset, stored?.offsetEntries ?? 0);
    const timeEntries = stored?.timeEntries ?? 0;
    this.timeIndex = new TimeIndex(file('.timeindex'), indexCache, baseOffset, timeEntries, this.maxTimestamp);
    const txnEntries = stored?.txnEntries ?? 0;
    this.aborted = txnEntries > 0 ? new TxnIndex(file('.txnindex'), indexCache, txnEntries) : null;
  }

  /** Transactions whose abort marker is here; null if there are none. */
  get txnIndex(): TxnIndex | null {
    return this.aborted;
  }

  /** The transaction index, begun if there was none. */
  txnIndexToFill(): TxnIndex {
    this.unfinished = true;
    const name = `${offsetName(this.baseOffset)}.txnindex`;
    this.aborted ??= new TxnIndex(new StoredFile(this.context.files, this.directory, name), this.context.indexCache, 0);
    return this.aborted;
  }

  /**
   * Takes note of a batch that lies at the end of the file: its place goes into the indexes if more than
   * `indexIntervalBytes` have passed since the last entry, and the segment ends behind it.
   */
  add(lastOffset: number, maxTimestamp: number, size: number, indexIntervalBytes: number): void {
    if (this.size === 0) this.firstTimestamp = maxTimestamp;
    if (maxTimestamp > this.maxTimestamp) {
      this.maxTimestamp = maxTimestamp;
      this.maxTimestampOffset = lastOffset;
    }
    if (this.bytesSinceEntry > indexIntervalBytes) {
      this.offsetIndex.append(lastOffset, this.size);
      this.timeIndex.appendIfLater(this.maxTimestamp, this.maxTimestampOffset);
      this.bytesSinceEntry = 0;
    }
    this.bytesSinceEntry += size;
    this.size += size;
    this.unfinished = true;
  }

  /** Forgets the contents, before they are read again from the file. */
  reset(): void {
    this.size = 0;
    this.maxTimestamp = -1;
    this.maxTimestampOffset = this.baseOffset;
    this.firstTimestamp = undefined;
    this.bytesSinceEntry = 0;
    this.unfinished = true;
    this.offsetIndex.index.clear();
    this.timeIndex.reset();
    // Whatever is in such a file, even if it was none that could be used.
    this.txnIndexToFill().index.file.remove();
    this.aborted = null;
  }

  /** Completes the index files: on roll, on close. The largest timestamp becomes the last entry of the time index. */
  finish(): void {
    if (!this.unfinished) return;
    this.timeIndex.appendIfLater(this.maxTimestamp, this.maxTimestampOffset);
    this.offsetIndex.index.finish();
    this.timeIndex.index.finish();
    this.aborted?.index.finish();
    this.unfinished = false;
  }

  /** Resolves once the log is on the device, and the indexes if they are complete: recovery can build those again. */
  async flush(): Promise<void> {
    const files = this.unfinished || this.size === 0 ? [this.log] : this.allFiles();
    await Promise.all(files.map((file) => file.flush()));
  }

  /** Gives memory and descriptors back; what is needed again is opened again. */
  close(): void {
    this.log.close();
    this.offsetIndex.index.close();
    this.timeIndex.index.close();
    this.aborted?.index.close();
  }

  /** Sets the files aside under the suffix `.deleted`; who is reading them may finish. */
  markDeleted(): void {
    for (const suffix of segmentSuffixes) {
      const file = suffix === '.txnindex' ? this.aborted?.index.file : this.fileOf(suffix);
      file?.rename(`${offsetName(this.baseOffset)}${suffix}.deleted`);
    }
  }

  /** Removes the files from the disk. */
  remove(): void {
    this.offsetIndex.index.close();
    this.timeIndex.index.close();
    this.aborted?.index.close();
    for (const file of this.allFiles()) file.remove();
  }

  private fileOf(suffix: '.log' | '.index' | '.timeindex'): StoredFile {
    if (suffix === '.log') return this.log;
    return suffix === '.index' ? this.offsetIndex.index.file : this.timeIndex.index.file;
  }

  private allFiles(): StoredFile[] {
    const files = [this.log, this.offsetIndex.index.file, this.timeIndex.index.file];
    if (this.aborted !== null) files.push(this.aborted.index.file);
    return files;
  }
}
