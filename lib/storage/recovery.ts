/**
 * Reading a log back from its `.log` files alone: `recoverSegment` checks a segment batch by batch, cuts it behind the
 * last good one and builds its indexes again; `replayProducers` works out who wrote what. Called by log-load.ts.
 *
 * Records inside batches are not looked at: what a producer was allowed to write stays readable. Sequence numbers are
 * noted, never checked.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BatchHeader } from './batch-header';
import { BatchScan } from './batch-scan';
import type { LeaderEpochs } from './leader-epochs';
import { readTransactionEnd } from './marker';
import type { CompletedTransaction, Producers } from './producers';
import type { Segment } from './segment';

/** Other work gets a turn after this many bytes. */
const turnBytes = 16 * 1024 * 1024;
const relativeOffsetMax = 0x7fffffff;

/** What recovery found behind the last good batch of a segment. */
export interface Recovered {
  /** Bytes that were cut off; 0 if the file was whole. */
  readonly droppedBytes: number;
  /** What was wrong there; null if nothing was. */
  readonly fault: string | null;
  /** Offset behind the last good batch; the base offset if there is none. */
  readonly nextOffset: number;
}

/**
 * Notes a batch that is in the log.
 * @param bytes called for the bytes of a control batch
 * @returns the transaction that it completes; the caller tells `producers.complete`
 */
export function noteBatch(producers: Producers, header: BatchHeader, bytes: () => Buffer): CompletedTransaction | null {
  if (header.producerId < 0) return null;
  if (!header.isControl) {
    producers.note(header, header.baseOffset, header.lastOffset);
    return null;
  }
  const end = readTransactionEnd(header, bytes());
  return end === null ? null : producers.end(end, header.baseOffset);
}

/**
 * Checks every batch of a segment: its length fits, magic and checksum are right, offsets increase. Behind the last good
 * batch the file is cut off.
 * @param fileSize size of the `.log` file in bytes
 * @param producers as they were at the segment's base offset; afterwards as they are behind it
 * @param epochs told where a later leader epoch begins
 */
export async function recoverSegment(
  segment: Segment,
  fileSize: number,
  producers: Producers,
  epochs: LeaderEpochs,
  indexIntervalBytes: number,
  window: Buffer,
): Promise<Recovered> {
  segment.reset();
  const scan = new BatchScan(segment.log, 0, fileSize, window);
  const { header } = scan;
  let nextOffset = segment.baseOffset;
  let turnEnd = turnBytes;
  let fault: string | null = null;
  while (fault === null && scan.next()) {
    fault = faultOf(scan, segment.baseOffset, nextOffset);
    if (fault !== null) break;
    segment.add(header.lastOffset, header.maxTimestamp, header.size, indexIntervalBytes);
    nextOffset = header.lastOffset + 1;
    if (header.leaderEpoch > (epochs.latest?.epoch ?? -1)) epochs.assign(header.leaderEpoch, header.baseOffset);
    const completed = noteBatch(producers, header, () => scan.batch());
    if (completed !== null) settle(completed, segment, producers);
    if (segment.size > turnEnd) {
      turnEnd = segment.size + turnBytes;
      // The window is shared with other scans, which run while this one waits.
      scan.forget();
      await nextTurn();
    }
  }
  fault ??= scan.fault;
  const droppedBytes = fileSize - segment.size;
  if (droppedBytes > 0) segment.log.truncate(segment.size);
  return { droppedBytes, fault, nextOffset };
}

function faultOf(scan: BatchScan, baseOffset: number, nextOffset: number): string | null {
  const { header } = scan;
  if (header.baseOffset < nextOffset) return `base offset ${header.baseOffset}, at least ${nextOffset} expected`;
  if (header.lastOffset - baseOffset > relativeOffsetMax) {
    return `last offset ${header.lastOffset} is more than ${relativeOffsetMax} above the segment's base`;
  }
  return scan.crcMatches() ? null : 'the checksum does not match';
}

/** Closes a transaction whose marker is in the segment, with an entry in its transaction index if it was aborted. */
export function settle(completed: CompletedTransaction, segment: Segment, producers: Producers): void {
  if (completed.aborted) {
    segment.txnIndexToFill().append({ ...completed, lastStableOffset: producers.lastStableOffset(completed) });
  }
  producers.complete(completed);
}

/** Brings `producers` from their state at offset `from` to that at offset `to`. */
export function replayProducers(
  producers: Producers,
  segments: readonly Segment[],
  from: number,
  to: number,
  window: Buffer,
): void {
  for (const [i, segment] of segments.entries()) {
    if (segment.baseOffset >= to) break;
    if ((segments[i + 1]?.baseOffset ?? Number.POSITIVE_INFINITY) <= from) continue;
    const scan = new BatchScan(segment.log, segment.offsetIndex.positionFor(from), segment.size, window);
    while (scan.next()) {
      const { header } = scan;
      if (header.baseOffset >= to) break;
      if (header.baseOffset < from) continue;
      const completed = noteBatch(producers, header, () => scan.batch());
      if (completed !== null) producers.complete(completed);
    }
  }
}
