/**
 * The only writer of one partition's log. Takes appends in groups: checks producers and sequences in log order, gives
 * out offsets, writes what belongs to one segment in one go, and answers. Called by the drain of appends.ts, which never
 * calls it again before it is done.
 *
 * A run is what one write takes: batches of one group that go into one segment. Small runs are copied into one piece of
 * memory and written synchronously; large ones asynchronously and without a copy. The caller's bytes are never changed:
 * base offset and leader epoch are set in the copy, or in a head of 16 bytes that is written before the caller's rest.
 */
import type { SchedulerLike } from 'rxjs';
import { errors, type KafkaError } from '../errors';
import { place } from '../records/batch';
import { timerMaxMs } from '../timers';
import type { TopicConfig } from '../topic-config';
import { BatchHeader } from './batch-header';
import { type Run, segmentMaxBytes } from './log';
import { readTransactionEnd } from './marker';
import type { Partition } from './partition';
import type { PendingAppend } from './pending-append';
import { placedBytes } from './placed-bytes';
import type { CompletedTransaction } from './producers';
import { settle } from './recovery';

/** Runs up to this size are written synchronously. */
const syncMaxBytes = 32 * 1024;
/** A run ends here, so that those at its head need not wait for ever more behind them. */
const runMaxBytes = 4 * 1024 * 1024;

/** Where every small run is put together: it is written before anybody else can want it. */
const pool = Buffer.allocUnsafeSlow(syncMaxBytes);

export class PartitionWriter implements Run {
  private readonly partition: Partition;
  private readonly scheduler: SchedulerLike;
  private readonly header = new BatchHeader();
  /** The run being put together, and those that wait for it without writing: duplicates of batches in it. */
  private run: PendingAppend[] = [];
  private duplicates: PendingAppend[] = [];
  private completed: CompletedTransaction[] = [];
  runBytes = 0;
  runFirstTimestamp = -1;
  /** Offset behind the run. */
  private nextOffset = 0;
  private flushTimer = false;

  constructor(partition: Partition, scheduler: SchedulerLike) {
    this.partition = partition;
    this.scheduler = scheduler;
  }

  /** Writes and answers a group of appends; never throws or rejects. */
  write(group: readonly PendingAppend[]): void | Promise<void> {
    try {
      return this.writeAll(group)?.catch((error) => this.giveUp(group, error));
    } catch (error) {
      this.giveUp(group, error);
    }
  }

  /** Not the disk's fault but a fault of ours: what the partition holds in memory no longer counts. */
  private giveUp(group: readonly PendingAppend[], error: unknown): void {
    this.partition.goOffline('append, because of a bug', error);
    for (const append of group) append.fail(errors.UNKNOWN_SERVER_ERROR);
  }

  private writeAll(group: readonly PendingAppend[]): void | Promise<void> {
    for (let i = 0; i < group.length; ) {
      i = this.plan(group, i);
      if (this.isLarge() || this.mustFlush()) return this.writeLarge(group, i);
      this.writeSmall();
    }
  }

  private async writeLarge(group: readonly PendingAppend[], planned: number): Promise<void> {
    let i = planned;
    for (;;) {
      await this.writeRun();
      if (i === group.length) return;
      i = this.plan(group, i);
    }
  }

  private isLarge(): boolean {
    return this.runBytes > syncMaxBytes || !this.partition.log.context.pace.isFast;
  }

  /** Whether so much will not be on the device yet that it has to get there before the run is answered. */
  private mustFlush(): boolean {
    return this.nextOffset - this.partition.log.recoveryPoint >= this.partition.topic.config['flush.messages'];
  }

  /** Puts together the next run, beginning with append `from`; returns the first append that is not in it. */
  private plan(group: readonly PendingAppend[], from: number): number {
    const { log } = this.partition;
    const nowMs = this.scheduler.now();
    const { config } = this.partition.topic;
    this.nextOffset = log.nextOffset;
    this.runBytes = 0;
    for (let i = from; i < group.length; i++) {
      const append = group[i]!;
      if (this.partition.offline !== null) {
        append.fail(this.partition.offline);
        continue;
      }
      const bytes = append.batch.length;
      if (this.runBytes > 0 && this.runBytes + bytes > runMaxBytes) return i;
      if (!this.admit(append, config)) continue;
      const lastOffset = this.nextOffset + this.header.lastOffset - this.header.baseOffset;
      if (log.mustRoll(this, this.header, lastOffset, config, nowMs)) {
        if (this.run.length > 0) return i;
        if (!this.roll(append, nowMs)) continue;
      }
      this.take(append, lastOffset);
    }
    return group.length;
  }

