/**
 * Broker keys of logs and topics. Many of them are what a topic falls back to (topic-config.ts).
 * Part of the table in keys.ts.
 */
import { gzipLevel } from './checks';
import { boolean, double, int, type Keys, list, long, maxLong, string } from './key';

export const logKeys = {
  'log.dir': list(['./data'])
    .filled()
    .doc('Directory of the logs, where log.dirs is not set (in Kafka a folder of /tmp).'),
  'log.dirs': list(null).filled().doc('Directories of the logs; log.dir if not set.'),
  'num.partitions': int(1).min(1).doc('Partitions of a topic that is created without a number of them.'),
  'default.replication.factor': int(1).doc('Replicas of a topic that is created without a number of them.'),
  'auto.create.topics.enable': boolean(true).doc('Whether asking for a topic that does not exist may create it.'),
  'delete.topic.enable': boolean(true).doc('Whether topics can be deleted.'),
  'log.segment.bytes': int(1073741824)
    .min(1048576)
    .dynamic()
    .doc('Size at which a segment is closed and the next one begun.'),
  'log.roll.ms': long(null)
    .dynamic()
    .doc('Age at which a segment is closed and the next one begun; log.roll.hours if not set.'),
  'log.roll.hours': int(168).min(1).doc('As log.roll.ms, in hours.'),
  'log.roll.jitter.ms': long(null)
    .dynamic()
    .doc('Random time, up to this, by which a segment is closed earlier; log.roll.jitter.hours if not set.'),
  'log.roll.jitter.hours': int(0).min(0).doc('As log.roll.jitter.ms, in hours.'),
  'log.retention.ms': long(null)
    .dynamic()
    .doc('Age at which segments may be deleted, -1: never; log.retention.minutes if not set.'),
  'log.retention.minutes': int(null).doc('As log.retention.ms, in minutes; log.retention.hours if not set.'),
  'log.retention.hours': int(168).doc('As log.retention.ms, in hours.'),
  'log.retention.bytes': long(-1)
    .dynamic()
    .doc('Size of a partition beyond which its oldest segments may be deleted; -1: no limit.'),
  'log.retention.check.interval.ms': long(300000).min(1).doc('Time between two looks for segments to delete.'),
  'log.cleanup.policy': list(['delete'])
    .oneOf('compact', 'delete')
    .dynamic()
    .doc('What becomes of old records: delete removes whole segments, compact keeps the last record of each key.'),
  'log.index.size.max.bytes': int(10485760).min(4).dynamic().doc('Largest offset index of a segment.'),
  'log.index.interval.bytes': int(4096).min(0).dynamic().doc('Bytes of a log between two entries of its index.'),
  'log.flush.interval.messages': long(maxLong).min(1).dynamic().doc('Records after which a log is flushed to disk.'),
  'log.flush.interval.ms': long(null)
    .dynamic()
    .doc('Time after which a log is flushed to disk; log.flush.scheduler.interval.ms if not set.'),
  'log.flush.scheduler.interval.ms': long(maxLong).doc('Time between two looks for logs to flush.'),
  'log.flush.offset.checkpoint.interval.ms': int(60000)
    .min(0)
    .doc('Time between two checkpoints of the offsets from which recovery would start.'),
  'log.flush.start.offset.checkpoint.interval.ms': int(60000)
    .min(0)
    .doc('Time between two checkpoints of the log start offsets.'),
  'replica.high.watermark.checkpoint.interval.ms': long(5000).doc(
    'Time between two checkpoints of the high watermarks.',
  ),
  'log.segment.delete.delay.ms': long(60000)
    .min(0)
    .dynamic()
    .doc('Time that a deleted file stays on disk under another name.'),
  'log.preallocate': boolean(false).dynamic().doc('Whether new segments are given their full size on disk at once.'),
  'log.message.timestamp.type': string('CreateTime')
    .oneOf('CreateTime', 'LogAppendTime')
    .dynamic()
    .doc('Whether a record keeps the time its producer gave it or gets the time of its append.'),
  'log.message.timestamp.before.max.ms': long(maxLong)
    .min(0)
    .dynamic()
    .doc('How far a producer may set a timestamp in the past.'),
  'log.message.timestamp.after.max.ms': long(3600000)
    .min(0)
    .dynamic()
    .doc('How far a producer may set a timestamp in the future.'),
  'log.initial.task.delay.ms': long(30000)
    .min(0)
    .hide()
    .doc('Time from the start to the first of the tasks that tend the logs.'),
  'message.max.bytes': int(1048588).min(0).dynamic().doc('Largest record batch, as it was compressed by the producer.'),
  'max.decompressed.message.bytes': int(2147483639)
    .min(1)
    .dynamic()
    .doc('Largest record after decompression, wherever the broker itself has to decompress.'),
  'compression.type': string('producer')
    .oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer')
    .dynamic()
    .doc('Codec that batches are stored in; producer keeps what came.'),
  'compression.gzip.level': int(-1)
    .check(gzipLevel)
    .dynamic()
    .doc('Level at which the broker compresses with gzip; -1: the default of the codec.'),
  'compression.lz4.level': int(9).min(1).max(17).dynamic().doc('Level at which the broker compresses with lz4.'),
  'compression.zstd.level': int(3)
    .min(-131072)
    .max(22)
    .dynamic()
    .doc('Level at which the broker compresses with zstd.'),
  'min.insync.replicas': int(1)
    .min(1)
    .dynamic()
    .doc('In-sync replicas without which a produce request with acks=all is refused.'),
  'unclean.leader.election.enable': boolean(false)
    .dynamic()
    .doc('Whether a replica that is not in sync may become leader.'),
  'fetch.max.bytes': int(57671680).min(1024).doc('Most bytes that one fetch is answered with.'),
  'max.incremental.fetch.session.cache.slots': int(1000).min(0).doc('Fetch sessions that are kept.'),
  'max.request.partition.size.limit': int(2000)
    .min(1)
    .doc('Partitions that one answer to DescribeTopicPartitions may hold.'),
  'log.cleaner.enable': boolean(true).idle().doc('Whether logs are compacted.'),
  'log.cleaner.delete.retention.ms': long(86400000)
    .min(0)
    .dynamic()
    .doc('Time that tombstones stay in a compacted log.'),
  'log.cleaner.min.cleanable.ratio': double(0.5)
    .min(0)
    .max(1)
    .dynamic()
    .doc('Share of a log that must be dirty before it is compacted.'),
  'log.cleaner.min.compaction.lag.ms': long(0).min(0).dynamic().doc('Time that a record stays uncompacted at least.'),
  'log.cleaner.max.compaction.lag.ms': long(maxLong)
    .min(1)
    .dynamic()
    .doc('Time after which a record is compacted, whatever the dirty share of its log.'),
  'log.cleaner.backoff.ms': long(15000).min(0).dynamic().idle().doc('Time between two looks for a log to compact.'),
  'producer.id.expiration.ms': int(86400000)
    .min(1)
    .dynamic()
    .doc('Time after which a producer that has been silent is forgotten.'),
  'producer.id.expiration.check.interval.ms': int(600000)
    .min(1)
    .hide()
    .doc('Time between two looks for producers to forget.'),
} as const satisfies Keys;
