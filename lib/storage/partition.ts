/**
 * One partition as handlers and coordinators see it (`PartitionLog`), standing on a `Log` on disk. Made by topics.ts.
 *
 * Always: high watermark ≤ log end, last stable offset ≤ high watermark. A disk error takes the partition offline for
 * good: what it says no longer counts until the broker starts again.
 */
import { type Observable, Subject } from 'rxjs';
import { errors, KafkaError } from '../errors';
import { storageError } from './disk';
import type {
  AbortedTransaction,
  FoundOffset,
  Isolation,
  PartitionLog,
  ReadBatches,
  ReadOptions,
  Topic,
} from './engine';
import type { Log } from './log';
import { checkRange, LogRead } from './log-read';
import type { ReadBuffers } from './read-buffers';
import { findByTimestamp, findMaxTimestamp } from './timestamps';

export class Partition implements PartitionLog {
  readonly topic: Topic;
  readonly partition: number;
  readonly log: Log;
  readonly reading: LogRead;
  private readonly buffers: ReadBuffers;
  /** Fires once when the partition has ended. */
  readonly ended$ = new Subject<void>();
  leaderEpoch: number;
  private failure: KafkaError | null = null;
  private gone: KafkaError | null = null;
  private readonly moves = new Subject<void>();
  private pending = 0;
  private idle: (() => void)[] = [];

  constructor(topic: Topic, partition: number, leaderEpoch: number, log: Log, buffers: ReadBuffers) {
    this.topic = topic;
    this.partition = partition;
    this.log = log;
    this.reading = new LogRead(log, buffers);
    this.buffers = buffers;
    this.leaderEpoch = leaderEpoch;
  }

  /** `topic-partition`. */
  get name(): string {
    return `${this.topic.name}-${this.partition}`;
  }

  get logStartOffset(): number {
    return this.log.logStartOffset;
  }

  get highWatermark(): number {
    return this.log.nextOffset;
  }

  get lastStableOffset(): number {
    const unstable = this.log.producers.firstUnstableOffset;
    return unstable < 0 ? this.log.nextOffset : Math.min(unstable, this.log.nextOffset);
  }

  get logEndOffset(): number {
    return this.log.nextOffset;
  }

  /** Whether appends are queued or being written: the active segment is then the writer's. */
  get isWriting(): boolean {
    return this.pending > 0;
  }

  get offline(): KafkaError | null {
    return this.failure;
  }

  /** Why nothing can be read or written here: the disk failed, the partition was deleted, the broker stops. */
  get refusal(): KafkaError | null {
    return this.failure ?? this.gone;
  }

  get advanced$(): Observable<void> {
    return this.moves;
  }

  /** Leads the partition in this epoch from the present log end on. */
  lead(leaderEpoch: number): void {
    this.leaderEpoch = leaderEpoch;
    if (leaderEpoch > (this.log.epochs.latest?.epoch ?? -1)) this.log.epochs.assign(leaderEpoch, this.log.nextOffset);
  }

  /** Wakes those who wait for one of the offsets to move. */
  advanced(): void {
    this.moves.next();
  }

  limit(isolation: Isolation): number {
    return isolation === 'read_committed' ? this.lastStableOffset : this.highWatermark;
  }

  availableBytes(fromOffset: number, isolation: Isolation): number {
    return this.reading.availableBytes(fromOffset, this.limit(isolation));
  }

  read(fromOffset: number, options: ReadOptions): ReadBatches | Promise<ReadBatches> {
    if (this.refusal !== null) throw this.refusal;
    checkRange(fromOffset, this.log);
    try {
      const { atLeastOne, isolation } = options;
      const maxBytes = Math.min(options.maxBytes, this.buffers.room);
      const batches = this.reading.read({ from: fromOffset, limit: this.limit(isolation), maxBytes, atLeastOne });
      if (!(batches instanceof Promise)) return batches;
      return batches.catch((error) => {
        throw this.readFailure(fromOffset, error);
      });
    } catch (error) {
      throw this.readFailure(fromOffset, error);
    }
  }

  async abortedTransactions(fromOffset: number, toOffset: number): Promise<AbortedTransaction[]> {
    return this.guarded(async () => this.log.abortedTransactions(fromOffset, toOffset));
  }

  offsetForTimestamp(timestamp: number): Promise<FoundOffset | null> {
    return this.guarded(() => findByTimestamp(this.log, timestamp));
  }

  offsetOfMaxTimestamp(): Promise<FoundOffset | null> {
    return this.guarded(() => findMaxTimestamp(this.log));
  }

  earliestLeaderEpoch(): number {
    const earliest = this.log.epochs.earliest;
    return earliest !== undefined && earliest.startOffset <= this.logStartOffset ? earliest.epoch : -1;
  }

  latestLeaderEpoch(): number {
    return this.log.epochs.latest?.epoch ?? -1;
  }

  endOffsetForEpoch(leaderEpoch: number): { leaderEpoch: number; endOffset: number } {
    return this.log.epochs.endOffset(leaderEpoch, this.logEndOffset);
  }

  /** A disk error: nothing is read or written here from now on. */
  goOffline(doing: string, error: unknown): KafkaError {
    if (this.failure === null) {
      this.failure = storageError(`${this.name}: ${doing}`, error);
      this.log.logger.error({ err: error, directory: this.log.directory.path }, `partition offline: ${doing}`);
      this.moves.next();
    }
    return this.failure;
  }

  /**
   * Ends the partition: who waits for it is woken, who comes later is refused with `why`. Resolves when the appends
   * that had come before are done; the log is left alone.
   */
  async end(why: KafkaError): Promise<void> {
    this.gone ??= why;
    this.moves.complete();
    this.ended$.next();
    if (this.pending > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** For appends.ts: an append was taken in (+1) or answered (−1). */
  countPending(change: 1 | -1): void {
    this.pending += change;
    if (this.pending > 0 || this.idle.length === 0) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private async guarded<T>(look: () => Promise<T>): Promise<T> {
    if (this.refusal !== null) throw this.refusal;
    try {
      return await look();
    } catch (error) {
      throw this.readFailure(this.logStartOffset, error);
    }
  }

  /** What a failed read means to the client. */
  private readFailure(fromOffset: number, error: unknown): KafkaError {
    if (error instanceof KafkaError) return error;
    if (this.refusal !== null) return this.refusal;
    // The segment may have been deleted while the read was waiting for the disk.
    if (fromOffset < this.logStartOffset) return errors.OFFSET_OUT_OF_RANGE;
    this.log.logger.error({ err: error, partition: this.name, fromOffset }, 'cannot read from a log');
    return storageError(`${this.name}: read from offset ${fromOffset}`, error);
  }
}
