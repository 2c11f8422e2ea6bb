/**
 * Integers read or written in place in a Buffer: what batch.ts, legacy.ts and the indexes of storage share. Callers know
 * that the bytes are there.
 *
 * Unlike `Reader.long`, `readLong` never gives a bigint: beyond ±2^53 the number is rounded, so that arithmetic on
 * hostile bytes never throws. Whoever takes such a value from a client refuses it; see validate.ts.
 */

const two32 = 2 ** 32;

/** The int64 at `at`; exact up to ±2^53, rounded beyond. */
export function readLong(b: Buffer, at: number): number {
  const high = (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
  const low = (b[at + 4]! << 24) | (b[at + 5]! << 16) | (b[at + 6]! << 8) | b[at + 7]!;
  return high * two32 + (low >>> 0);
}

/** Writes a safe integer as an int64. */
export function writeLong(b: Buffer, at: number, value: number): void {
  const high = Math.floor(value / two32);
  b[at] = high >> 24;
  b[at + 1] = high >> 16;
  b[at + 2] = high >> 8;
  b[at + 3] = high;
  b[at + 4] = value >> 24;
  b[at + 5] = value >> 16;
  b[at + 6] = value >> 8;
  b[at + 7] = value;
}

/** The int32 at `at`. */
export function readInt(b: Buffer, at: number): number {
  return (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!;
}

/** Writes an int32. */
export function writeInt(b: Buffer, at: number, value: number): void {
  b[at] = value >> 24;
  b[at + 1] = value >> 16;
  b[at + 2] = value >> 8;
  b[at + 3] = value;
}
