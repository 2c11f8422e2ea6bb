/**
 * A record batch where it lies: its fields, read at (buffer, position) without making an object of it.
 *
 * Appends, recovery scans, fetches and validation all go through here, so everything is a plain function:
 * `import * as batch from '../records/batch'`, then `batch.nextOffset(buffer, at)`. `at` is where the batch begins; the
 * caller knows (from `wholeSize`) that the batch is there as a whole. Old entries of magic 0 and 1 answer too, with what
 * they have: the one offset they carry is that of their last record, and what they lack reads as "none".
 */
import { errors, type KafkaError } from '../errors';
import { crc32c } from './crc32c';
import { readInt, readLong, writeInt, writeLong } from './integers';
import { legacyCrcMatches, legacyMaxTimestamp } from './legacy-entry';

export type TimestampType = 'CreateTime' | 'LogAppendTime';

/** Base offset and length: what stands before the bytes that the length counts. */
export const logOverheadBytes = 12;
/** Header of a batch of magic 2; its records follow. */
export const headerBytes = 61;
/** Bytes at the front that the CRC does not cover and an append sets: base offset, length, leader epoch. */
export const placementBytes = 16;
/** Least that the length counts, by magic: the rest of the header, and in old entries the lengths of key and value. */
const lengthMin = [14, 22, headerBytes - logOverheadBytes] as const;
const magicAt = 16;
const sequenceMax = 0x7fffffff;

export const attributeBits = Object.freeze({
  codec: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
});

/** Where the fields of magic 2 stand. */
export const fieldAt = Object.freeze({
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: magicAt,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
});

/**
 * Size of the batch at `at` if it lies in the buffer as a whole before `end`, 0 if the bytes end within it.
 * @throws KafkaError CORRUPT_MESSAGE if no batch can begin like this: then nothing behind it can be found either
 */
export function wholeSize(b: Buffer, at = 0, end = b.length): number {
  if (end - at < logOverheadBytes) return 0;
  const length = readInt(b, at + fieldAt.batchLength);
  if (length < lengthMin[0]) throw tooShort(length, at, lengthMin[0]);
  if (end - at <= magicAt) return 0;
  const least = lengthMin[b[at + magicAt]!];
  if (least === undefined) {
    throw errors.CORRUPT_MESSAGE.because(`magic ${magic(b, at)} at byte ${at + magicAt}, only 0, 1 and 2 are known`);
  }
  if (length < least) throw tooShort(length, at, least);
  const size = logOverheadBytes + length;
  return size > end - at ? 0 : size;
}

function tooShort(length: number, at: number, least: number): KafkaError {
  return errors.CORRUPT_MESSAGE.because(`batch length ${length} at byte ${at}, at least ${least} needed`);
}

/**
 * Positions of the batches that lie one behind another; ends before a batch that is not there as a whole.
 * @throws KafkaError CORRUPT_MESSAGE as `wholeSize` does
 */
export function* batchesOf(b: Buffer, start = 0, end = b.length): Generator<number, void> {
  for (let at = start; ; ) {
    const size = wholeSize(b, at, end);
    if (size === 0) return;
    yield at;
    at += size;
  }
}

/** Whether the bytes are those that the CRC was computed of; false also where a header is cut short. */
export function crcMatches(b: Buffer, at = 0): boolean {
  if (magic(b, at) < 2) return legacyCrcMatches(b, at, sizeInBytes(b, at));
  const size = sizeInBytes(b, at);
  return size >= headerBytes && crc(b, at) === crc32c(b, at + fieldAt.attributes, at + size);
}

export function sizeInBytes(b: Buffer, at = 0): number {
  return logOverheadBytes + readInt(b, at + fieldAt.batchLength);
}

/** 2 for a record batch; 0 or 1 for an entry of an old message set. */
export function magic(b: Buffer, at = 0): number {
  return (b[at + magicAt]! << 24) >> 24;
}

/** Offset of the first record; in an old entry, which does not say, that of its last. */
export function baseOffset(b: Buffer, at = 0): number {
  return readLong(b, at);
}

/** Last offset that the batch takes up, though compaction may have removed the record. */
export function lastOffset(b: Buffer, at = 0): number {
  const base = readLong(b, at);
  return b[at + magicAt] === 2 ? base + readInt(b, at + fieldAt.lastOffsetDelta) : base;
}

