/**
 * Long values in record batches: bytes that need not be copied for a recording that leaves values out. Looked for by the
 * thread that hears the traffic, so only where that takes less time than the copy.
 *
 * It need not be right: whoever redacts leaves out a frame of which anything else is missing (redact/gaps.ts).
 */
import { produce } from '../../apis';
import { DecodeError, Reader } from '../../protocol/bytes';
import { skipRequestHeader } from '../../protocol/header';
import { covers } from '../../protocol/schema';
import * as batch from '../../records/batch';
import { codecs } from '../../records/compression';
import { RecordCursor } from '../redact/record-cursor';

/** Shorter ones are copied as quickly as they are found. */
const longBytes = 256;

const cursor = new RecordCursor();

/**
 * Puts begin and end of each long value into `found`, in order: of those in uncompressed batches of magic 2 that lie one
 * behind the other from `start` on, up to what is no such batch or not whole.
 */
export function findLongValues(b: Buffer, start: number, end: number, found: number[]): void {
  for (let at = start; at + batch.headerBytes <= end; ) {
    const size = batch.sizeInBytes(b, at);
    if (batch.magic(b, at) !== 2 || size < batch.headerBytes || at + size > end) return;
    const count = batch.recordCount(b, at);
    const isPlain = batch.codec(b, at) === codecs.none && !batch.isControl(b, at);
    if (isPlain && size >= longBytes * count) findInRecords(b, at + batch.headerBytes, at + size, count, found);
    at += size;
  }
}

/** The same of a piece of an answer: pieces that a broker of ours sends begin where records do. */
export function findInChunk(bytes: Buffer, found: number[]): void {
  findLongValues(bytes, 0, bytes.length, found);
}

/** The same of what a client says, which has records where it is a Produce. */
export function findInMessage(bytes: Buffer, found: number[]): void {
  if (bytes.readInt16BE(0) !== produce.key) return;
  const version = bytes.readInt16BE(2);
  if (!covers(produce.versions, version)) return;
  const reader = new Reader(bytes);
  const places: number[] = [];
  try {
    skipRequestHeader(reader, produce.isFlexible(version));
    produce.requestLocator(version)?.(reader, places);
  } catch (error) {
    if (error instanceof DecodeError) return;
    throw error;
  }
  for (let i = 0; i < places.length; i += 2) findLongValues(bytes, places[i]!, places[i + 1]!, found);
}

function findInRecords(b: Buffer, start: number, end: number, count: number, found: number[]): void {
  cursor.at = start;
  for (let i = 0; i < count; i++) {
    const recordEnd = cursor.begin(b, end);
    if (recordEnd < 0) return;
    const keyLength = cursor.varint(b);
    if (keyLength > 0) cursor.at += keyLength;
    const length = cursor.varint(b);
    if (length >= longBytes && cursor.at + length <= recordEnd) found.push(cursor.at, cursor.at + length);
    cursor.at = recordEnd;
  }
}
