/**
 * Reads partitions one after the other within one budget of bytes. Called by APIs that answer with records.
 *
 * As long as every log answers at once nothing is awaited and the result is there at once; a log that has to go to the
 * disk is awaited before the next one is read, because what it gives decides what is left for the others. Once everything
 * is read nobody but the caller knows of the memory that was lent.
 */
import { KafkaError } from '../../errors';
import type { AbortedTransaction, Isolation, PartitionLog, ReadBatches } from '../../storage/engine';

export interface PartitionRead {
  readonly log: PartitionLog;
  readonly offset: number;
  readonly maxBytes: number;
}

/** What one partition gave. */
export interface PartitionRecords {
  /** Whole batches; empty where there is nothing to read, or nothing that fits. */
  readonly records: Buffer;
  /** Transactions that the reader must leave out; null for read_uncommitted. */
  readonly aborted: readonly AbortedTransaction[] | null;
}

export interface PartitionReads {
  /** One for each read, in order; null where there was none. */
  readonly outcomes: readonly (PartitionRecords | KafkaError | null)[];
  /** Hands back the memory of all records; null if none was lent. */
  readonly release: (() => void) | null;
}

export interface ReadLimits {
  /** Bytes of all records; the first batch of the first partition that has one may exceed it. */
  readonly maxBytes: number;
  readonly isolation: Isolation;
}

const nothing = Buffer.alloc(0);

/** Rejects or throws only what is no KafkaError; then everything that was lent has been handed back. */
export function readPartitions(
  reads: readonly (PartitionRead | null)[],
  limits: ReadLimits,
): PartitionReads | Promise<PartitionReads> {
  return new Pass(reads, limits).run();
}

class Pass {
  private readonly reads: readonly (PartitionRead | null)[];
  private readonly isolation: Isolation;
  private readonly outcomes: (PartitionRecords | KafkaError | null)[] = [];
  private readonly releases: (() => void)[] = [];
  private leftBytes: number;
  private foundAny = false;

  constructor(reads: readonly (PartitionRead | null)[], { maxBytes, isolation }: ReadLimits) {
    this.reads = reads;
    this.isolation = isolation;
    this.leftBytes = maxBytes;
  }

  run(): PartitionReads | Promise<PartitionReads> {
    try {
      const pending = this.readOn();
      if (pending === null) return this.result();
      return pending.then(
        () => this.result(),
        (error) => this.failed(error),
      );
    } catch (error) {
      return this.failed(error);
    }
  }

  private result(): PartitionReads {
    const { outcomes, releases } = this;
    return { outcomes, release: releases.length === 0 ? null : () => this.releaseAll() };
  }

  private failed(error: unknown): never {
    this.releaseAll();
    throw error;
  }

  private releaseAll(): void {
    for (const release of this.releases) release();
  }

  /** Reads from the first partition on that has not been read; null: all of them have been. */
  private readOn(): Promise<void> | null {
    while (this.outcomes.length < this.reads.length) {
      const read = this.reads[this.outcomes.length]!;
      const pending = read === null ? this.done(null) : this.readOne(read);
      if (pending !== null) return pending.then(() => this.readOn() ?? undefined);
    }
    return null;
  }

  private readOne(read: PartitionRead): Promise<void> | null {
    const { log, offset } = read;
    const full = this.foundAny && this.leftBytes <= 0;
    if (full || offset >= log.limit(this.isolation)) return this.take(read, { records: nothing, nextOffset: offset });
    const maxBytes = Math.max(0, Math.min(read.maxBytes, this.leftBytes));
    const options = { maxBytes, atLeastOne: !this.foundAny, isolation: this.isolation };
    try {
      const batches = log.read(offset, options);
      if (!(batches instanceof Promise)) return this.take(read, batches);
      return batches.then(
        (found) => this.take(read, found) ?? undefined,
        (error) => void this.refused(error),
      );
    } catch (error) {
      return this.refused(error);
    }
  }

  private take({ log, offset }: PartitionRead, { records, nextOffset, release }: ReadBatches): Promise<void> | null {
    if (release !== undefined) this.releases.push(release);
    this.leftBytes -= records.length;
    if (records.length > 0) this.foundAny = true;
    if (this.isolation === 'read_uncommitted') return this.done({ records, aborted: null });
    const aborted = records.length === 0 ? [] : log.abortedTransactions(offset, nextOffset);
    if (!(aborted instanceof Promise)) return this.done({ records, aborted });
    return aborted.then(
      (found) => void this.done({ records, aborted: found }),
      (error) => void this.refused(error),
    );
  }

  private refused(error: unknown): null {
    if (!(error instanceof KafkaError)) throw error;
    return this.done(error);
  }

  private done(outcome: PartitionRecords | KafkaError | null): null {
    this.outcomes.push(outcome);
    return null;
  }
}