/** Offset behind the batch. */
export function nextOffset(b: Buffer, at = 0): number {
  return lastOffset(b, at) + 1;
}

/** −1 in old entries, which have none. */
export function partitionLeaderEpoch(b: Buffer, at = 0): number {
  return b[at + magicAt] === 2 ? readInt(b, at + fieldAt.partitionLeaderEpoch) : -1;
}

/** The CRC that the batch carries, unsigned. */
export function crc(b: Buffer, at = 0): number {
  return readInt(b, at + (b[at + magicAt] === 2 ? fieldAt.crc : placementBytes - 4)) >>> 0;
}

/** See `attributeBits`; old entries have those of codec and timestamp type only. */
export function attributes(b: Buffer, at = 0): number {
  return b[at + magicAt] === 2
    ? (b[at + fieldAt.attributes]! << 8) | b[at + fieldAt.attributes + 1]!
    : b[at + 17]! & 15;
}

/** Number of the codec, 0–7, of which `compression.ts` knows 0–4. */
export function codec(b: Buffer, at = 0): number {
  return attributes(b, at) & attributeBits.codec;
}

export function timestampType(b: Buffer, at = 0): TimestampType {
  return (attributes(b, at) & attributeBits.logAppendTime) === 0 ? 'CreateTime' : 'LogAppendTime';
}

export function isTransactional(b: Buffer, at = 0): boolean {
  return (attributes(b, at) & attributeBits.transactional) !== 0;
}

/** Whether its records are control records (control.ts), which no application gets to see. */
export function isControl(b: Buffer, at = 0): boolean {
  return (attributes(b, at) & attributeBits.control) !== 0;
}

/** Timestamp that the deltas of the records count from, ms; the delete horizon once compaction has set one. */
export function baseTimestamp(b: Buffer, at = 0): number {
  return b[at + magicAt] === 2 ? readLong(b, at + fieldAt.baseTimestamp) : legacyMaxTimestamp(b, at);
}

/** Largest timestamp of the records, or the append time, ms; −1 for none. */
export function maxTimestamp(b: Buffer, at = 0): number {
  return b[at + magicAt] === 2 ? readLong(b, at + fieldAt.maxTimestamp) : legacyMaxTimestamp(b, at);
}

/** −1 for none. */
export function producerId(b: Buffer, at = 0): number {
  return b[at + magicAt] === 2 ? readLong(b, at + fieldAt.producerId) : -1;
}

/** −1 for none. */
export function producerEpoch(b: Buffer, at = 0): number {
  if (b[at + magicAt] !== 2) return -1;
  return ((b[at + fieldAt.producerEpoch]! << 24) >> 16) | b[at + fieldAt.producerEpoch + 1]!;
}

/** Sequence number of the first record, −1 for none. */
export function baseSequence(b: Buffer, at = 0): number {
  return b[at + magicAt] === 2 ? readInt(b, at + fieldAt.baseSequence) : -1;
}

/** Sequence number of the last record, −1 for none; 0 follows 2147483647. */
export function lastSequence(b: Buffer, at = 0): number {
  const first = baseSequence(b, at);
  return first < 0 ? -1 : addToSequence(first, readInt(b, at + fieldAt.lastOffsetDelta));
}

/** A sequence number `count` further on; 0 follows 2147483647. */
export function addToSequence(sequence: number, count: number): number {
  const sum = sequence + count;
  return sum > sequenceMax ? sum - sequenceMax - 1 : sum;
}

/** Number of records, as the batch declares it; −1 in old entries, which do not. */
export function recordCount(b: Buffer, at = 0): number {
  return b[at + magicAt] === 2 ? readInt(b, at + fieldAt.recordCount) : -1;
}

/** Gives the batch its place in a log; the CRC stays right. */
export function place(b: Buffer, at: number, offset: number, leaderEpoch: number): void {
  writeLong(b, at, offset);
  writeInt(b, at + fieldAt.partitionLeaderEpoch, leaderEpoch);
}

/** Computes the CRC anew, after a change behind it. */
export function updateCrc(b: Buffer, at = 0): void {
  writeInt(b, at + fieldAt.crc, crc32c(b, at + fieldAt.attributes, at + sizeInBytes(b, at)));
}
