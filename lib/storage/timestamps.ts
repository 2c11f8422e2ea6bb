/**
 * Finding records by time, for ListOffsets: the first record at or after a timestamp, and the one with the largest.
 * Called by partition.ts. Indexes narrow the search down to one batch, whose records are then read, decompressed if
 * need be.
 */
import { partitionLeaderEpoch } from '../records/batch';
import { type LogRecord, recordsOf } from '../records/record';
import { BatchScan } from './batch-scan';
import type { FoundOffset } from './engine';
import type { Log } from './log';
import type { Segment } from './segment';

/** Headers are looked at through a window of this many bytes. */
const windowBytes = 16 * 1024;

type Wanted = (record: LogRecord) => boolean;

/** The first record with a timestamp of at least `timestamp` ms; null if there is none. */
export async function findByTimestamp(log: Log, timestamp: number): Promise<FoundOffset | null> {
  const wanted: Wanted = (record) => record.timestamp >= timestamp && record.offset >= log.logStartOffset;
  for (const segment of log.segments.slice(log.segmentIndex(log.logStartOffset))) {
    if (segment.size === 0 || segment.maxTimestamp < timestamp) continue;
    await warm(segment);
    const from = Math.max(segment.timeIndex.offsetFor(timestamp), log.logStartOffset);
    const scan = new BatchScan(
      segment.log,
      segment.offsetIndex.positionFor(from),
      segment.size,
      Buffer.alloc(windowBytes),
    );
    while (scan.next()) {
      if (scan.header.maxTimestamp < timestamp || scan.header.lastOffset < log.logStartOffset) continue;
      const found = await firstIn(segment, scan, wanted);
      if (found !== null) return found;
    }
  }
  return null;
}

/** The record with the largest timestamp, the first of equals; null if no record has one. */
export async function findMaxTimestamp(log: Log): Promise<FoundOffset | null> {
  let newest: Segment | null = null;
  for (const segment of log.segments) {
    if (segment.maxTimestamp > (newest?.maxTimestamp ?? -1)) newest = segment;
  }
  if (newest === null) return null;
  const { maxTimestamp, maxTimestampOffset } = newest;
  await warm(newest);
  const start = newest.offsetIndex.positionFor(maxTimestampOffset);
  const scan = new BatchScan(newest.log, start, newest.size, Buffer.alloc(windowBytes));
  while (scan.next()) {
    if (scan.header.lastOffset < maxTimestampOffset) continue;
    return firstIn(newest, scan, (record) => record.timestamp === maxTimestamp);
  }
  return null;
}

async function warm(segment: Segment): Promise<void> {
  await segment.timeIndex.index.warm();
  await segment.offsetIndex.index.warm();
}

async function firstIn(segment: Segment, scan: BatchScan, wanted: Wanted): Promise<FoundOffset | null> {
  const bytes = Buffer.allocUnsafe(scan.header.size);
  const got = await segment.log.read(bytes, 0, bytes.length, scan.position);
  if (got < bytes.length) throw new Error(`${segment.log.path} ends at ${scan.position + got}`);
  for (const record of recordsOf(bytes)) {
    if (!wanted(record)) continue;
    return { offset: record.offset, timestamp: record.timestamp, leaderEpoch: partitionLeaderEpoch(bytes) };
  }
  return null;
}
