/**
 * The header of an entry of magic 0 or 1, which segments of before Kafka 0.11 hold: what batch.ts needs of it.
 * Layout: offset int64, size int32, CRC-32 of what follows, magic, attributes, and in magic 1 a timestamp.
 */
import { crc32 } from '@node-rs/crc32';
import { readInt, readLong } from './integers';

const crcAt = 12;
const magicAt = 16;
const timestampAt = 18;

/** Bytes from the offset up to the key's length. */
export function legacyHeaderBytes(magic: number): number {
  return magic === 0 ? timestampAt : timestampAt + 8;
}

/** Whether an entry of `size` bytes, offset and size included, is what its CRC was computed of. */
export function legacyCrcMatches(b: Buffer, at: number, size: number): boolean {
  return size > magicAt && readInt(b, at + crcAt) >>> 0 === crc32(b.subarray(at + magicAt, at + size));
}

/** The entry's timestamp in ms; −1 in magic 0, which has none. Of a compressed entry: the largest of its records'. */
export function legacyMaxTimestamp(b: Buffer, at: number): number {
  return b[at + magicAt] === 1 ? readLong(b, at + timestampAt) : -1;
}
