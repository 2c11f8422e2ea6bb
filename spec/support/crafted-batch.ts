/**
 * Record batches with whatever is in them, right or wrong: what lib/records/build.ts would never write. The CRC is right
 * unless it is given.
 */
import { crc32c } from '../../lib/records/crc32c';

/** A record; fields that are left out are as an honest producer writes them. */
export interface CraftedRecord {
  readonly timestampDelta?: number | bigint;
  readonly offsetDelta?: number;
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: readonly [key: string | null, value: string | null][];
  /** What the record says in place of its real number of headers. */
  readonly headerCount?: number;
  /** What the record says in place of its real length. */
  readonly length?: number;
}

export interface CraftedBatch {
  readonly baseOffset?: number;
  readonly length?: number;
  readonly magic?: number;
  readonly crc?: number;
  readonly attributes?: number;
  readonly lastOffsetDelta?: number;
  readonly baseTimestamp?: number | bigint;
  readonly maxTimestamp?: number | bigint;
  readonly producerId?: number | bigint;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly recordCount?: number;
  /** In place of the records' bytes. */
  readonly payload?: Buffer;
  readonly compress?: (payload: Buffer) => Buffer;
}

export function varint(value: number | bigint): Buffer {
  let rest = BigInt(value) < 0n ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

function field(text: string | null): Buffer {
  if (text === null) return varint(-1);
  return Buffer.concat([varint(Buffer.byteLength(text)), Buffer.from(text)]);
}

export function craftedRecord(record: CraftedRecord, index = 0): Buffer {
  const headers = record.headers ?? [];
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(record.timestampDelta ?? 0),
    varint(record.offsetDelta ?? index),
    field(record.key ?? null),
    field(record.value === undefined ? 'v' : record.value),
    varint(record.headerCount ?? headers.length),
    ...headers.flatMap(([key, value]) => [field(key), field(value)]),
  ]);
  return Buffer.concat([varint(record.length ?? body.length), body]);
}

export function craftedBatch(records: readonly CraftedRecord[], batch: CraftedBatch = {}): Buffer {
  const plain = batch.payload ?? Buffer.concat(records.map(craftedRecord));
  const payload = batch.compress === undefined ? plain : batch.compress(plain);
  const baseTimestamp = batch.baseTimestamp ?? 1_700_000_000_000;
  const b = Buffer.concat([Buffer.alloc(61), payload]);
  b.writeBigInt64BE(BigInt(batch.baseOffset ?? 0), 0);
  b.writeInt32BE(batch.length ?? b.length - 12, 8);
  b.writeInt32BE(-1, 12);
  b.writeInt8(batch.magic ?? 2, 16);
  b.writeInt16BE(batch.attributes ?? 0, 21);
  b.writeInt32BE(batch.lastOffsetDelta ?? records.length - 1, 23);
  b.writeBigInt64BE(BigInt(baseTimestamp), 27);
  b.writeBigInt64BE(BigInt(batch.maxTimestamp ?? baseTimestamp), 35);
  b.writeBigInt64BE(BigInt(batch.producerId ?? -1), 43);
  b.writeInt16BE(batch.producerEpoch ?? -1, 51);
  b.writeInt32BE(batch.baseSequence ?? -1, 53);
  b.writeInt32BE(batch.recordCount ?? records.length, 57);
  b.writeUInt32BE(batch.crc ?? crc32c(b, 21), 17);
  return b;
}
