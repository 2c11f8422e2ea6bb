/**
 * Where in records the secrets are: walks record batches and puts them down in parts, with holes for values.
 *
 * This runs for each batch that is recorded, so it makes nothing of the records: what it passes goes into parts at once,
 * and is taken back where it turns out to be no records.
 */

import { KafkaError } from '../../errors';
import * as batch from '../../records/batch';
import { codecs, decompress, decompressedMaxBytes } from '../../records/compression';
import type { PartsWriter } from '../mrcap/parts';
import type { Missing } from './gaps';
import { RecordCursor } from './record-cursor';

export interface HiddenOfRecords {
  readonly values: boolean;
  readonly keys: boolean;
}

/** Behind the end it reads zeros, and is told by a field or by the end of a record. */
export class RecordHoles {
  private readonly values: boolean;
  private readonly keys: boolean;
  private readonly cursor = new RecordCursor();
  /** Where that begins which is not put down yet. */
  private from = 0;
  private missing: Missing | null = null;

  constructor({ values, keys }: HiddenOfRecords) {
    this.values = values;
    this.keys = keys;
  }

  /**
   * Puts the batches between `start` and `end` down. What is no batch, or none that can be read, is a hole, and so invalid
   * for whoever reads it, as it was.
   *
   * @param missing is told of holes; values that are too may be missing
   */
  put(parts: PartsWriter, bytes: Buffer, start: number, end: number, missing: Missing | null = null): void {
    let at = start;
    for (let size = sizeAt(bytes, at, end); size > 0; size = sizeAt(bytes, at, end)) {
      this.batch(parts, bytes, at, at + size, missing);
      at += size;
    }
    parts.hole(end - at);
    missing?.hole(at, end);
  }

  private batch(parts: PartsWriter, bytes: Buffer, at: number, end: number, missing: Missing | null): void {
    const isOld = batch.magic(bytes, at) !== 2;
    // Control records are Kafka's own; they say that a transaction ended, and nothing else.
    if (!isOld && batch.isControl(bytes, at)) return parts.literal(bytes, at, end);
    const headerEnd = at + (isOld ? batch.placementBytes + 1 : batch.headerBytes);
    const before = parts.length;
    if (!isOld && this.payload(parts, bytes, at, end, missing)) return;
    parts.cutTo(before);
    parts.literal(bytes, at, headerEnd);
    parts.hole(end - headerEnd);
    missing?.hole(headerEnd, end);
  }

  /** False where the payload is no records; some may have been put down then. */
  private payload(parts: PartsWriter, bytes: Buffer, at: number, end: number, missing: Missing | null): boolean {
    const codec = batch.codec(bytes, at);
    const headerEnd = at + batch.headerBytes;
    const count = batch.recordCount(bytes, at);
    parts.beginBatch(codec, end - at);
    this.from = at;
    this.missing = missing;
    if (codec !== codecs.none) {
      const plain = plainOf(bytes.subarray(headerEnd, end), codec);
      if (plain === null) return false;
      parts.literal(bytes, at, headerEnd);
      this.from = 0;
      this.missing = null;
      if (!this.records(parts, plain, 0, plain.length, count)) return false;
    } else if (!this.records(parts, bytes, headerEnd, end, count)) return false;
    parts.end();
    return true;
  }

  /**
   * Puts down what is not yet, and the records that begin at `start` and take all up to `end`.
   * @returns false for what are no `count` records
   */
  private records(parts: PartsWriter, b: Buffer, start: number, end: number, count: number): boolean {
    const { cursor, keys, values } = this;
    cursor.at = start;
    for (let i = 0; i < count; i++) {
      const recordEnd = cursor.begin(b, end);
      if (recordEnd < 0) return false;
      if (!this.field(parts, b, keys, recordEnd) || !this.field(parts, b, values, recordEnd)) return false;
      for (let headers = cursor.varint(b); headers > 0; headers--)
        if (!this.field(parts, b, false, recordEnd) || !this.field(parts, b, values, recordEnd)) return false;
      if (cursor.at !== recordEnd) return false;
    }
    parts.literal(b, this.from, end);
    return cursor.at === end;
  }

  /** Passes over a length and as many bytes, which are a hole if they are hidden; false if they are not there. */
  private field(parts: PartsWriter, b: Buffer, isHidden: boolean, end: number): boolean {
    const { cursor } = this;
    const length = cursor.varint(b);
    if (length <= 0) return length >= -1;
    const start = cursor.at;
    const fieldEnd = start + length;
    if (fieldEnd > end) return false;
    cursor.at = fieldEnd;
    if (!isHidden) return true;
    parts.literal(b, this.from, start);
    parts.hole(length);
    this.missing?.hole(start, fieldEnd);
    this.from = fieldEnd;
    return true;
  }
}

/** 0 where no whole batch lies. */
function sizeAt(bytes: Buffer, at: number, end: number): number {
  try {
    return batch.wholeSize(bytes, at, end);
  } catch (error) {
    if (error instanceof KafkaError) return 0;
    throw error;
  }
}

function plainOf(payload: Buffer, codec: number): Buffer | null {
  try {
    return decompress(codec, payload, decompressedMaxBytes);
  } catch (error) {
    if (error instanceof KafkaError) return null;
    throw error;
  }
}
