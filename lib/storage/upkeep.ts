/**
 * What has to be done for the logs from time to time: checkpoints of their offsets, retention, forgetting producers that
 * are gone, removing files that were deleted. Started and stopped by topics.ts; all timers run on the broker's clock.
 */
import fs from 'node:fs';
import { type SchedulerLike, Subscription } from 'rxjs';
import type { Config } from '../config';
import type { Logger } from '../logger';
import { timerMaxMs } from '../timers';
import type { Partition } from './partition';
import type { PartitionDirs } from './partition-dirs';
import { expiredSegments } from './retention';

/** A partition and where it lives. */
export interface HousedPartition {
  readonly partition: Partition;
  readonly home: PartitionDirs;
}

export interface UpkeepOptions {
  readonly config: Config;
  readonly scheduler: SchedulerLike;
  readonly logger: Logger;
  readonly homes: readonly PartitionDirs[];
  /** Every partition of the broker. */
  readonly partitions: () => Iterable<HousedPartition>;
}

export class Upkeep {
  private readonly options: UpkeepOptions;
  private readonly timers = new Subscription();
  private writing: Promise<void> = Promise.resolve();
  private readonly removing = new Set<Promise<void>>();

  constructor(options: UpkeepOptions) {
    this.options = options;
  }

  start(): void {
    const { config } = this.options;
    const firstMs = config['log.initial.task.delay.ms'];
    this.every(config['log.retention.check.interval.ms'], firstMs, () => this.retain());
    this.every(config['producer.id.expiration.check.interval.ms'], firstMs, () => this.expireProducers());
    const checkpointMs = config['log.flush.offset.checkpoint.interval.ms'];
    this.every(checkpointMs, firstMs, () => this.checkpoint(['recoveryPoints']));
    const startMs = config['log.flush.start.offset.checkpoint.interval.ms'];
    this.every(startMs, firstMs, () => this.checkpoint(['logStarts']));
    const watermarkMs = config['replica.high.watermark.checkpoint.interval.ms'];
    this.every(watermarkMs, watermarkMs, () => this.checkpoint(['highWatermarks']));
  }

  stop(): void {
    this.timers.unsubscribe();
  }

  /** Removes a directory once its deletion is old enough; not at all if the broker stops before. */
  removeLater(path: string, delayMs: number): void {
    this.later(delayMs, () => {
      const removed = fs.promises.rm(path, { recursive: true, force: true }).catch((error) => {
        this.options.logger.error({ err: error, path }, 'cannot remove what was deleted');
      });
      this.removing.add(removed);
      removed.then(() => this.removing.delete(removed));
    });
  }

  /** Resolves when nothing is being removed any more. */
  async removed(): Promise<void> {
    await Promise.all(this.removing);
  }

  /** Writes the checkpoints, one set after another; resolves once they are on the device. */
  checkpoint(kinds: readonly ('recoveryPoints' | 'logStarts' | 'highWatermarks')[]): Promise<void> {
    this.writing = this.writing.then(async () => {
      for (const home of this.options.homes) {
        const logs = [...this.options.partitions()].filter((housed) => housed.home === home);
        for (const kind of kinds) await home.writeCheckpoint(kind, offsetsOf(kind, logs));
      }
    });
    const written = this.writing;
    this.writing = written.catch((error) => {
      this.options.logger.error({ err: error }, 'cannot write a checkpoint');
    });
    return written;
  }

  /** Resolves when the checkpoints that were begun are written, or given up. */
  written(): Promise<void> {
    return this.writing;
  }

  /** Lets go of segments that are too old or too many. */
  retain(): void {
    const nowMs = this.options.scheduler.now();
    for (const { partition } of this.options.partitions()) {
      if (partition.refusal === null) this.retainOne(partition, nowMs);
    }
  }

  private retainOne(partition: Partition, nowMs: number): void {
    const { log, topic } = partition;
    try {
      const expired = expiredSegments(log, topic.config, nowMs);
      const most = partition.isWriting ? log.segments.length - 1 : log.segments.length;
      const dropped = log.dropOldest(Math.min(expired, most), nowMs);
      if (dropped.length === 0) return;
      log.logger.info({ logStartOffset: log.logStartOffset }, `${partition.name}: ${dropped.length} old segments go`);
      partition.advanced();
      this.later(topic.config['file.delete.delay.ms'], () => {
        for (const segment of dropped) segment.remove();
      });
    } catch (error) {
      partition.goOffline('delete old segments', error);
    }
  }

  private expireProducers(): void {
    const { config, partitions, scheduler } = this.options;
    const before = scheduler.now() - config['producer.id.expiration.ms'];
    for (const { partition } of partitions()) partition.log.producers.expire(before);
  }

  private later(delayMs: number, act: () => void): void {
    // A broker that is stopping has no clock left; what is still there is removed at the next start.
    if (this.timers.closed) return;
    const timer = this.options.scheduler.schedule(
      () => {
        this.timers.remove(timer);
        act();
      },
      Math.min(delayMs, timerMaxMs),
    );
    this.timers.add(timer);
  }

  private every(periodMs: number, firstMs: number, act: () => void | Promise<void>): void {
    const again = (delayMs: number) =>
      this.later(delayMs, () => {
        Promise.resolve(act()).catch(() => {}); // reported where it failed
        again(periodMs);
      });
    again(firstMs);
  }
}

function* offsetsOf(
  kind: 'recoveryPoints' | 'logStarts' | 'highWatermarks',
  logs: readonly HousedPartition[],
): Generator<readonly [string, number]> {
  for (const { partition } of logs) {
    const { log } = partition;
    if (kind === 'recoveryPoints') yield [partition.name, log.recoveryPoint];
    else if (kind === 'highWatermarks') yield [partition.name, partition.highWatermark];
    else if (log.logStartOffset > log.segments[0]!.baseOffset) yield [partition.name, log.logStartOffset];
  }
}
