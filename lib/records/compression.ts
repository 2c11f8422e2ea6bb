/**
 * The codecs of Kafka's record batches: `decompress` and `compress`, for validate.ts, record.ts and build.ts.
 *
 * Both are synchronous, because a produce call takes its place in the partition's queue before anything is awaited. What
 * always holds: a decompressed size that data declares is compared with the limit before memory is taken for it, and
 * data that turns out to be larger than the limit is given up as soon as that shows. Output that comes in pieces is held
 * twice while it is joined. No codec is loaded before its first use.
 */
import { errors } from '../errors';
import { gunzip, gzip } from './gzip';
import { lz4Compress, lz4Decompress } from './lz4';
import { snappyCompress, snappyDecompress } from './snappy';
import { zstdCompress, zstdDecompress } from './zstd';

/** Kafka's names of the codecs, by their number in bits 0–2 of the batch attributes. */
export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type CodecName = (typeof codecNames)[number];

/** The number of a codec: its place in `codecNames`. */
export type Codec = 0 | 1 | 2 | 3 | 4;

export const codecs = Object.freeze({ none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 });

/** Most that one batch may decompress to where nothing else is said: what a request may carry uncompressed. */
export const decompressedMaxBytes = 104857600;

/** Compression levels, as `compression.gzip.level` and `compression.zstd.level` give them; Kafka's defaults if absent. */
export interface Levels {
  /** 1–9, −1 for zlib's own default. */
  readonly gzip?: number;
  /** −131072–22. */
  readonly zstd?: number;
}

/**
 * The bytes that were compressed.
 *
 * @param codec the number in the batch attributes; one that Kafka does not have is refused
 * @param maxBytes most that may come out
 * @throws KafkaError UNSUPPORTED_COMPRESSION_TYPE for an unknown codec; INVALID_RECORD for data that is not what its
 *   codec says or comes to more than maxBytes (Kafka has no limit of its own here, and answers −1 to broken data)
 */
export function decompress(codec: number, bytes: Buffer, maxBytes: number): Buffer {
  switch (codec) {
    case codecs.none:
      return bytes;
    case codecs.gzip:
      return gunzip(bytes, maxBytes);
    case codecs.snappy:
      return snappyDecompress(bytes, maxBytes);
    case codecs.lz4:
      return lz4Decompress(bytes, maxBytes);
    case codecs.zstd:
      return zstdDecompress(bytes, maxBytes);
    default:
      throw errors.UNSUPPORTED_COMPRESSION_TYPE.because(`codec ${codec} is not one of 0–4`);
  }
}

/** Compresses as Kafka's own producers do. The lz4 and snappy codecs have one level only. */
export function compress(codec: Codec, bytes: Buffer, levels: Levels = {}): Buffer {
  switch (codec) {
    case codecs.none:
      return bytes;
    case codecs.gzip:
      return gzip(bytes, levels.gzip ?? -1);
    case codecs.snappy:
      return snappyCompress(bytes);
    case codecs.lz4:
      return lz4Compress(bytes);
    case codecs.zstd:
      return zstdCompress(bytes, levels.zstd ?? 3);
  }
}
