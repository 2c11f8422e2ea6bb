/**
 * snappy, as record batches carry it. Called by compression.ts only.
 *
 * Java writes it in the framing of snappy-java ("xerial"): a header of 16 bytes, then blocks of at most 32 KiB, each
 * with its compressed size as an int32. librdkafka and most others write one raw block; both are read, as Java does.
 * Every block begins with its decompressed size, so the whole size is known before anything is decompressed.
 */
import { errors } from '../errors';
import { readInt } from './integers';

type Package = typeof import('snappy');

let loaded: Package | undefined;
const load = (): Package => (loaded ??= require('snappy') as Package);

/** Magic, version 1, least compatible version 1. */
const header = Buffer.from('82534e4150505900' + '00000001' + '00000001', 'hex');
const magicBytes = 8;
/** The magic where the size of a block would stand: another stream begins. */
const restart = header.readInt32BE(0);
const blockBytes = 32768;
/** Three bytes copy at most 64: no block can claim more than this many bytes for each of its own. */
const maxRatio = 22;

/** @throws KafkaError INVALID_RECORD for what is not snappy or comes to more than `maxBytes` */
export function snappyDecompress(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length === 0) throw errors.INVALID_RECORD.because('snappy data of 0 bytes');
  if (!isFramed(bytes)) return block(bytes, declaredSize(bytes, 0, bytes.length, 0, maxBytes));
  const blocks = blocksOf(bytes, maxBytes);
  const [first] = blocks;
  if (first !== undefined && blocks.length === 1) return block(bytes.subarray(first.start, first.end), first.size);
  const whole = Buffer.allocUnsafe(blocks.reduce((sum, { size }) => sum + size, 0));
  let filled = 0;
  for (const { start, end, size } of blocks) {
    block(bytes.subarray(start, end), size).copy(whole, filled);
    filled += size;
  }
  return whole;
}

function isFramed(bytes: Buffer): boolean {
  return bytes.length >= header.length && bytes.compare(header, 0, magicBytes, 0, magicBytes) === 0;
}

interface Block {
  readonly start: number;
  readonly end: number;
  /** Decompressed size, as the block declares it. */
  readonly size: number;
}

/** Finds the blocks of a framed stream; together they declare at most `maxBytes`. */
function blocksOf(bytes: Buffer, maxBytes: number): Block[] {
  const blocks: Block[] = [];
  let total = 0;
  // Fewer bytes behind the last block than a size takes are left unread, as Java leaves them.
  for (let at = header.length; at + 4 <= bytes.length; ) {
    const length = readInt(bytes, at);
    if (length === restart) {
      at += header.length;
      continue;
    }
    const start = at + 4;
    const end = start + length;
    if (length <= 0 || end > bytes.length) {
      throw errors.INVALID_RECORD.because(`snappy block of ${length} bytes at ${at}, ${bytes.length - start} left`);
    }
    const size = declaredSize(bytes, start, end, total, maxBytes);
    total += size;
    blocks.push({ start, end, size });
    at = end;
  }
  return blocks;
}

/**
 * The decompressed size that a block begins with, checked against what its length allows and, with the size of the
 * blocks `before`, against the limit.
 */
function declaredSize(bytes: Buffer, start: number, end: number, before: number, maxBytes: number): number {
  let size = 0;
  let scale = 1;
  for (let at = start; at < end && at < start + 5; at++, scale *= 128) {
    const byte = bytes[at]!;
    size += (byte & 0x7f) * scale;
    if (byte > 0x7f) continue;
    if (before + size > maxBytes) {
      throw errors.INVALID_RECORD.because(`snappy data of ${before + size} bytes or more exceeds ${maxBytes}`);
    }
    if (size > (end - start) * maxRatio) {
      throw errors.INVALID_RECORD.because(`snappy block of ${end - start} bytes claims ${size} decompressed`);
    }
    return size;
  }
  throw errors.INVALID_RECORD.because('snappy block without a size');
}

function block(bytes: Buffer, size: number): Buffer {
  let result: string | Buffer;
  try {
    // Copying is faster here: memory that Rust allocated outside of V8 costs page faults and a finalizer for each block.
    result = load().uncompressSync(bytes, { asBuffer: true, copyOutputData: true });
  } catch (error) {
    throw errors.INVALID_RECORD.because(`snappy data cannot be decompressed: ${String(error)}`);
  }
  if (typeof result === 'string' || result.length !== size) {
    throw errors.INVALID_RECORD.because(`snappy block of ${result.length} bytes where ${size} were declared`);
  }
  return result;
}

/** Compresses in Java's framing, which every Kafka client reads. */
export function snappyCompress(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [header];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const piece = load().compressSync(bytes.subarray(at, at + blockBytes), { copyOutputData: true });
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(piece.length);
    pieces.push(length, piece);
  }
  return Buffer.concat(pieces);
}
