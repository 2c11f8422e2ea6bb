/**
 * The configuration of a topic: what was set on it, else what the broker says, else Kafka's default.
 *
 * Called by storage whenever a topic appears or its configuration changes, and by the controller before it does. What
 * always holds: each key of config/topic-keys.ts is present with a value of its type and range.
 */
import type { Config } from './config';
import type { Keys, Values } from './config/key';
import type { BrokerKey } from './config/keys';
import { brokerSynonyms, topicConfigKeys } from './config/topic-keys';

export { brokerSynonyms, type TopicConfigKey, topicConfigKeys } from './config/topic-keys';

export type TopicConfig = Readonly<Values<typeof topicConfigKeys>>;

/** The configuration in effect for a topic with these overrides. An override that cannot be read counts as not set. */
export function resolveTopicConfig(overrides: ReadonlyMap<string, string>, config: Config): TopicConfig {
  const synonyms: { readonly [name: string]: readonly BrokerKey[] } = brokerSynonyms;
  const values = Object.entries(topicConfigKeys).map(([name, key]) => {
    const written = overrides.get(name);
    const reading = written === undefined ? undefined : key.read(written, name);
    if (reading !== undefined && 'value' in reading) return [name, reading.value];
    const broker = synonyms[name]?.[0];
    return [name, broker === undefined ? key.fallback : config[broker]];
  });
  return Object.freeze(Object.fromEntries(values) as TopicConfig);
}

/** Size at which a segment of the topic is closed, in bytes. */
export function segmentMaxBytes(config: TopicConfig): number {
  return config['internal.segment.bytes'] ?? config['segment.bytes'];
}

/**
 * Why these overrides cannot be set on a topic, as a sentence in Kafka's form; null: they can. For INVALID_CONFIG.
 * @param overrides all of the topic's overrides; null values as they come in CreateTopics, which are refused
 * @param config what the topic falls back to where it has no override
 */
export function validateTopicConfigs(overrides: ReadonlyMap<string, string | null>, config: Config): string | null {
  const keys: Keys = topicConfigKeys;
  const nulls = [...overrides].filter(([, written]) => written === null).map(([name]) => name);
  if (nulls.length > 0) return `Null value not supported for topic configs: ${nulls.join(',')}`;
  const unknown = [...overrides.keys()].find((name) => !Object.hasOwn(keys, name));
  if (unknown !== undefined) return `Unknown topic config name: ${unknown}`;

  const texts = new Map<string, string>();
  for (const [name, written] of overrides) {
    const reading = keys[name]?.read(written ?? '', name);
    if (reading === undefined || 'fault' in reading) return reading?.fault ?? null;
    texts.set(name, reading.text);
  }
  return ruleBroken(resolveTopicConfig(texts, config));
}

/** What does not hold between the keys of a topic; null: everything does. */
function ruleBroken(config: TopicConfig): string | null {
  const least = config['min.compaction.lag.ms'];
  const most = config['max.compaction.lag.ms'];
  if (least > most) {
    return `conflict topic config setting min.compaction.lag.ms (${least}) > max.compaction.lag.ms (${most})`;
  }
  if (config['remote.storage.enable']) {
    return 'remote.storage.enable cannot be true: tiered storage is not available in this broker';
  }
  return null;
}
