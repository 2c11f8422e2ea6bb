/**
 * Opening the log of a partition directory. After a clean stop nothing is scanned but the tail behind the last index
 * entry; otherwise every segment from the recovery point on is checked batch by batch. Missing or broken indexes are
 * built again in either case, so a directory with `.log` files alone will do. Called by topics.ts.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../logger';
import { BatchScan } from './batch-scan';
import { checkIndexFile } from './index-check';
import { LeaderEpochs } from './leader-epochs';
import { Log, type LogContext } from './log';
import { type LogFiles, tidyLogFiles } from './log-files';
import { offsetEntryBytes } from './offset-index';
import { readProducerSnapshot } from './producer-snapshot';
import { Producers } from './producers';
import { recoverSegment, replayProducers } from './recovery';
import { offsetName, Segment } from './segment';
import { readIfThere, removeIfThere } from './small-file';
import { timeEntryBytes } from './time-index';
import { txnEntryBytes } from './txn-index';

export interface LoadOptions {
  /** Whether the broker that wrote last stopped cleanly. */
  readonly clean: boolean;
  /** From the checkpoint files; 0 where they say nothing. */
  readonly recoveryPoint: number;
  readonly logStartOffset: number;
  readonly indexIntervalBytes: number;
  readonly producerExpirationMs: number;
  readonly nowMs: number;
}

/**
 * Loads the log of a directory.
 * @throws system errors
 */
export async function loadLog(
  directory: { path: string },
  context: LogContext,
  logger: Logger,
  options: LoadOptions,
): Promise<Log> {
  return new Loading(directory, context, logger, options).load();
}

class Loading {
  private readonly directory: { path: string };
  private readonly context: LogContext;
  private readonly logger: Logger;
  private readonly options: LoadOptions;
  private readonly files: LogFiles;
  private readonly epochs: LeaderEpochs;
  private readonly snapshots: Set<number>;
  private segments: Segment[] = [];

  constructor(directory: { path: string }, context: LogContext, logger: Logger, options: LoadOptions) {
    this.directory = directory;
    this.context = context;
    this.logger = logger;
    this.options = options;
    this.files = tidyLogFiles(directory, context.files, context.scanWindow);
    this.snapshots = new Set(this.files.snapshots);
    this.epochs = LeaderEpochs.parse(readIfThere(join(directory.path, 'leader-epoch-checkpoint'))?.toString() ?? '');
  }

  async load(): Promise<Log> {
    const { options } = this;
    const toRebuild: Segment[] = [];
    for (const baseOffset of this.files.baseOffsets) {
      const segment =
        this.openSegment(baseOffset) ?? new Segment(this.directory, baseOffset, options.nowMs, this.context);
      if (segment.size < this.logSize(baseOffset)) toRebuild.push(segment);
      this.segments.push(segment);
    }
    if (this.segments.length === 0) this.begin(options.logStartOffset);
    const recoverFrom = options.clean ? Number.POSITIVE_INFINITY : this.floor(options.recoveryPoint);
    for (const segment of toRebuild) {
      if (segment.baseOffset >= recoverFrom) continue;
      this.logger.warn({ file: segment.log.path }, 'no usable index beside a segment: building it again');
      await this.recover(segment);
    }
    let producers = options.clean ? null : await this.recoverAll(recoverFrom);
    let nextOffset = this.logEnd();
    if (nextOffset === null) {
      // Not torn by a crash of ours, and yet torn: nobody promised that others stop cleanly.
      producers = await this.recoverAll(this.segments.at(-1)!.baseOffset);
      nextOffset = this.logEnd()!;
    }
    let logStartOffset = Math.max(options.logStartOffset, this.segments[0]!.baseOffset);
    if (logStartOffset > nextOffset) {
      this.logger.warn({ directory: this.directory.path, logStartOffset, nextOffset }, 'the log ends before its start');
      for (const segment of this.segments) segment.remove();
      this.begin(logStartOffset);
      nextOffset = logStartOffset;
    }
    logStartOffset = Math.min(logStartOffset, nextOffset);
    this.epochs.cutEnd(nextOffset);
    this.epochs.cutStart(logStartOffset);
    producers = this.producersAt(logStartOffset, nextOffset, producers);
    this.dropStraySnapshots();
    producers.expire(options.nowMs - options.producerExpirationMs);
    return new Log(this.directory, this.context, this.logger, {
      segments: this.segments,
      nextOffset,
      logStartOffset,
      recoveryPoint: options.clean ? nextOffset : Math.min(options.recoveryPoint, nextOffset),
      producers,
      epochs: this.epochs,
      snapshots: [...this.snapshots],
    });
  }

  private logSize(baseOffset: number): number {
    return this.files.sizes.get(`${offsetName(baseOffset)}.log`) ?? 0;
  }

  /** Leaves the log with one empty segment. */
  private begin(offset: number): void {
    this.segments = [new Segment(this.directory, offset, this.options.nowMs, this.context)];
  }

  /** A segment with its indexes as they are on disk; null if they cannot be used. */
  private openSegment(baseOffset: number): Segment | null {
    const { sizes } = this.files;
    const name = offsetName(baseOffset);
    const size = this.logSize(baseOffset);
    if (size === 0) return null;
    const check = (suffix: string, entryBytes: number) => {
      const fileSize = sizes.get(name + suffix);
      return fileSize === undefined
        ? null
        : checkIndexFile(join(this.directory.path, name + suffix), fileSize, entryBytes);
    };
    const offsets = check('.index', offsetEntryBytes);
    const times = check('.timeindex', timeEntryBytes);
    if (offsets === null || times === null) return null;
    if (offsets.last !== null && offsets.last.readInt32BE(4) >= size) return null;
    const txnSize = sizes.get(`${name}.txnindex`) ?? 0;
    if (txnSize % txnEntryBytes !== 0) return null;
    return new Segment(this.directory, baseOffset, this.options.nowMs, this.context, {
      size,
      offsetEntries: offsets.entries,
      timeEntries: times.entries,
      maxTimestamp: times.last === null ? -1 : Number(times.last.readBigInt64BE(0)),
      maxTimestampOffset: baseOffset + (times.last?.readInt32BE(8) ?? 0),
      txnEntries: txnSize / txnEntryBytes,
    });
  }

