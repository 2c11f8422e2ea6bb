/**
 * The configurations that a topic can have, and the broker keys that supply their defaults. Used by topic-config.ts and
 * describe.ts.
 */
import { gzipLevel, throttledReplicas } from './checks';
import { boolean, double, int, type Keys, list, long, maxLong, string } from './key';
import type { BrokerKey } from './keys';

/** Topic configurations of Kafka 4.4, and `internal.segment.bytes`, which is listed only where it is set. */
export const topicConfigKeys = Object.freeze({
  'cleanup.policy': list(['delete'])
    .oneOf('compact', 'delete')
    .doc('What becomes of old records: delete removes whole segments, compact keeps the last record of each key.'),
  'compression.gzip.level': int(-1)
    .check(gzipLevel)
    .doc('Level at which the broker compresses with gzip; -1: the default of the codec.'),
  'compression.lz4.level': int(9).min(1).max(17).doc('Level at which the broker compresses with lz4.'),
  'compression.type': string('producer')
    .oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer')
    .doc('Codec that batches are stored in; producer keeps what came.'),
  'compression.zstd.level': int(3).min(-131072).max(22).doc('Level at which the broker compresses with zstd.'),
  'delete.retention.ms': long(86400000).min(0).doc('Time that tombstones stay in a compacted log.'),
  'errors.deadletterqueue.group.enable': boolean(false).doc(
    'Whether the topic may take what share groups could not process.',
  ),
  'file.delete.delay.ms': long(60000).min(0).doc('Time that a deleted file stays on disk under another name.'),
  'flush.messages': long(maxLong).min(1).doc('Records after which the log is flushed to disk.'),
  'flush.ms': long(maxLong).min(0).doc('Time after which the log is flushed to disk.'),
  'follower.replication.throttled.replicas': list([])
    .check(throttledReplicas)
    .doc('Replicas whose followers are held back, as partition:broker, or * for all.'),
  'index.interval.bytes': int(4096).min(0).doc('Bytes of the log between two entries of its index.'),
  'internal.segment.bytes': int(null).hide().doc('Takes the place of segment.bytes, without its lower limit.'),
  'leader.replication.throttled.replicas': list([])
    .check(throttledReplicas)
    .doc('Replicas whose leaders are held back, as partition:broker, or * for all.'),
  'local.retention.bytes': long(-2)
    .min(-2)
    .doc('Size beyond which segments that have a remote copy may be deleted here; -2: as retention.bytes.'),
  'local.retention.ms': long(-2)
    .min(-2)
    .doc('Age at which segments that have a remote copy may be deleted here; -2: as retention.ms.'),
  'max.compaction.lag.ms': long(maxLong)
    .min(1)
    .doc('Time after which a record is compacted, whatever the dirty share of the log.'),
  'max.decompressed.message.bytes': int(2147483639)
    .min(1)
    .doc('Largest record after decompression, wherever the broker itself has to decompress.'),
  'max.message.bytes': int(1048588).min(0).doc('Largest record batch, as it was compressed by the producer.'),
  'message.timestamp.after.max.ms': long(3600000).min(0).doc('How far a producer may set a timestamp in the future.'),
  'message.timestamp.before.max.ms': long(maxLong).min(0).doc('How far a producer may set a timestamp in the past.'),
  'message.timestamp.type': string('CreateTime')
    .oneOf('CreateTime', 'LogAppendTime')
    .doc('Whether a record keeps the time its producer gave it or gets the time of its append.'),
  'min.cleanable.dirty.ratio': double(0.5)
    .min(0)
    .max(1)
    .doc('Share of the log that must be dirty before it is compacted.'),
  'min.compaction.lag.ms': long(0).min(0).doc('Time that a record stays uncompacted at least.'),
  'min.insync.replicas': int(1)
    .min(1)
    .doc('In-sync replicas without which a produce request with acks=all is refused.'),
  preallocate: boolean(false).doc('Whether new segments are given their full size on disk at once.'),
  'remote.copy.lag.bytes': long(-1).doc('Bytes that the remote copy of the log may be behind.'),
  'remote.copy.lag.ms': long(0).doc('Time that the remote copy of the log may be behind.'),
  'remote.log.copy.disable': boolean(false).doc('Whether segments are no longer copied to remote storage.'),
  'remote.log.delete.on.disable': boolean(false).doc('Whether switching remote storage off deletes what is there.'),
  'remote.storage.enable': boolean(false).doc('Whether segments are copied to remote storage.'),
  'retention.bytes': long(-1).doc('Size of a partition beyond which its oldest segments may be deleted; -1: no limit.'),
  'retention.ms': long(604800000).min(-1).doc('Age at which segments may be deleted; -1: never.'),
  'segment.bytes': int(1073741824).min(1048576).doc('Size at which a segment is closed and the next one begun.'),
  'segment.index.bytes': int(10485760).min(4).doc('Largest offset index of a segment.'),
  'segment.jitter.ms': long(0).min(0).doc('Random time, up to this, by which a segment is closed earlier.'),
  'segment.ms': long(604800000).min(1).doc('Age at which a segment is closed and the next one begun.'),
  'unclean.leader.election.enable': boolean(false).doc('Whether a replica that is not in sync may become leader.'),
} as const satisfies Keys);

export type TopicConfigKey = keyof typeof topicConfigKeys;

/** Broker keys that a topic configuration falls back to, the one that counts first. */
export const brokerSynonyms = {
  'cleanup.policy': ['log.cleanup.policy'],
  'compression.gzip.level': ['compression.gzip.level'],
  'compression.lz4.level': ['compression.lz4.level'],
  'compression.type': ['compression.type'],
  'compression.zstd.level': ['compression.zstd.level'],
  'delete.retention.ms': ['log.cleaner.delete.retention.ms'],
  'file.delete.delay.ms': ['log.segment.delete.delay.ms'],
  'flush.messages': ['log.flush.interval.messages'],
  'flush.ms': ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'],
  'index.interval.bytes': ['log.index.interval.bytes'],
  'local.retention.bytes': ['log.local.retention.bytes'],
  'local.retention.ms': ['log.local.retention.ms'],
  'max.compaction.lag.ms': ['log.cleaner.max.compaction.lag.ms'],
  'max.decompressed.message.bytes': ['max.decompressed.message.bytes'],
  'max.message.bytes': ['message.max.bytes'],
  'message.timestamp.after.max.ms': ['log.message.timestamp.after.max.ms'],
  'message.timestamp.before.max.ms': ['log.message.timestamp.before.max.ms'],
  'message.timestamp.type': ['log.message.timestamp.type'],
  'min.cleanable.dirty.ratio': ['log.cleaner.min.cleanable.ratio'],
  'min.compaction.lag.ms': ['log.cleaner.min.compaction.lag.ms'],
  'min.insync.replicas': ['min.insync.replicas'],
  preallocate: ['log.preallocate'],
  'remote.copy.lag.bytes': ['log.remote.copy.lag.bytes'],
  'remote.copy.lag.ms': ['log.remote.copy.lag.ms'],
  'retention.bytes': ['log.retention.bytes'],
  'retention.ms': ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
  'segment.bytes': ['log.segment.bytes'],
  'segment.index.bytes': ['log.index.size.max.bytes'],
  'segment.jitter.ms': ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  'segment.ms': ['log.roll.ms', 'log.roll.hours'],
  'unclean.leader.election.enable': ['unclean.leader.election.enable'],
} as const satisfies { readonly [K in TopicConfigKey]?: readonly BrokerKey[] };
