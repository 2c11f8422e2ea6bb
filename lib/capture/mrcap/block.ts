/**
 * Blocks: what a .mrcap file is made of behind its first eight bytes. See ../README.md for the format.
 *
 * A block says how long it is, which connections it is about, and has checksums of its own; its mark lets a reader find
 * the next one behind broken bytes. Reading checks, writing adds; neither knows what is in a block.
 */
import { crc32c } from '../../records/crc32c';

/** What a file begins with; the version follows. */
export const fileMagic = Buffer.from('MRCAP\r\n');
export const fileHeadBytes = fileMagic.length + 1;
export const formatVersion = 1;

/** What a block begins with: `MRCB`. */
export const blockMark = Buffer.from('MRCB');
export const blockHeadBytes = 28;

export const blockKinds = Object.freeze({ facts: 1, events: 2, end: 3 });
export const blockCodecs = Object.freeze({ none: 0, zstd: 1 });

/** Largest content: a frame of 256 MiB, and what stands around it. */
export const contentMaxBytes = 256 * 1024 * 1024 + 64 * 1024;
/** A directory names the connections of one block, each of which takes more room in the block. */
export const directoryMaxBytes = 16 * 1024 * 1024;

export interface BlockHead {
  readonly kind: number;
  readonly codec: number;
  readonly directoryBytes: number;
  /** As it is in the file. */
  readonly storedBytes: number;
  readonly contentBytes: number;
  readonly headCrc: number;
  readonly contentCrc: number;
}

export interface BlockDraft {
  readonly kind: number;
  readonly codec: number;
  readonly directory: Buffer;
  readonly stored: readonly Buffer[];
  /** Before it was compressed. */
  readonly contentBytes: number;
}

/** The head and the directory, which stand before what is stored. */
export function writeHead({ kind, codec, directory, stored, contentBytes }: BlockDraft): Buffer {
  const bytes = Buffer.alloc(blockHeadBytes + directory.length);
  blockMark.copy(bytes);
  bytes[4] = kind;
  bytes[5] = codec;
  bytes.writeUInt32BE(directory.length, 8);
  bytes.writeUInt32BE(sizeOf(stored), 12);
  bytes.writeUInt32BE(contentBytes, 16);
  directory.copy(bytes, blockHeadBytes);
  bytes.writeUInt32BE(crcOf([bytes.subarray(0, 20), directory]), 20);
  bytes.writeUInt32BE(crcOf(stored), 24);
  return bytes;
}

/** @returns null for bytes that cannot be the head of a block */
export function readHead(bytes: Buffer): BlockHead | null {
  if (bytes.length < blockHeadBytes || !bytes.subarray(0, 4).equals(blockMark)) return null;
  const head = {
    kind: bytes[4]!,
    codec: bytes[5]!,
    directoryBytes: bytes.readUInt32BE(8),
    storedBytes: bytes.readUInt32BE(12),
    contentBytes: bytes.readUInt32BE(16),
    headCrc: bytes.readUInt32BE(20),
    contentCrc: bytes.readUInt32BE(24),
  };
  const { directoryBytes, storedBytes, contentBytes } = head;
  const isPossible = directoryBytes <= directoryMaxBytes && Math.max(storedBytes, contentBytes) <= contentMaxBytes;
  return isPossible ? head : null;
}

/** Whether a head and its directory are what was written. @param bytes both, one behind the other */
export function isHeadWhole(head: BlockHead, bytes: Buffer): boolean {
  return crcOf([bytes.subarray(0, 20), bytes.subarray(blockHeadBytes)]) === head.headCrc;
}

export function isContentWhole(head: BlockHead, stored: Buffer): boolean {
  return crc32c(stored) === head.contentCrc;
}

export function sizeOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

/** CRC-32C of bytes that are in several pieces. */
function crcOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((before, chunk) => crc32c(chunk, 0, chunk.length, before), 0);
}
