/**
 * gzip, as record batches carry it: plain members, through node:zlib. Called by compression.ts only.
 * Several members one after another are read as one, as Java's GZIPInputStream reads them.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { errors } from '../errors';

/** Deflate never makes more than this many bytes of one. */
const maxRatio = 1032;
const chunkMinBytes = 16384;

/** @throws KafkaError INVALID_RECORD for what is not gzip, ends early, or comes to more than `maxBytes` */
export function gunzip(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length < 18) throw errors.INVALID_RECORD.because(`gzip data of ${bytes.length} bytes, at least 18 needed`);
  // A member ends in its size modulo 2^32: taken as a hint, so that the output needs one piece of memory and no joining
  // (one byte more than the size, or zlib asks for a second piece to find that it was all).
  const hint = Math.min(bytes.readUInt32LE(bytes.length - 4), bytes.length * maxRatio, maxBytes) + 1;
  const chunkSize = Math.max(hint, chunkMinBytes);
  try {
    const plain = gunzipSync(bytes, { maxOutputLength: Math.max(maxBytes, 1), chunkSize });
    if (plain.length > maxBytes) throw new RangeError();
    return plain;
  } catch (error) {
    throw errors.INVALID_RECORD.because(whatWentWrong('gzip', error, maxBytes));
  }
}

export function gzip(bytes: Buffer, level: number): Buffer {
  return gzipSync(bytes, { level });
}

/** The message of an error of node:zlib, in terms of the record batch. */
export function whatWentWrong(codec: string, error: unknown, maxBytes: number): string {
  if (error instanceof RangeError) return `${codec} data decompresses to more than ${maxBytes} bytes`;
  return `${codec} data cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`;
}
