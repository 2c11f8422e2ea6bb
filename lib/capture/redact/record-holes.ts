/**
 * Where in records the secrets are: walks record batches and puts them down in parts, with holes for values.
 *
 * This runs for each batch while a broker waits for it, so it makes nothing of the records but the places of their values.
 */

import { KafkaError } from '../../errors';
import * as batch from '../../records/batch';
import { codecs, decompress, decompressedMaxBytes } from '../../records/compression';
import type { PartsWriter } from '../mrcap/parts';

export interface HiddenOfRecords {
  readonly values: boolean;
  readonly keys: boolean;
}

/**
 * Puts the batches between `start` and `end` down. What is no batch, or none that can be read, is a hole, and so invalid
 * for whoever reads it, as it was.
 */
export function putRecords(
  parts: PartsWriter,
  bytes: Buffer,
  start: number,
  end: number,
  hidden: HiddenOfRecords,
): void {
  let at = start;
  try {
    for (const found of batch.batchesOf(bytes, start, end)) {
      at = found + batch.sizeInBytes(bytes, found);
      putBatch(parts, bytes, found, hidden);
    }
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
  }
  parts.hole(end - at);
}

function putBatch(parts: PartsWriter, bytes: Buffer, at: number, hidden: HiddenOfRecords): void {
  const size = batch.sizeInBytes(bytes, at);
  const end = at + size;
  const isOld = batch.magic(bytes, at) !== 2;
  // Control records are Kafka's own; they say that a transaction ended, and nothing else.
  if (!isOld && batch.isControl(bytes, at)) return parts.literal(bytes, at, end);
  const headerEnd = at + (isOld ? batch.placementBytes + 1 : batch.headerBytes);
  const codec = batch.codec(bytes, at);
  const payload = isOld ? null : plainOf(bytes.subarray(headerEnd, end), codec);
  const holes = payload === null ? null : holesIn(payload, batch.recordCount(bytes, at), hidden);
  if (payload === null || holes === null) {
    parts.literal(bytes, at, headerEnd);
    return parts.hole(end - headerEnd);
  }
  parts.beginBatch(codec, size);
  parts.literal(bytes, at, headerEnd);
  let from = 0;
  for (let i = 0; i < holes.length; i += 2) {
    parts.literal(payload, from, holes[i]!);
    parts.hole(holes[i + 1]! - holes[i]!);
    from = holes[i + 1]!;
  }
  parts.literal(payload, from, payload.length);
  parts.end();
}

function plainOf(payload: Buffer, codec: number): Buffer | null {
  if (codec === codecs.none) return payload;
  try {
    return decompress(codec, payload, decompressedMaxBytes);
  } catch (error) {
    if (error instanceof KafkaError) return null;
    throw error;
  }
}

/** Begins and ends of the holes, one behind the other; null for what are no `count` records. */
function holesIn(b: Buffer, count: number, { values, keys }: HiddenOfRecords): number[] | null {
  const holes: number[] = [];
  const cursor = new Cursor(b);
  for (let i = 0; i < count; i++) {
    const length = cursor.varint();
    const end = cursor.at + length;
    if (!(length > 0 && end <= b.length)) return null;
    cursor.at++;
    cursor.passVarint();
    cursor.passVarint();
    if (!cursor.field(keys, end, holes) || !cursor.field(values, end, holes)) return null;
    for (let headers = cursor.varint(); headers > 0; headers--)
      if (!cursor.field(false, end, holes) || !cursor.field(values, end, holes)) return null;
    if (cursor.at !== end) return null;
  }
  return cursor.at === b.length ? holes : null;
}

/** Moves over records. Behind the end it reads zeros, and whoever moves there is told by `field` or by its own end. */
class Cursor {
  at = 0;
  private readonly b: Buffer;

  constructor(b: Buffer) {
    this.b = b;
  }

  /** Zigzag varint of 32 bits. */
  varint(): number {
    let byte = this.b[this.at++] ?? 0;
    let raw = byte & 0x7f;
    for (let shift = 7; byte > 0x7f && shift < 35; shift += 7) {
      byte = this.b[this.at++] ?? 0;
      raw |= (byte & 0x7f) << shift;
    }
    return (raw >>> 1) ^ -(raw & 1);
  }

  passVarint(): void {
    while ((this.b[this.at++] ?? 0) > 0x7f);
  }

  /** Passes over a length and as many bytes, which are a hole if they are hidden; false if they are not there. */
  field(isHidden: boolean, end: number, holes: number[]): boolean {
    const length = this.varint();
    if (length <= 0) return length >= -1;
    const start = this.at;
    this.at = start + length;
    if (this.at > end) return false;
    if (isHidden) holes.push(start, this.at);
    return true;
  }
}
