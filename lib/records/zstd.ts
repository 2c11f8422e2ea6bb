/**
 * zstd, as record batches carry it: frames of RFC 8878 without a dictionary. Called by compression.ts only.
 *
 * Node has zstd of its own from 22.15 on; before that zstd-wasm.ts steps in. Frames are found here first, by their block
 * headers: that tells a torn frame from a whole one, how much may come out of it at most (a frame need not say), and
 * where the next begins, which node:zlib would leave unread.
 */
import zlib from 'node:zlib';
import { errors } from '../errors';
import { whatWentWrong } from './gzip';
import { wasmCompress, wasmDecompress } from './zstd-wasm';

/** What node:zlib has from 22.15 on; the types are those of Node 20. */
interface NativeZstd {
  zstdCompressSync?(bytes: Buffer, options: { params: Record<number, number> }): Buffer;
  zstdDecompressSync?(bytes: Buffer, options: { maxOutputLength: number; chunkSize: number }): Buffer;
}

const native = zlib as NativeZstd;
/** ZSTD_c_compressionLevel of zstd.h. */
const levelParameter = 100;

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const blockMaxBytes = 131072;
/** Sizes of the fields that the first byte of a frame header stands for. */
const dictionaryIdBytes = [0, 1, 2, 4] as const;
const contentSizeBytes = [0, 2, 4, 8] as const;
const chunkMinBytes = 1024;

/** @throws KafkaError INVALID_RECORD for what is not zstd, ends early, or comes to more than `maxBytes` */
export function zstdDecompress(bytes: Buffer, maxBytes: number): Buffer {
  const pieces: Buffer[] = [];
  let total = 0;
  for (let at = 0; at < bytes.length; ) {
    const frame = frameAt(bytes, at);
    const left = maxBytes - total;
    if (frame.atLeast > left) refuse(`zstd data of at least ${total + frame.atLeast} bytes exceeds ${maxBytes}`);
    if (!frame.skippable) {
      const piece = decompressFrame(bytes.subarray(at, frame.end), Math.min(frame.atMost, left), left, maxBytes);
      total += piece.length;
      if (total > maxBytes) refuse(`zstd data decompresses to more than ${maxBytes} bytes`);
      pieces.push(piece);
    }
    at = frame.end;
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, total);
}

function refuse(message: string): never {
  throw errors.INVALID_RECORD.because(message);
}

function decompressFrame(frame: Buffer, expected: number, left: number, maxBytes: number): Buffer {
  try {
    if (native.zstdDecompressSync === undefined) return wasmDecompress(frame, expected);
    const chunkSize = Math.max(expected + 1, chunkMinBytes);
    return native.zstdDecompressSync(frame, { maxOutputLength: Math.max(left, 1), chunkSize });
  } catch (error) {
    return refuse(whatWentWrong('zstd', error, maxBytes));
  }
}

interface Frame {
  readonly end: number;
  readonly skippable: boolean;
  /** Bytes that its uncompressed and run-length blocks come to. */
  readonly atLeast: number;
  /** Bytes that it can come to at most. */
  readonly atMost: number;
}

function frameAt(bytes: Buffer, at: number): Frame {
  if (at + 8 > bytes.length) refuse(`zstd frame at ${at}: ${bytes.length - at} bytes left, at least 8 needed`);
  const magic = bytes.readUInt32LE(at);
  if ((magic & 0xfffffff0) >>> 0 === skippableMagic) {
    const end = at + 8 + bytes.readUInt32LE(at + 4);
    if (end > bytes.length) refuse(`zstd frame at ${at} ends at ${end}, beyond the ${bytes.length} bytes of the batch`);
    return { end, skippable: true, atLeast: 0, atMost: 0 };
  }
  if (magic !== frameMagic) refuse(`zstd frame at ${at} begins with 0x${bytes.toString('hex', at, at + 4)}`);
  const flags = bytes[at + 4]!;
  const isSingleSegment = (flags & 0x20) !== 0;
  const sizeBytes = flags >> 6 === 0 && isSingleSegment ? 1 : contentSizeBytes[(flags >> 6) as 0 | 1 | 2 | 3];
  const headerBytes = 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes[(flags & 3) as 0 | 1 | 2 | 3] + sizeBytes;
  return blocksFrom(bytes, at + headerBytes, (flags & 0x04) !== 0);
}

/** Steps over the blocks of a frame and adds up what they come to. */
function blocksFrom(bytes: Buffer, start: number, hasChecksum: boolean): Frame {
  let at = start;
  let atLeast = 0;
  let atMost = 0;
  for (let isLast = false; !isLast; ) {
    if (at + 3 > bytes.length) refuse(`zstd frame ends within a block header at byte ${at}`);
    const header = bytes.readUIntLE(at, 3);
    const size = header >> 3;
    const type = (header >> 1) & 3;
    isLast = (header & 1) === 1;
    if (type < 2) atLeast += size;
    atMost += type < 2 ? size : blockMaxBytes;
    at += 3 + (type === 1 ? 1 : size);
  }
  const end = at + (hasChecksum ? 4 : 0);
  if (end > bytes.length) refuse(`zstd frame ends at ${end}, beyond the ${bytes.length} bytes of the batch`);
  return { end, skippable: false, atLeast, atMost };
}

export function zstdCompress(bytes: Buffer, level: number): Buffer {
  if (native.zstdCompressSync === undefined) return wasmCompress(bytes, level);
  return native.zstdCompressSync(bytes, { params: { [levelParameter]: level } });
}
