/**
 * One partition's log on disk: its segments, where it begins and ends, its producers and leader epochs. The partition
 * writer fills it (one group at a time), log-read.ts and timestamps.ts read it, upkeep.ts trims and closes it.
 *
 * Always: segments are sorted, there is at least one, the last is the active one; everything below `nextOffset` has been
 * written completely. Methods throw system errors; who calls decides what a broken disk costs.
 */
import { errors } from '../errors';
import type { Logger } from '../logger';
import type { TopicConfig } from '../topic-config';
import type { BatchHeader } from './batch-header';
import { BatchScan } from './batch-scan';
import type { AbortedTransaction } from './engine';
import { LeaderEpochs } from './leader-epochs';
import type { Pace } from './pace';
import { writeProducerSnapshot } from './producer-snapshot';
import { Producers } from './producers';
import { offsetName, Segment, type SegmentContext } from './segment';
import { removeIfThere, replaceFileSync } from './small-file';

/** What the logs of a broker share. */
export interface LogContext extends SegmentContext {
  /** For scans that begin and end within one turn of the event loop. */
  readonly scanWindow: Buffer;
  /** Of the disk that the logs lie on. */
  readonly pace: Pace;
}

/** What the partition writer is about to write. */
export interface Run {
  readonly runBytes: number;
  /** Largest timestamp of its first batch, ms. */
  readonly runFirstTimestamp: number;
}

/** What a log is, as loading finds it. */
export interface LogState {
  readonly segments: Segment[];
  readonly nextOffset: number;
  readonly logStartOffset: number;
  /** Everything below this offset is known to be on the device. */
  readonly recoveryPoint: number;
  readonly producers: Producers;
  readonly epochs: LeaderEpochs;
  /** Offsets of the producer snapshots on disk. */
  readonly snapshots: readonly number[];
}

const relativeOffsetMax = 0x7fffffff;

/** The size at which a segment is full; `internal.segment.bytes` may be smaller than segment.bytes is allowed to be. */
export function segmentMaxBytes(config: TopicConfig): number {
  return config['internal.segment.bytes'] ?? config['segment.bytes'];
}

export class Log {
  /** May get another path while the log is open. */
  readonly directory: { path: string };
  readonly context: LogContext;
  readonly logger: Logger;
  readonly segments: Segment[];
  readonly producers: Producers;
  readonly epochs: LeaderEpochs;
  nextOffset: number;
  logStartOffset: number;
  recoveryPoint: number;
  private readonly snapshots: Set<number>;
  /** The flush that was begun last; flushes finish in order. */
  private flushing: Promise<void> = Promise.resolve();

  constructor(directory: { path: string }, context: LogContext, logger: Logger, state: LogState) {
    this.directory = directory;
    this.context = context;
    this.logger = logger;
    this.segments = state.segments;
    this.producers = state.producers;
    this.epochs = state.epochs;
    this.nextOffset = state.nextOffset;
    this.logStartOffset = state.logStartOffset;
    this.recoveryPoint = state.recoveryPoint;
    this.snapshots = new Set(state.snapshots);
  }

  /** A log without anything in it; its directory has no file yet. */
  static empty(directory: { path: string }, context: LogContext, logger: Logger, nowMs: number, startOffset = 0): Log {
    return new Log(directory, context, logger, {
      segments: [new Segment(directory, startOffset, nowMs, context)],
      nextOffset: startOffset,
      logStartOffset: startOffset,
      recoveryPoint: startOffset,
      producers: new Producers(),
      epochs: new LeaderEpochs(),
      snapshots: [],
    });
  }

  get active(): Segment {
    return this.segments.at(-1)!;
  }

