/**
 * Builds a record batch (magic 2) from records, byte for byte as Kafka's MemoryRecordsBuilder does where nothing is
 * compressed. For the metadata log, coordinators, recompression, tools and specs.
 *
 * Not done: batches without records, which only compaction makes.
 */
import { EncodeError, Writer } from '../protocol/bytes';
import * as batch from './batch';
import { type Codec, codecs, compress, type Levels } from './compression';

export interface RecordDraft {
  readonly key?: Buffer | string | null;
  readonly value?: Buffer | string | null;
  /** Milliseconds; the batch's `timestamp` if absent. */
  readonly timestamp?: number;
  readonly headers?: readonly { readonly key: string; readonly value: Buffer | string | null }[];
  /** How far its offset is from the batch's first; that of the record before it and one more if absent. */
  readonly offsetDelta?: number;
}

export interface BatchOptions {
  /** 0 if absent; records take up the offsets from here on. */
  readonly baseOffset?: number;
  /** That of the last record if absent; a larger one takes up offsets behind it. */
  readonly lastOffsetDelta?: number;
  readonly partitionLeaderEpoch?: number;
  /** Timestamp in ms of records that have none of their own; −1 if absent. */
  readonly timestamp?: number;
  /** Makes it a LogAppendTime batch: the time in ms that readers then see in place of every record's own. */
  readonly logAppendTimeMs?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly transactional?: boolean;
  /** Its records are control records; see control.ts. */
  readonly control?: boolean;
  readonly codec?: Codec;
  readonly levels?: Levels;
}

/** A writer that nobody uses: most batches are small, and the memory of a new writer is not. */
let spare: Writer | null = null;

/** @throws EncodeError for a batch without records or a value that does not fit its field */
export function buildBatch(records: Iterable<RecordDraft>, options: BatchOptions = {}): Buffer {
  const writer = spare ?? new Writer();
  // Nobody else's while it is used, and left alone with what an error leaves in it.
  spare = null;
  let count = 0;
  let offsetDelta = -1;
  let baseTimestamp = -1;
  let maxTimestamp = -1;
  for (const record of records) {
    const timestamp = record.timestamp ?? options.timestamp ?? -1;
    if (count === 0) baseTimestamp = timestamp;
    if (timestamp > maxTimestamp) maxTimestamp = timestamp;
    offsetDelta = record.offsetDelta ?? offsetDelta + 1;
    writeRecord(writer, record, timestamp - baseTimestamp, offsetDelta);
    count++;
  }
  if (count === 0) throw new EncodeError('a batch without records');
  const codec = options.codec ?? codecs.none;
  const plain = writer.take();
  const payload = codec === codecs.none ? plain : [compress(codec, Buffer.concat(plain), options.levels)];
  const payloadBytes = payload.reduce((sum, chunk) => sum + chunk.length, 0);

  let attributes: number = codec;
  if (options.logAppendTimeMs !== undefined) attributes |= batch.attributeBits.logAppendTime;
  if (options.transactional === true) attributes |= batch.attributeBits.transactional;
  if (options.control === true) attributes |= batch.attributeBits.control;
  writer.long(options.baseOffset ?? 0);
  writer.int32(batch.headerBytes - batch.logOverheadBytes + payloadBytes);
  writer.int32(options.partitionLeaderEpoch ?? -1);
  writer.int8(2);
  writer.int32(0);
  writer.int16(attributes);
  writer.int32(options.lastOffsetDelta ?? offsetDelta);
  writer.long(baseTimestamp);
  writer.long(options.logAppendTimeMs ?? maxTimestamp);
  writer.long(options.producerId ?? -1);
  writer.int16(options.producerEpoch ?? -1);
  writer.int32(options.baseSequence ?? -1);
  writer.int32(count);
  const whole = Buffer.concat([...writer.take(), ...payload]);
  batch.updateCrc(whole);
  spare = writer;
  return whole;
}

function writeRecord(writer: Writer, record: RecordDraft, timestampDelta: number, offsetDelta: number): void {
  const key = bytesOf(record.key);
  const value = bytesOf(record.value);
  const headers = record.headers ?? [];
  // The length stands before the fields in as many bytes as it needs, so their size is added up first.
  let size = 1 + varlongBytes(timestampDelta) + varintBytes(offsetDelta) + fieldBytes(key) + fieldBytes(value);
  size += varintBytes(headers.length);
  for (const header of headers) {
    const keyBytes = Buffer.byteLength(header.key);
    size += varintBytes(keyBytes) + keyBytes + fieldBytes(bytesOf(header.value));
  }
  writer.varint(size);
  writer.int8(0);
  writer.varlong(timestampDelta);
  writer.varint(offsetDelta);
  writeField(writer, key);
  writeField(writer, value);
  writer.varint(headers.length);
  for (const header of headers) {
    writeField(writer, Buffer.from(header.key));
    writeField(writer, bytesOf(header.value));
  }
}

function bytesOf(value: Buffer | string | null | undefined): Buffer | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? Buffer.from(value) : value;
}

function writeField(writer: Writer, value: Buffer | null): void {
  if (value === null) {
    writer.varint(-1);
    return;
  }
  writer.varint(value.length);
  writer.raw(value);
}

function fieldBytes(value: Buffer | null): number {
  return value === null ? 1 : varintBytes(value.length) + value.length;
}

/** Bytes of a zigzag varint. */
function varintBytes(value: number): number {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0;
  return raw < 0x80 ? 1 : raw < 0x4000 ? 2 : raw < 0x200000 ? 3 : raw < 0x10000000 ? 4 : 5;
}

/** Bytes of a zigzag varint of 64 bits. */
function varlongBytes(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let bytes = 1;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
