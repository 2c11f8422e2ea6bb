/**
 * What a large run looks like on its way to the disk: batches with their base offset and leader epoch set, without a copy
 * of what is large and without a change to what the caller handed in. Called by partition-writer.ts.
 */
import { place, placementBytes } from '../records/batch';

/** Batches up to this size are copied into a large run rather than written from where they are. */
const copyMaxBytes = 2048;

export interface PlacedBatch {
  readonly batch: Buffer;
  readonly baseOffset: number;
}

/** The bytes of a run as they go into the log, those of large batches by reference. */
export function placedBytes(run: readonly PlacedBatch[], leaderEpoch: number): Buffer[] {
  let copied = 0;
  for (const { batch } of run) copied += batch.length <= copyMaxBytes ? batch.length : placementBytes;
  const copies = Buffer.allocUnsafe(copied);
  const pieces: Buffer[] = [];
  let start = 0;
  let at = 0;
  for (const { batch, baseOffset } of run) {
    const isSmall = batch.length <= copyMaxBytes;
    batch.copy(copies, at, 0, isSmall ? batch.length : placementBytes);
    place(copies, at, baseOffset, leaderEpoch);
    at += isSmall ? batch.length : placementBytes;
    if (isSmall) continue;
    pieces.push(copies.subarray(start, at), batch.subarray(placementBytes));
    start = at;
  }
  if (at > start) pieces.push(copies.subarray(start, at));
  return pieces;
}
