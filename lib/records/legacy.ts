/**
 * The records of an entry of magic 0 or 1: a message, or a wrapper whose value is a compressed message set. Segments of
 * before Kafka 0.11 hold them; nothing writes them any more, and Produce refuses them. Called by record.ts.
 *
 * What always holds: wrappers are not nested, and a broken entry ends in an INVALID_RECORD.
 */
import { errors } from '../errors';
import { codecs, decompress } from './compression';
import { readInt, readLong } from './integers';
import { legacyHeaderBytes, legacyMaxTimestamp } from './legacy-entry';
import { lz4Decompress } from './lz4';
import type { LogRecord } from './record';

const overheadBytes = 12;
const magicAt = 16;
const attributesAt = 17;
const codecMask = 0x07;
const logAppendTimeFlag = 0x08;
const noHeaders = Object.freeze([]);

/** The records of the entry at `at`, by offset; of a wrapper at most `maxBytes` in all. */
export function* legacyRecordsOf(b: Buffer, at: number, maxBytes: number): Generator<LogRecord, void> {
  const outer = messageAt(b, at, b.length);
  const codec = b[at + attributesAt]! & codecMask;
  if (codec === codecs.none) {
    yield outer;
    return;
  }
  if (outer.value === null) throw errors.INVALID_RECORD.because(`compressed message at byte ${at} has no value`);
  const magic = b[at + magicAt]!;
  const inner = innerOf(unwrap(codec, magic, outer.value, maxBytes), magic);
  const isAppendTime = magic === 1 && (b[at + attributesAt]! & logAppendTimeFlag) !== 0;
  // Magic 1 counts from 0 inside and gives the last one's offset outside; magic 0 has final offsets inside.
  const shift = magic === 1 && inner.length > 0 ? outer.offset - inner[inner.length - 1]!.offset : 0;
  for (const record of inner) {
    const timestamp = isAppendTime ? outer.timestamp : record.timestamp;
    yield { ...record, offset: record.offset + shift, timestamp };
  }
}

function unwrap(codec: number, magic: number, value: Buffer, maxBytes: number): Buffer {
  if (codec === codecs.lz4) return lz4Decompress(value, maxBytes, magic > 0);
  if (codec > codecs.lz4) throw errors.INVALID_RECORD.because(`codec ${codec}, which magic ${magic} does not have`);
  return decompress(codec, value, maxBytes);
}

function innerOf(set: Buffer, magic: number): LogRecord[] {
  const records: LogRecord[] = [];
  for (let at = 0; at < set.length; ) {
    if (at + attributesAt >= set.length) throw errors.INVALID_RECORD.because(`message cut short at byte ${at}`);
    if (set[at + magicAt] !== magic) {
      throw errors.INVALID_RECORD.because(`message of magic ${set[at + magicAt]} within one of magic ${magic}`);
    }
    if ((set[at + attributesAt]! & codecMask) !== codecs.none) {
      throw errors.INVALID_RECORD.because(`compressed message within a compressed one, at byte ${at}`);
    }
    records.push(messageAt(set, at, set.length));
    at += overheadBytes + readInt(set, at + 8);
  }
  return records;
}

/** The message at `at`, which must end before `limit`. */
function messageAt(b: Buffer, at: number, limit: number): LogRecord {
  const magic = b[at + magicAt]!;
  const headerBytes = legacyHeaderBytes(magic);
  const size = readInt(b, at + 8);
  const end = at + overheadBytes + size;
  const keyAt = at + headerBytes;
  if (end > limit || keyAt + 8 > end) throw errors.INVALID_RECORD.because(`message of ${size} bytes at byte ${at}`);
  const valueAt = behind(b, keyAt, end - 4);
  if (behind(b, valueAt, end) !== end) throw errors.INVALID_RECORD.because(`message at ${at} does not end at ${end}`);
  return {
    offset: readLong(b, at),
    timestamp: legacyMaxTimestamp(b, at),
    key: field(b, keyAt),
    value: field(b, valueAt),
    headers: noHeaders,
  };
}

/** Where the bytes end whose length stands at `at`; at most `limit`. */
function behind(b: Buffer, at: number, limit: number): number {
  const length = Math.max(readInt(b, at), 0);
  const end = at + 4 + length;
  if (end > limit) throw errors.INVALID_RECORD.because(`length ${length} at byte ${at}, ${limit - at - 4} bytes left`);
  return end;
}

function field(b: Buffer, at: number): Buffer | null {
  const length = readInt(b, at);
  return length < 0 ? null : b.subarray(at + 4, at + 4 + length);
}
