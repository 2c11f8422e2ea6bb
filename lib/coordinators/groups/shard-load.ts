/**
 * Reads one partition of `__consumer_offsets` from its start to its end. Called by shard.ts.
 *
 * Only the latest record of each key counts, as compaction would have it, so the latest are gathered first and then folded:
 * what is held in memory while loading is what is alive. Offsets that a transaction commits count from its commit marker
 * on; those of an aborted one never. A record that cannot be read is skipped with a line that says where.
 */

import { KafkaError } from '../../errors';
import type { Logger } from '../../logger';
import { mapKey } from '../../map-key';
import { DecodeError } from '../../protocol/bytes';
import * as batch from '../../records/batch';
import { controlTypeOf } from '../../records/control';
import { type LogRecord, recordsOf } from '../../records/record';
import type { PartitionLog } from '../../storage/engine';
import { readGroupRecord } from './group-record-codec';
import { type GroupRecord, groupIdOf } from './group-records';

export interface LoadOptions {
  readonly log: PartitionLog;
  /** Bytes that are read at a time (`offsets.load.buffer.size`). */
  readonly bufferBytes: number;
  readonly logger: Logger;
  /** Asked between two reads: whether to go on. */
  readonly wanted: () => boolean;
}

/** What a partition says: the latest record of each key that has a value, in the order of the log. */
export interface Loaded {
  readonly records: readonly GroupRecord[];
  /** Groups to which transactions commit that have not ended yet. */
  readonly inTransactions: ReadonlySet<string>;
  /** Records that were read, with those that others have replaced. */
  readonly count: number;
}

/**
 * Gives others their turn after every buffer that it reads.
 * @throws KafkaError where the log cannot be read
 */
export async function loadShard({ log, bufferBytes, logger, wanted }: LoadOptions): Promise<Loaded> {
  const latest = new Latest(log, logger);
  const end = log.highWatermark;
  let offset = log.logStartOffset;
  while (offset < end && wanted()) {
    const { records, nextOffset, release } = await log.read(offset, {
      maxBytes: bufferBytes,
      atLeastOne: true,
      isolation: 'read_uncommitted',
    });
    for (const at of batch.batchesOf(records)) if (batch.baseOffset(records, at) < end) latest.take(records, at);
    release?.();
    if (nextOffset <= offset) break;
    offset = nextOffset;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { records: [...latest.records], inTransactions: latest.inTransactions, count: latest.count };
}

class Latest {
  count = 0;
  private readonly log: PartitionLog;
  private readonly logger: Logger;
  private readonly byKey = new Map<string, GroupRecord>();
  /** What open transactions have written, by producer id. */
  private readonly open = new Map<number, [key: string, GroupRecord][]>();

  constructor(log: PartitionLog, logger: Logger) {
    this.log = log;
    this.logger = logger;
  }

  get records(): Iterable<GroupRecord> {
    return this.byKey.values();
  }

  get inTransactions(): ReadonlySet<string> {
    return new Set([...this.open.values()].flat().map(([, { key }]) => groupIdOf(key)));
  }

  /** The batch at `at`; nothing of what it gives points into these bytes. */
  take(bytes: Buffer, at: number): void {
    try {
      const producerId = batch.producerId(bytes, at);
      if (batch.isControl(bytes, at)) this.end(producerId, recordsOf(bytes, at));
      else
        for (const record of recordsOf(bytes, at))
          this.takeRecord(record, batch.isTransactional(bytes, at) ? producerId : null);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      this.skip(batch.baseOffset(bytes, at), 'batch', String(error));
    }
  }

  private takeRecord(record: LogRecord, producerId: number | null): void {
    this.count++;
    const read = this.read(record);
    if (read === null) return;
    const key = mapKey(record.key!.toString('latin1'));
    if (producerId === null) this.set(key, read);
    else if (this.open.has(producerId)) this.open.get(producerId)!.push([key, read]);
    else this.open.set(producerId, [[key, read]]);
  }

  private read({ offset, key, value }: LogRecord): GroupRecord | null {
    try {
      // Copied: what is kept must not keep the whole buffer, which is handed back besides.
      return readGroupRecord({ key, value: value === null ? null : Buffer.from(value) });
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.skip(offset, 'record', error.message);
      return null;
    }
  }

  private skip(offset: number, what: string, why: string): void {
    const { topic, partition } = this.log;
    this.logger.warn(
      { topic: topic.name, partition, offset },
      `skipped a ${what} of ${topic.name}-${partition} at offset ${offset} that cannot be read: ${why}`,
    );
  }

  /** Later ones go behind earlier ones, whatever they replace. */
  private set(key: string, record: GroupRecord): void {
    this.byKey.delete(key);
    if (record.value !== null) this.byKey.set(key, record);
  }

  private end(producerId: number, records: Iterable<LogRecord>): void {
    for (const record of records) {
      const type = controlTypeOf(record);
      if (type === 'COMMIT') for (const [key, written] of this.open.get(producerId) ?? []) this.set(key, written);
      if (type === 'COMMIT' || type === 'ABORT') this.open.delete(producerId);
    }
  }
}
