/**
 * Producer ids and epochs inside record batches: put in before a batch is sent again, and allowed for when one that was
 * fetched is held against the recorded one.
 *
 * What always holds: bytes that were given are never changed; a batch in which nothing is called otherwise is passed on as
 * it is, and one that changes has its CRC worked out anew. What is not a batch of magic 2 stays as it is.
 */
import * as batch from '../../records/batch';
import { writeLong } from '../../records/integers';
import { many } from '../../text';
import { type IdKind, idKindOf } from './id-kinds';
import type { IdPlace, LearnedIds } from './learned-ids';

const producerIds = idKindOf('', 'producerId', 'long')!;
const producerEpochs = idKindOf('', 'producerEpoch', 'int16')!;
const offsets = idKindOf('', 'baseOffset', 'long')!;
const leaderEpochs = idKindOf('', 'leaderEpoch', 'int32')!;

/** The records of a Produce request as the new broker is to get them. */
export function rewriteBatches(records: Buffer, place: IdPlace, ids: LearnedIds): Buffer {
  let copy: Buffer | null = null;
  for (const at of batchesIn(records)) {
    if (batch.magic(records, at) !== 2) continue;
    const producerId = batch.producerId(records, at);
    const epoch = batch.producerEpoch(records, at);
    const newId = ids.get(producerIds, place, producerId) as number;
    const newEpoch = ids.get(producerEpochs, { ...place, producerId }, epoch) as number;
    if (newId === producerId && newEpoch === epoch) continue;
    copy ??= Buffer.from(records);
    writeLong(copy, at + batch.fieldAt.producerId, newId);
    copy.writeInt16BE(newEpoch, at + batch.fieldAt.producerEpoch);
    batch.updateCrc(copy, at);
  }
  return copy ?? records;
}

/**
 * How fetched records differ from the recorded ones where they must not: ids, and the times of control records, which the
 * broker writes, are allowed for. What a fetch cut off at its end does not count.
 * @returns for people, such as `batch 0: record count 3, not 2`; null where they are the same
 */
export function compareBatches(recorded: Buffer, replayed: Buffer, place: IdPlace, ids: LearnedIds): string | null {
  if (recorded.equals(replayed)) return null;
  const [olds, news] = [batchesIn(recorded), batchesIn(replayed)];
  if (olds.length !== news.length) return `${recordsIn(replayed, news)}, not ${recordsIn(recorded, olds)}`;
  for (const [i, old] of olds.entries()) {
    const why = compareBatch(recorded, old, replayed, news[i]!, place, ids);
    if (why !== null) return `batch ${i}: ${why}`;
  }
  return null;
}

/** Where batches begin; nothing behind bytes that are none. */
function batchesIn(records: Buffer): number[] {
  try {
    return [...batch.batchesOf(records)];
  } catch {
    return [];
  }
}

function recordsIn(b: Buffer, batches: readonly number[]): string {
  if (batches.length === 0) return b.length === 0 ? 'no records' : `${b.length} bytes without a whole batch`;
  const records = batches.reduce((sum, at) => sum + Math.max(1, batch.recordCount(b, at)), 0);
  return `${many(records, 'record')} in ${many(batches.length, 'batch', 'batches')} from offset ${batch.baseOffset(b, batches[0])}`;
}

type Reading = readonly [what: string, read: (b: Buffer, at: number) => unknown, kind: IdKind | null];

const headerFields: readonly Reading[] = [
  ['magic', batch.magic, null],
  ['base offset', batch.baseOffset, offsets],
  ['size in bytes', batch.sizeInBytes, null],
  ['partition leader epoch', batch.partitionLeaderEpoch, leaderEpochs],
  ['attributes', batch.attributes, null],
  ['last offset', batch.lastOffset, offsets],
  ['producer id', batch.producerId, producerIds],
  ['producer epoch', batch.producerEpoch, producerEpochs],
  ['base sequence', batch.baseSequence, null],
  ['record count', batch.recordCount, null],
];
const times: readonly Reading[] = [
  ['base timestamp', batch.baseTimestamp, null],
  ['largest timestamp', batch.maxTimestamp, null],
];

function compareBatch(
  recorded: Buffer,
  old: number,
  replayed: Buffer,
  now: number,
  place: IdPlace,
  ids: LearnedIds,
): string | null {
  const within = { ...place, producerId: batch.producerId(recorded, old) };
  const isBrokersTime = batch.isControl(recorded, old) || batch.timestampType(recorded, old) === 'LogAppendTime';
  for (const [what, read, kind] of isBrokersTime ? headerFields : [...headerFields, ...times]) {
    const [was, is] = [read(recorded, old), read(replayed, now)];
    const expected = kind === null ? was : ids.get(kind, within, was);
    // Of a producer that was not recorded, this is where its id is first seen.
    const isLearned = (kind === producerIds || kind === producerEpochs) && !kind.isNone(was) && !kind.isNone(is);
    if (isLearned && ids.learn(kind, within, was, is)) continue;
    if (is !== expected) return `${what} ${is}, not ${expected}`;
  }
  if (batch.magic(recorded, old) !== 2) return null;
  const size = batch.sizeInBytes(recorded, old);
  const isSame =
    recorded.compare(replayed, now + batch.headerBytes, now + size, old + batch.headerBytes, old + size) === 0;
  return isSame ? null : `not the same in its ${many(batch.recordCount(recorded, old), 'record')}`;
}
