/**
 * CRC-32C (Castagnoli): the checksum of a record batch, of producer snapshots and of recordings.
 *
 * Called for every batch that is produced, recovered or built. Large inputs go to the native package, which takes some
 * 3 GB/s; handing it a Buffer costs 300 ns however short that is, so the small ones of unbatched producers, for which
 * this is half of what validation costs, are worked out here, eight bytes at a step.
 */
import { crc32c as native } from '@node-rs/crc32';

/** Where both ways take equally long (measured, spec/bench/records.ts). */
const nativeMinBytes = 256;

/** Eight tables of 256 entries: the k-th says what a byte does to the sum when k bytes follow it. */
const table = ((): Int32Array => {
  const entries = new Int32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let sum = i;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
    entries[i] = sum;
  }
  for (let i = 256; i < entries.length; i++) {
    const before = entries[i - 256]!;
    entries[i] = (before >>> 8) ^ entries[before & 0xff]!;
  }
  return entries;
})();

/**
 * The checksum of the bytes from `start` up to `end`, as an unsigned 32-bit number.
 * @param before that of the bytes before them, where they are a part of something longer
 */
export function crc32c(bytes: Buffer, start = 0, end = bytes.length, before = 0): number {
  if (end - start < nativeMinBytes) return small(bytes, start, end, before);
  return native(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), before);
}

function small(b: Buffer, start: number, end: number, before: number): number {
  const t = table;
  let sum = ~before;
  let p = start;
  for (const last = end - 8; p <= last; p += 8) {
    const first = sum ^ (b[p]! | (b[p + 1]! << 8) | (b[p + 2]! << 16) | (b[p + 3]! << 24));
    sum =
      t[0x700 + (first & 0xff)]! ^
      t[0x600 + ((first >>> 8) & 0xff)]! ^
      t[0x500 + ((first >>> 16) & 0xff)]! ^
      t[0x400 + (first >>> 24)]! ^
      t[0x300 + b[p + 4]!]! ^
      t[0x200 + b[p + 5]!]! ^
      t[0x100 + b[p + 6]!]! ^
      t[b[p + 7]!]!;
  }
  for (; p < end; p++) sum = t[(sum ^ b[p]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