  /** Reads the batch's header; whether it is to be written. Otherwise its append was refused, or is a duplicate. */
  private admit(append: PendingAppend, config: TopicConfig): boolean {
    const { header } = this;
    const { batch } = append;
    const fault = header.read(batch, 0);
    if (fault !== null || header.size !== batch.length) {
      return refuse(
        append,
        errors.CORRUPT_MESSAGE.because(fault ?? `batch of ${header.size} bytes in ${batch.length}`),
      );
    }
    const segmentBytes = segmentMaxBytes(config);
    if (batch.length > segmentBytes) {
      const why = `batch of ${batch.length} bytes exceeds the ${segmentBytes} bytes of a segment`;
      return refuse(append, errors.RECORD_LIST_TOO_LARGE.because(why));
    }
    if (header.producerId < 0) return true;
    const { producers } = this.partition.log;
    if (!append.isFromClient) {
      const end = header.isControl ? readTransactionEnd(header, batch) : null;
      const refusal = end === null ? null : producers.endRefusal(end);
      return refusal === null || refuse(append, refusal);
    }
    const first = producers.duplicate(header);
    if (first !== undefined) {
      // What is in the log already is answered as it was the first time.
      append.baseOffset = first.lastOffset - first.offsetDelta;
      append.logAppendTimeMs = first.timestamp;
      this.duplicates.push(append);
      return false;
    }
    const refusal = producers.refusal(header);
    return refusal === null || refuse(append, refusal);
  }

  /** Begins a new segment; if the disk does not let it, the append fails. */
  private roll(append: PendingAppend, nowMs: number): boolean {
    const { partition } = this;
    try {
      partition.log.roll(nowMs);
      return true;
    } catch (error) {
      append.fail(partition.goOffline('roll to a new segment', error));
      return false;
    }
  }

  /** Gives the batch its offsets and notes its producer: whoever comes next is checked against it. */
  private take(append: PendingAppend, lastOffset: number): void {
    const { header } = this;
    const { producers } = this.partition.log;
    append.baseOffset = this.nextOffset;
    append.lastOffset = lastOffset;
    append.maxTimestamp = header.maxTimestamp;
    append.logAppendTimeMs = header.hasLogAppendTime ? header.maxTimestamp : -1;
    if (header.producerId >= 0) {
      const end = header.isControl ? readTransactionEnd(header, append.batch) : null;
      const completed = end === null ? null : producers.end(end, append.baseOffset);
      if (completed !== null) this.completed.push(completed);
      if (!header.isControl) producers.note(header, append.baseOffset, lastOffset);
    }
    if (this.run.length === 0) this.runFirstTimestamp = header.maxTimestamp;
    this.run.push(append);
    this.runBytes += append.batch.length;
    this.nextOffset = lastOffset + 1;
  }

  private writeSmall(): void {
    const { run, partition } = this;
    if (run.length === 0) return this.commit();
    const { active } = partition.log;
    let at = 0;
    for (const append of run) {
      append.batch.copy(pool, at);
      place(pool, at, append.baseOffset, partition.leaderEpoch);
      at += append.batch.length;
    }
    try {
      partition.log.context.pace.time(() => active.log.writeSync(pool, 0, at, active.size));
    } catch (error) {
      return this.abandon(error);
    }
    this.commit();
  }

  private async writeRun(): Promise<void> {
    const { partition, run } = this;
    if (run.length === 0) return this.commit();
    const { log } = partition;
    try {
      await log.active.log.write(placedBytes(run, partition.leaderEpoch), log.active.size);
      // Who asks for a flush every so many messages wants them on the device before they are acknowledged.
      if (this.mustFlush()) await log.flush(this.nextOffset);
    } catch (error) {
      return this.abandon(error);
    }
    this.commit();
  }

  /** What was written becomes part of the log; its appends are answered. */
  private commit(): void {
    const { partition, run, duplicates } = this;
    const { log } = partition;
    if (run.length > 0) {
      const { active } = log;
      const indexIntervalBytes = partition.topic.config['index.interval.bytes'];
      const { baseOffset } = run[0]!;
      partition.reading.appended(baseOffset, active.size);
      for (const append of run) {
        active.add(append.lastOffset, append.maxTimestamp, append.batch.length, indexIntervalBytes);
      }
      for (const completed of this.completed) settle(completed, active, log.producers);
      log.nextOffset = this.nextOffset;
      log.wroteIn(partition.leaderEpoch, baseOffset);
      this.flushLater();
      this.run = [];
      this.completed = [];
    }
    for (const append of run) append.done();
    if (duplicates.length > 0) {
      this.duplicates = [];
      for (const append of duplicates) append.done();
    }
    if (run.length > 0) partition.advanced();
  }

  /** Has what was written brought to the device once flush.ms have passed. */
  private flushLater(): void {
    const flushMs = this.partition.topic.config['flush.ms'];
    if (this.flushTimer || flushMs > timerMaxMs) return;
    this.flushTimer = true;
    this.scheduler.schedule(() => {
      this.flushTimer = false;
      const { partition } = this;
      if (partition.refusal === null) partition.log.flush().catch((error) => partition.goOffline('flush', error));
    }, flushMs);
  }

  /** The disk failed: nothing of the run counts, and nothing more is written here. */
  private abandon(error: unknown): void {
    const { partition } = this;
    const { active } = partition.log;
    const failure = partition.goOffline(`write ${this.runBytes} bytes to ${active.log.path} at ${active.size}`, error);
    try {
      active.log.truncate(active.size);
    } catch {
      // What is left there is cut off by recovery: no answer promised it.
    }
    const failed = [...this.run, ...this.duplicates];
    this.run = [];
    this.duplicates = [];
    this.completed = [];
    for (const append of failed) append.fail(failure);
  }
}

function refuse(append: PendingAppend, error: KafkaError): false {
  append.fail(error);
  return false;
}
