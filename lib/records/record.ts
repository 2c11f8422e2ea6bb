/**
 * The records of a batch, one after another: for coordinators and the metadata log that read their own logs, for lookups
 * by timestamp, and for the rewriting of batches. Not for the hot path, which has scan.ts.
 *
 * What always holds: bytes are slices of the batch (or of what it decompressed to), and a batch that is not what it
 * claims to be ends in an INVALID_RECORD. A negative header count reads as no headers, as some writers of logs have it.
 */
import { errors } from '../errors';
import { DecodeError, Reader } from '../protocol/bytes';
import * as batch from './batch';
import { decompress, decompressedMaxBytes } from './compression';
import { legacyRecordsOf } from './legacy';

export interface Header {
  readonly key: string;
  readonly value: Buffer | null;
}

export interface LogRecord {
  readonly offset: number;
  /** Milliseconds, −1 for none: the producer's, or the append time where the batch has that. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly Header[];
}

const noHeaders: readonly Header[] = Object.freeze([]);
/** A header is at least two lengths. */
const headerMinBytes = 2;

/**
 * The records of the batch at `at`, of any magic, decompressed if need be.
 *
 * @param maxBytes most that they may decompress to
 * @throws KafkaError INVALID_RECORD where the records are not what the batch declares
 */
export function* recordsOf(b: Buffer, at = 0, maxBytes = decompressedMaxBytes): Generator<LogRecord, void> {
  if (batch.magic(b, at) < 2) {
    yield* legacyRecordsOf(b, at, maxBytes);
    return;
  }
  const stored = b.subarray(at + batch.headerBytes, at + batch.sizeInBytes(b, at));
  yield* recordsIn(decompress(batch.codec(b, at), stored, maxBytes), b, at);
}

/** The records of the batch of magic 2 at `at`, whose decompressed records are `payload`. Throws as `recordsOf` does. */
export function* recordsIn(payload: Buffer, b: Buffer, at = 0): Generator<LogRecord, void> {
  const reader = new Reader(payload);
  const baseOffset = batch.baseOffset(b, at);
  const baseTimestamp = batch.baseTimestamp(b, at);
  const appendTime = batch.timestampType(b, at) === 'LogAppendTime' ? batch.maxTimestamp(b, at) : null;
  const count = batch.recordCount(b, at);
  for (let i = 0; i < count; i++) {
    const record = recordAt(reader, baseOffset, baseTimestamp, i);
    yield appendTime === null ? record : { ...record, timestamp: appendTime };
  }
  if (reader.remaining > 0) {
    throw errors.INVALID_RECORD.because(`${reader.remaining} bytes left behind the ${count} records that are declared`);
  }
}

function recordAt(reader: Reader, baseOffset: number, baseTimestamp: number, index: number): LogRecord {
  try {
    return readRecord(reader, baseOffset, baseTimestamp);
  } catch (error) {
    if (error instanceof DecodeError) throw errors.INVALID_RECORD.because(`record ${index}, ${error.message}`);
    throw error;
  }
}

function readRecord(reader: Reader, baseOffset: number, baseTimestamp: number): LogRecord {
  reader.field = 'length';
  const length = reader.varint();
  if (length < 0 || length > reader.remaining) reader.fail(`length ${length}, ${reader.remaining} bytes left`);
  const end = reader.position + length;
  reader.field = 'attributes';
  reader.int8();
  reader.field = 'timestampDelta';
  const timestamp = baseTimestamp + Number(reader.varlong());
  reader.field = 'offsetDelta';
  const offset = baseOffset + reader.varint();
  reader.field = 'key';
  const key = nullableBytes(reader);
  reader.field = 'value';
  const value = nullableBytes(reader);
  reader.field = 'headers';
  const headers = readHeaders(reader, end);
  if (reader.position !== end) reader.fail(`length ${length}, but its fields take ${reader.position - end + length}`);
  return { offset, timestamp, key, value, headers };
}

function nullableBytes(reader: Reader): Buffer | null {
  const length = reader.varint();
  return length < 0 ? null : reader.slice(length);
}

function readHeaders(reader: Reader, end: number): readonly Header[] {
  const count = reader.varint();
  if (count <= 0) return noHeaders;
  const left = end - reader.position;
  if (count * headerMinBytes > left) reader.fail(`${count} headers do not fit in the ${left} bytes left`);
  const headers: Header[] = [];
  for (let i = 0; i < count; i++) {
    const length = reader.varint();
    if (length < 0) reader.fail(`header key of length ${length}`);
    headers.push({ key: reader.utf8(length), value: nullableBytes(reader) });
  }
  return headers;
}
