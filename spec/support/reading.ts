/**
 * Reads partitions over the wire, as a consumer does: fetches until the end, takes batches apart, drops what comes before
 * the offset asked for, control records, and at `read_committed` the records of aborted transactions (KIP-98).
 */
import { fetch } from '../../lib/apis/fetch';
import { listOffsets } from '../../lib/apis/list-offsets';
import * as batch from '../../lib/records/batch';
import { type LogRecord, recordsOf } from '../../lib/records/record';
import type { Wire } from './wire';

export interface ReadRecord extends LogRecord {
  readonly leaderEpoch: number;
  readonly timestampType: batch.TimestampType;
  readonly producerId: number;
  readonly baseSequence: number;
}

export interface ReadFrom {
  readonly topic: string;
  /** 22 characters of base64url. */
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
}

export interface ReadOptions {
  readonly committed?: boolean;
  /** Of the partition, for each fetch. */
  readonly maxBytes?: number;
  readonly version?: number;
}

interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** Every record from an offset on. Throws where a fetch answers an error, or leads nowhere. */
export async function readAll(wire: Wire, from: ReadFrom, options: ReadOptions = {}): Promise<ReadRecord[]> {
  const records: ReadRecord[] = [];
  for (let { offset } = from; ; ) {
    const { bytes, aborted, highWatermark, lastStableOffset } = await fetchOnce(wire, from, offset, options);
    let next = offset;
    const running = new Set<number>();
    for (const at of batch.batchesOf(bytes)) {
      next = batch.nextOffset(bytes, at);
      records.push(...visible(bytes, at, offset, aborted, running));
    }
    if (next > offset) offset = next;
    else if (offset >= (options.committed ? lastStableOffset : highWatermark)) return records;
    else
      throw new Error(
        `no batch at offset ${offset} of ${from.topic}-${from.partition}, which ends at ${highWatermark}`,
      );
  }
}

/** The records of one batch that a consumer gets to see; moves transactions from `aborted` to `running` and out again. */
function visible(bytes: Buffer, at: number, offset: number, aborted: Aborted[], running: Set<number>): ReadRecord[] {
  const lastOffset = batch.lastOffset(bytes, at);
  const producerId = batch.producerId(bytes, at);
  while (aborted.length > 0 && aborted[0]!.firstOffset <= lastOffset) running.add(aborted.shift()!.producerId);
  if (batch.isControl(bytes, at)) {
    running.delete(producerId);
    return [];
  }
  if (batch.isTransactional(bytes, at) && running.has(producerId)) return [];
  const common = {
    leaderEpoch: batch.partitionLeaderEpoch(bytes, at),
    timestampType: batch.timestampType(bytes, at),
    producerId,
    baseSequence: batch.baseSequence(bytes, at),
  };
  return [...recordsOf(bytes, at)]
    .filter((record) => record.offset >= offset)
    .map((record) => ({ ...record, ...common }));
}

/** One fetch that waits for nothing. */
export async function fetchOnce(
  wire: Wire,
  { topic, topicId, partition }: ReadFrom,
  fetchOffset: number,
  { committed = false, maxBytes = 1 << 20, version = 16 }: ReadOptions = {},
) {
  const answer = await wire.request(fetch, version, {
    maxWaitMs: 0,
    minBytes: 1,
    isolationLevel: committed ? 1 : 0,
    topics: [{ topic, topicId, partitions: [{ partition, fetchOffset, partitionMaxBytes: maxBytes }] }],
    forgottenTopicsData: [],
  });
  const row = answer.responses[0]?.partitions[0];
  const where = `${topic}-${partition} at ${fetchOffset}`;
  if (row === undefined) throw new Error(`${where}: error ${answer.errorCode}`);
  if (row.errorCode !== 0) throw new Error(`${where}: error ${row.errorCode}`);
  return {
    bytes: row.records ?? Buffer.alloc(0),
    aborted: [...(row.abortedTransactions ?? [])].sort((a, b) => a.firstOffset - b.firstOffset),
    highWatermark: row.highWatermark,
    lastStableOffset: row.lastStableOffset,
    logStartOffset: row.logStartOffset,
  };
}

/** What ListOffsets finds for a time, or for a special time below zero. */
export async function offsetFor(wire: Wire, topic: string, partition: number, timestamp: number, committed = false) {
  const answer = await wire.request(listOffsets, 9, {
    replicaId: -1,
    isolationLevel: committed ? 1 : 0,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
    timeoutMs: 0,
  });
  const row = answer.topics[0]!.partitions[0]!;
  if (row.errorCode !== 0) throw new Error(`${topic}-${partition} at time ${timestamp}: error ${row.errorCode}`);
  return { offset: row.offset, timestamp: row.timestamp, leaderEpoch: row.leaderEpoch };
}
