/**
 * The configuration of a topic: what was set on it, else what the broker says, else Kafka's default.
 *
 * Called by storage whenever a topic appears or its configuration changes, and by whoever checks or lists topic
 * configurations. What always holds: each key of the table is present with a value of its type and range.
 */
import type { Config } from './config';
import { gzipLevel } from './config/checks';
import { boolean, double, int, type Keys, list, long, maxLong, string, type Values } from './config/key';
import type { BrokerKey } from './config/keys';

/** Topic configurations of Kafka 4.4, and `internal.segment.bytes`, which Kafka understands but never lists. */
export const topicConfigKeys = Object.freeze({
  'cleanup.policy': list(['delete']).oneOf('compact', 'delete'),
  'compression.gzip.level': int(-1).check(gzipLevel),
  'compression.lz4.level': int(9).min(1).max(17),
  'compression.type': string('producer').oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
  'compression.zstd.level': int(3).min(-131072).max(22),
  'delete.retention.ms': long(86400000).min(0),
  'errors.deadletterqueue.group.enable': boolean(false),
  'file.delete.delay.ms': long(60000).min(0),
  'flush.messages': long(maxLong).min(1),
  'flush.ms': long(maxLong).min(0),
  'follower.replication.throttled.replicas': list([]),
  'index.interval.bytes': int(4096).min(0),
  'internal.segment.bytes': int(null).hide(),
  'leader.replication.throttled.replicas': list([]),
  'local.retention.bytes': long(-2).min(-2),
  'local.retention.ms': long(-2).min(-2),
  'max.compaction.lag.ms': long(maxLong).min(1),
  'max.decompressed.message.bytes': int(2147483639).min(1),
  'max.message.bytes': int(1048588).min(0),
  'message.timestamp.after.max.ms': long(3600000).min(0),
  'message.timestamp.before.max.ms': long(maxLong).min(0),
  'message.timestamp.type': string('CreateTime').oneOf('CreateTime', 'LogAppendTime'),
  'min.cleanable.dirty.ratio': double(0.5).min(0).max(1),
  'min.compaction.lag.ms': long(0).min(0),
  'min.insync.replicas': int(1).min(1),
  preallocate: boolean(false),
  'remote.copy.lag.bytes': long(-1),
  'remote.copy.lag.ms': long(0),
  'remote.log.copy.disable': boolean(false),
  'remote.log.delete.on.disable': boolean(false),
  'remote.storage.enable': boolean(false),
  'retention.bytes': long(-1),
  'retention.ms': long(604800000).min(-1),
  'segment.bytes': int(1073741824).min(1048576),
  'segment.index.bytes': int(10485760).min(4),
  'segment.jitter.ms': long(0).min(0),
  'segment.ms': long(604800000).min(1),
  'unclean.leader.election.enable': boolean(false),
});

export type TopicConfigKey = keyof typeof topicConfigKeys;

export type TopicConfig = Readonly<Values<typeof topicConfigKeys>>;

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

/** The configuration in effect for a topic with these overrides. An override that cannot be read counts as not set. */
export function resolveTopicConfig(overrides: ReadonlyMap<string, string>, config: Config): TopicConfig {
  const synonyms: { readonly [name: string]: readonly BrokerKey[] } = brokerSynonyms;
  const values = Object.entries(topicConfigKeys as Keys).map(([name, key]) => {
    const text = overrides.get(name);
    const reading = text === undefined ? undefined : key.read(text);
    if (reading !== undefined && 'value' in reading) return [name, reading.value];
    const broker = synonyms[name]?.[0];
    return [name, broker === undefined ? key.fallback : config[broker]];
  });
  return Object.freeze(Object.fromEntries(values) as TopicConfig);
}

/** Why these overrides cannot be set on a topic, in Kafka's words; null: they can. */
export function validateTopicConfigs(overrides: ReadonlyMap<string, string>): string | null {
  for (const name of overrides.keys()) {
    if (!Object.hasOwn(topicConfigKeys, name)) return `Unknown topic config name: ${name}`;
  }
  for (const [name, text] of overrides) {
    const reading = (topicConfigKeys as Keys)[name]?.read(text);
    if (reading && 'fault' in reading)
      return `Invalid value ${reading.seen} for configuration ${name}: ${reading.fault}`;
  }
  return null;
}
