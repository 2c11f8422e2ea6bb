/**
 * lz4, as record batches carry it: the LZ4 frame format with independent blocks. Called by compression.ts and legacy.ts.
 *
 * Frames are taken apart and put together here, block by block, as Java's KafkaLZ4BlockInputStream does: the package's
 * own frame functions have no limit and write blocks of 4 MiB. Written frames have blocks of 64 KiB and no checksums of
 * their own, as Java's have; checksums of blocks and content are stepped over (the batch's CRC covers them).
 *
 * Not done: `compression.lz4.level`; the package has one level, which is Java's default "fast".
 */
import { errors } from '../errors';

type Package = typeof import('lz4-napi');

let loaded: Package | undefined;
const load = (): Package => (loaded ??= require('lz4-napi') as Package);

const magic = 0x184d2204;
/** Magic; version 1 with independent blocks; blocks of 64 KiB; the checksum of these two bytes. */
const frameHeader = Buffer.from('04224d18' + '60' + '40' + '82', 'hex');
const writtenBlockBytes = 65536;
/** A byte of a block stands for at most this many. */
const maxRatio = 255;
/** Set in the size of a block that is stored as it is. */
const storedFlag = 0x80000000;

interface Frame {
  /** Where the first block's size stands. */
  readonly start: number;
  readonly blockMaxBytes: number;
  readonly hasBlockChecksums: boolean;
}

/**
 * @param checked false for message sets of magic 0, whose writers computed the header checksum wrongly
 * @throws KafkaError INVALID_RECORD for what is not such a frame, ends early, or comes to more than `maxBytes`
 */
export function lz4Decompress(bytes: Buffer, maxBytes: number, checked = true): Buffer {
  const frame = parseHeader(bytes, checked);
  const pieces: Buffer[] = [];
  let total = 0;
  for (let at = frame.start; ; ) {
    if (at + 4 > bytes.length) refuse(`lz4 frame ends without its end mark at byte ${at}`);
    const word = bytes.readUInt32LE(at);
    const size = word & ~storedFlag;
    if (size === 0) break;
    const start = at + 4;
    const end = start + size;
    if (size > frame.blockMaxBytes) refuse(`lz4 block of ${size} bytes exceeds the frame's ${frame.blockMaxBytes}`);
    if (end > bytes.length) refuse(`lz4 block of ${size} bytes at ${at}, ${bytes.length - start} left`);
    const left = maxBytes - total;
    const piece = word >= storedFlag ? bytes.subarray(start, end) : block(bytes, start, end, frame.blockMaxBytes, left);
    if (piece.length > left) refuse(`lz4 data of ${total + piece.length} bytes or more exceeds ${maxBytes}`);
    total += piece.length;
    pieces.push(piece);
    at = end + (frame.hasBlockChecksums ? 4 : 0);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, total);
}

function refuse(message: string): never {
  throw errors.INVALID_RECORD.because(message);
}

function parseHeader(bytes: Buffer, checked: boolean): Frame {
  if (bytes.length < frameHeader.length) refuse(`lz4 frame of ${bytes.length} bytes`);
  if (bytes.readUInt32LE(0) !== magic) refuse(`lz4 frame begins with 0x${bytes.toString('hex', 0, 4)}`);
  const flags = bytes[4]!;
  const descriptor = bytes[5]!;
  if (flags >> 6 !== 1) refuse(`lz4 frame of version ${flags >> 6}, only 1 is known`);
  if ((flags & 0x20) === 0) refuse('lz4 frame with dependent blocks, which Kafka does not read');
  const blockSizeCode = descriptor >> 4;
  if ((flags & 0x03) !== 0 || (descriptor & 0x8f) !== 0 || blockSizeCode < 4) {
    refuse(`lz4 frame descriptor 0x${bytes.toString('hex', 4, 6)}`);
  }
  const end = (flags & 0x08) === 0 ? 6 : 14;
  if (end >= bytes.length) refuse(`lz4 frame of ${bytes.length} bytes`);
  const checksum = (xxHash32(bytes, 4, end) >>> 8) & 0xff;
  if (checked && bytes[end] !== checksum) refuse(`lz4 header checksum ${bytes[end]}, computed ${checksum}`);
  return {
    start: end + 1,
    blockMaxBytes: 1 << (2 * blockSizeCode + 8),
    hasBlockChecksums: (flags & 0x10) !== 0,
  };
}

function block(bytes: Buffer, start: number, end: number, blockMaxBytes: number, left: number): Buffer {
  const limit = Math.min(blockMaxBytes, (end - start) * maxRatio, left);
  // The package wants the most that may come out before the block, as its own format has the size there.
  const prefixed = Buffer.allocUnsafe(4 + end - start);
  prefixed.writeUInt32LE(limit);
  bytes.copy(prefixed, 4, start, end);
  try {
    return load().uncompressSync(prefixed);
  } catch (error) {
    return refuse(`lz4 block at ${start} does not decompress within ${limit} bytes: ${String(error)}`);
  }
}

/** Compresses into one frame like those of Java's producer. */
export function lz4Compress(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [frameHeader];
  for (let at = 0; at < bytes.length; at += writtenBlockBytes) {
    const plain = bytes.subarray(at, at + writtenBlockBytes);
    const packed = load().compressSync(plain).subarray(4);
    const size = Buffer.allocUnsafe(4);
    if (packed.length < plain.length) {
      size.writeUInt32LE(packed.length);
      pieces.push(size, packed);
    } else {
      size.writeUInt32LE(plain.length + storedFlag);
      pieces.push(size, plain);
    }
  }
  pieces.push(Buffer.alloc(4));
  return Buffer.concat(pieces);
}

/** xxHash32 with seed 0 of fewer than 16 bytes, which is all that a frame header has. */
function xxHash32(bytes: Buffer, start: number, end: number): number {
  let hash = 0x165667b1 + (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = (hash + Math.imul(bytes.readInt32LE(at), 0xc2b2ae3d)) | 0;
    hash = Math.imul((hash << 17) | (hash >>> 15), 0x27d4eb2f);
  }
  for (; at < end; at++) {
    hash = (hash + Math.imul(bytes[at]!, 0x165667b1)) | 0;
    hash = Math.imul((hash << 11) | (hash >>> 21), 0x9e3779b1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
  return (hash ^ (hash >>> 16)) >>> 0;
}
