/**
 * The record batches in spec/fixtures that Apache Kafka wrote: golden-batches.jsonl (magic 2) and legacy-entries.jsonl.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A whole batch and what Kafka says that it holds; integers of 64 bits are decimal, bytes are hex. */
export interface GoldenBatch {
  readonly batch: string;
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  readonly baseOffset: string;
  readonly lastOffset: string;
  readonly partitionLeaderEpoch: number;
  readonly maxTimestamp: string;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly sizeInBytes: number;
  readonly crc: string;
  readonly records: readonly {
    readonly offset: string;
    readonly timestamp: string;
    readonly key: string | null;
    readonly value: string | null;
    readonly controlType?: string;
    readonly headers: readonly { readonly key: string; readonly value: string | null }[];
  }[];
  readonly hex: string;
}

/** A message set of magic 0 or 1 with three records at offsets 5 to 7. */
export interface LegacyEntries {
  readonly magic: 0 | 1;
  readonly codec: 'none' | 'gzip' | 'snappy' | 'lz4';
  readonly timestampType: 'NoTimestampType' | 'CreateTime' | 'LogAppendTime';
  readonly hex: string;
}

/** The lines of a fixture of one JSON object per line. */
export function fixtureLines<T>(name: string): T[] {
  const text = readFileSync(join(__dirname, '../fixtures', name), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

export const goldenBatches = fixtureLines<GoldenBatch>('golden-batches.jsonl');
export const legacyEntries = fixtureLines<LegacyEntries>('legacy-entries.jsonl');

export const bytesOf = (hex: string): Buffer => Buffer.from(hex, 'hex');
export const hexOf = (bytes: Buffer | null): string | null => (bytes === null ? null : bytes.toString('hex'));