  /** Bytes of all segments. */
  get size(): number {
    return this.segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  /** Index of the segment that holds the offset, or would; 0 for one before the first. */
  segmentIndex(offset: number): number {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.segments[middle]!.baseOffset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * Whether a batch must go into a new segment: the active one is full, too old, or its indexes are full.
   * @param run what goes into the active segment before it
   */
  mustRoll(run: Run, batch: BatchHeader, lastOffset: number, config: TopicConfig, nowMs: number): boolean {
    const segment = this.active;
    const size = segment.size + run.runBytes;
    if (size === 0) return false;
    if (lastOffset - segment.baseOffset > relativeOffsetMax) return true;
    if (size > segmentMaxBytes(config) - batch.size) return true;
    const indexMaxBytes = config['segment.index.bytes'];
    if (segment.offsetIndex.entries >= Math.floor(indexMaxBytes / 8)) return true;
    if (segment.timeIndex.entries >= Math.floor(indexMaxBytes / 12) - 1) return true;
    const since = segment.size === 0 ? run.runFirstTimestamp : this.firstTimestamp(segment);
    const waitedMs = since >= 0 ? batch.maxTimestamp - since : nowMs - segment.createdMs;
    const jitterMs = segment.rollJitter * Math.min(config['segment.jitter.ms'], config['segment.ms']);
    return waitedMs > config['segment.ms'] - jitterMs;
  }

  /** Makes the active segment one of the old ones and begins a new one at the log end. Its flush goes on behind. */
  roll(nowMs: number): void {
    const old = this.active;
    old.finish();
    this.takeSnapshot();
    this.segments.push(new Segment(this.directory, this.nextOffset, nowMs, this.context));
    this.flush().catch((error) => {
      // Nothing is lost yet, and recovery will look at the segment again: the recovery point stays before it.
      this.logger.error({ err: error, file: old.log.path }, 'cannot flush a segment that was rolled');
    });
  }

  /** Resolves once everything that was written below `to` is on the device. */
  flush(to = this.nextOffset): Promise<void> {
    const dirty = this.segments.slice(this.segmentIndex(this.recoveryPoint));
    const flushed = this.flushing.then(async () => {
      if (to <= this.recoveryPoint) return;
      for (const segment of dirty) await this.context.pace.flushing(() => segment.flush());
      this.recoveryPoint = Math.max(this.recoveryPoint, to);
    });
    this.flushing = flushed.catch(() => {});
    return flushed;
  }

  /** Batches from this offset on were written in this leader epoch. */
  wroteIn(leaderEpoch: number, baseOffset: number): void {
    if (leaderEpoch > (this.epochs.latest?.epoch ?? -1)) this.epochs.assign(leaderEpoch, baseOffset);
    if (!this.epochs.dirty) return;
    try {
      this.saveEpochs();
    } catch (error) {
      // The batches carry their epochs, and recovery reads them from there.
      this.logger.warn({ err: error, directory: this.directory.path }, 'cannot write the leader epochs');
    }
  }

  /** Writes the producers' state at the log end, if it is not on disk yet. */
  takeSnapshot(): void {
    if (this.snapshots.has(this.nextOffset)) return;
    const path = `${this.directory.path}/${offsetName(this.nextOffset)}.snapshot`;
    replaceFileSync(path, writeProducerSnapshot(this.producers));
    this.snapshots.add(this.nextOffset);
  }

  /** Writes the leader epochs, if the file lags behind. */
  saveEpochs(): void {
    if (!this.epochs.dirty) return;
    replaceFileSync(`${this.directory.path}/leader-epoch-checkpoint`, this.epochs.format());
    this.epochs.dirty = false;
  }

  /** Moves the log start; records before it are no longer served. Whole segments go with the next retention. */
  trim(offset: number): void {
    if (offset < this.logStartOffset || offset > this.nextOffset) {
      throw errors.OFFSET_OUT_OF_RANGE.because(`${offset} is not in [${this.logStartOffset}, ${this.nextOffset}]`);
    }
    this.logStartOffset = offset;
    this.epochs.cutStart(offset);
  }

  /**
   * Takes the oldest `count` segments out of the log and renames their files to `.deleted`. The active one may be among
   * them: an empty one takes its place.
   * @returns the segments, whose files the caller removes later
   */
  dropOldest(count: number, nowMs: number): Segment[] {
    if (count === 0) return [];
    if (count === this.segments.length && this.active.size > 0) this.roll(nowMs);
    const dropped = this.segments.splice(0, count);
    for (const segment of dropped) {
      segment.markDeleted();
      if (this.snapshots.delete(segment.baseOffset)) {
        removeIfThere(`${this.directory.path}/${offsetName(segment.baseOffset)}.snapshot`);
      }
    }
    this.trim(Math.max(this.logStartOffset, this.segments[0]!.baseOffset));
    return dropped;
  }

  /** Adds the aborted transactions that overlap [fromOffset, toOffset), by their first offset. */
  abortedTransactions(fromOffset: number, toOffset: number): AbortedTransaction[] {
    const found: AbortedTransaction[] = [];
    for (let i = this.segmentIndex(fromOffset); i < this.segments.length; i++) {
      if (this.segments[i]!.txnIndex?.collect(fromOffset, toOffset, found)) break;
    }
    return found.sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Completes every file and resolves once all of it is on the device: a clean end of the log. */
  async close(): Promise<void> {
    const grown = !this.snapshots.has(this.nextOffset) && this.nextOffset > this.logStartOffset;
    for (const segment of this.segments) segment.finish();
    if (grown) this.takeSnapshot();
    if (this.nextOffset > this.logStartOffset) this.saveEpochs();
    await this.flush();
    this.release();
  }

  /** Gives descriptors and memory back without completing anything. */
  release(): void {
    for (const segment of this.segments) segment.close();
  }

  private firstTimestamp(segment: Segment): number {
    if (segment.firstTimestamp === undefined) {
      const scan = new BatchScan(segment.log, 0, segment.size, this.context.scanWindow);
      segment.firstTimestamp = scan.next() ? scan.header.maxTimestamp : -1;
    }
    return segment.firstTimestamp;
  }
}
