/**
 * What a topic's configuration means for a batch that is appended to it; made once per configuration, not per batch.
 */
import type { TimestampType } from './batch';
import { type Codec, type CodecName, codecNames, decompressedMaxBytes, type Levels } from './compression';

/** The topic configurations that matter here, by Kafka's names; a TopicConfig has them all. */
export interface AppendConfig {
  readonly 'max.message.bytes': number;
  readonly 'segment.bytes': number;
  readonly 'cleanup.policy': readonly string[];
  readonly 'compression.type': string;
  readonly 'compression.gzip.level': number;
  readonly 'compression.zstd.level': number;
  readonly 'max.decompressed.message.bytes': number;
  readonly 'message.timestamp.type': string;
  readonly 'message.timestamp.before.max.ms': number;
  readonly 'message.timestamp.after.max.ms': number;
}

export interface AppendRules {
  readonly maxMessageBytes: number;
  readonly segmentMaxBytes: number;
  /** Every record needs a key. */
  readonly compacted: boolean;
  /** What the log stores; null: whatever the producer chose. */
  readonly codec: Codec | null;
  readonly levels: Levels;
  /** Largest single record within a compressed batch (Kafka 4.4). */
  readonly decompressedMessageMaxBytes: number;
  /** Most that all records of a compressed batch may come to; Kafka, which decompresses as it reads, has no such limit. */
  readonly decompressedBatchMaxBytes: number;
  readonly timestampType: TimestampType;
  /** How far the timestamps of CreateTime topics may lie behind and ahead of the clock. */
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
}

export function appendRules(config: AppendConfig, decompressedBatchMaxBytes = decompressedMaxBytes): AppendRules {
  return Object.freeze({
    maxMessageBytes: config['max.message.bytes'],
    segmentMaxBytes: config['segment.bytes'],
    compacted: config['cleanup.policy'].includes('compact'),
    codec: codecOf(config['compression.type']),
    levels: Object.freeze({ gzip: config['compression.gzip.level'], zstd: config['compression.zstd.level'] }),
    decompressedMessageMaxBytes: config['max.decompressed.message.bytes'],
    decompressedBatchMaxBytes,
    timestampType: config['message.timestamp.type'] === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    timestampBeforeMaxMs: config['message.timestamp.before.max.ms'],
    timestampAfterMaxMs: config['message.timestamp.after.max.ms'],
  });
}

/** The earliest timestamp that a CreateTime topic takes, ms; −1, which is none, is taken always. */
export function earliestTimestamp(rules: AppendRules, nowMs: number): number {
  return Math.max(nowMs - rules.timestampBeforeMaxMs, Number.MIN_SAFE_INTEGER);
}

/** The latest timestamp that a CreateTime topic takes, ms. */
export function latestTimestamp(rules: AppendRules, nowMs: number): number {
  return Math.min(nowMs + rules.timestampAfterMaxMs, Number.MAX_SAFE_INTEGER);
}

/** The codec of a `compression.type`: null for `producer`. */
function codecOf(compressionType: string): Codec | null {
  if (compressionType === 'producer') return null;
  if (compressionType === 'uncompressed') return 0;
  const codec = codecNames.indexOf(compressionType as CodecName);
  if (codec <= 0) throw new TypeError(`'${compressionType}' is not a compression.type`);
  return codec as Codec;
}