  /** Base offset of the segment that holds the offset. */
  private floor(offset: number): number {
    return (this.segments.findLast((segment) => segment.baseOffset <= offset) ?? this.segments[0]!).baseOffset;
  }

  /** Checks one old segment and builds its indexes again; what follows it stays. */
  private async recover(segment: Segment): Promise<void> {
    const producers = this.replayed(segment.baseOffset);
    await this.recoverOne(segment, producers);
    segment.finish();
  }

  private async recoverOne(segment: Segment, producers: Producers): Promise<boolean> {
    const { indexIntervalBytes } = this.options;
    const window = this.context.scanWindow;
    const size = this.logSize(segment.baseOffset);
    const recovered = await recoverSegment(segment, size, producers, this.epochs, indexIntervalBytes, window);
    if (recovered.droppedBytes === 0) return true;
    this.logger.warn(
      { file: segment.log.path, position: segment.size, droppedBytes: recovered.droppedBytes, fault: recovered.fault },
      `truncated ${recovered.droppedBytes} bytes behind offset ${recovered.nextOffset - 1}: ${recovered.fault}`,
    );
    return false;
  }

  /** Checks all segments from this one on. Once one had to be cut, those behind it are dropped. */
  private async recoverAll(fromBaseOffset: number): Promise<Producers> {
    const producers = this.replayed(fromBaseOffset);
    const first = this.segments.findIndex((segment) => segment.baseOffset >= fromBaseOffset);
    for (let i = first; i < this.segments.length; i++) {
      const whole = await this.recoverOne(this.segments[i]!, producers);
      if (whole) continue;
      for (const segment of this.segments.splice(i + 1)) {
        const bytes = this.logSize(segment.baseOffset);
        this.logger.warn({ file: segment.log.path, bytes }, 'dropped a segment behind one that was truncated');
        segment.remove();
      }
    }
    return producers;
  }

  /** The producers as they were at the start of a segment. */
  private replayed(baseOffset: number): Producers {
    const producers = new Producers();
    const from = this.loadSnapshot(producers, this.segments[0]!.baseOffset, baseOffset);
    replayProducers(producers, this.segments, from, baseOffset, this.context.scanWindow);
    return producers;
  }

  /**
   * The producers at the log end.
   * @param recovered as recovery left them; null if there was none
   */
  private producersAt(logStartOffset: number, nextOffset: number, recovered: Producers | null): Producers {
    const had = this.snapshots.size > 0;
    for (const offset of this.snapshots) {
      if (offset > nextOffset || offset <= logStartOffset) this.dropSnapshot(offset);
    }
    if (recovered !== null && logStartOffset === this.segments[0]!.baseOffset) return recovered;
    const producers = new Producers();
    // After a clean stop without any snapshot nobody had written anything that needs remembering.
    if (!had && this.options.clean) return producers;
    const from = this.loadSnapshot(producers, logStartOffset, nextOffset);
    replayProducers(producers, this.segments, from, nextOffset, this.context.scanWindow);
    return producers;
  }

  /** Keeps one snapshot for the start of each segment and the newest: every stop of a broker leaves another. */
  private dropStraySnapshots(): void {
    const kept = new Set(this.segments.map(({ baseOffset }) => baseOffset));
    kept.add(Math.max(...this.snapshots));
    for (const offset of this.snapshots) if (!kept.has(offset)) this.dropSnapshot(offset);
  }

  /** Loads the newest whole snapshot in (after, upTo]; returns its offset, `after` if there is none. */
  private loadSnapshot(producers: Producers, after: number, upTo: number): number {
    const candidates = [...this.snapshots].filter((offset) => offset > after && offset <= upTo);
    for (const offset of candidates.sort((a, b) => b - a)) {
      const found = readProducerSnapshot(fs.readFileSync(this.snapshotPath(offset)));
      if (typeof found !== 'string') {
        for (const producer of found) producers.restore(producer);
        return offset;
      }
      this.logger.warn({ file: this.snapshotPath(offset), fault: found }, 'dropped a producer snapshot');
      this.dropSnapshot(offset);
    }
    return after;
  }

  private snapshotPath(offset: number): string {
    return join(this.directory.path, `${offsetName(offset)}.snapshot`);
  }

  private dropSnapshot(offset: number): void {
    removeIfThere(this.snapshotPath(offset));
    this.snapshots.delete(offset);
  }

  /** Offset behind the last batch; null if the last segment does not end with a whole batch. Takes timestamps along. */
  private logEnd(): number | null {
    const segment = this.segments.at(-1)!;
    const last = segment.offsetIndex.last();
    const scan = new BatchScan(segment.log, last?.position ?? 0, segment.size, this.context.scanWindow);
    let nextOffset = segment.baseOffset;
    while (scan.next()) {
      const { header, position } = scan;
      if (position === last?.position && header.lastOffset !== last.offset) return null;
      if (header.lastOffset < nextOffset) return null;
      nextOffset = header.lastOffset + 1;
      if (header.maxTimestamp > segment.maxTimestamp) {
        segment.maxTimestamp = header.maxTimestamp;
        segment.maxTimestampOffset = header.lastOffset;
      }
    }
    return scan.fault === null ? nextOffset : null;
  }
}
