/**
 * The codecs that kafkajs leaves to its users (snappy, lz4, zstd), plugged in with the packages Millrace depends on.
 *
 * Snappy is written and read in the blocks of xerial's stream format, as the Java client does; a bare block, as
 * librdkafka writes it, is read too. What always holds: `plugCodecs` may be called any number of times.
 */
import { init as initZstd, compress as zstdCompress, decompress as zstdDecompress } from '@bokuweb/zstd-wasm';
import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import * as lz4 from 'lz4-napi';
import * as snappy from 'snappy';

interface Encoder {
  buffer: Buffer;
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
/** The magic, then a version and a lowest readable version, both 1. */
const XERIAL_HEADER = Buffer.concat([XERIAL_MAGIC, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);
const XERIAL_BLOCK_BYTES = 32_768;

let ready: Promise<void> | undefined;

export function plugCodecs(): Promise<void> {
  ready ??= plug();
  return ready;
}

async function plug(): Promise<void> {
  await initZstd();
  CompressionCodecs[CompressionTypes.Snappy] = codec(toXerial, fromXerial);
  CompressionCodecs[CompressionTypes.LZ4] = codec(lz4.compressFrameSync, lz4.decompressFrameSync);
  CompressionCodecs[CompressionTypes.ZSTD] = codec(
    (bytes) => Buffer.from(zstdCompress(bytes)),
    (bytes) => Buffer.from(zstdDecompress(bytes)),
  );
}

function codec(compress: (bytes: Buffer) => Buffer, decompress: (bytes: Buffer) => Buffer) {
  return () => ({
    compress: async (encoder: Encoder) => compress(encoder.buffer),
    decompress: async (bytes: Buffer) => decompress(bytes),
  });
}

function toXerial(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [XERIAL_HEADER];
  for (let start = 0; start < bytes.length; start += XERIAL_BLOCK_BYTES) {
    const block = snappy.compressSync(bytes.subarray(start, start + XERIAL_BLOCK_BYTES));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    chunks.push(length, block);
  }
  return Buffer.concat(chunks);
}

function fromXerial(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return uncompress(bytes);
  const blocks: Buffer[] = [];
  for (let start = XERIAL_HEADER.length; start < bytes.length; ) {
    const end = start + 4 + bytes.readInt32BE(start);
    blocks.push(uncompress(bytes.subarray(start + 4, end)));
    start = end;
  }
  return Buffer.concat(blocks);
}

function uncompress(block: Buffer): Buffer {
  return Buffer.from(snappy.uncompressSync(block));
}
