/**
 * Configurations as DescribeConfigs and CreateTopics list them: each key with its value and where that comes from.
 *
 * A value comes from the resource itself, else from what was set on this broker or all brokers while they ran, else from
 * server.properties, else from Kafka's defaults. All of these that there are, in this order, are the key's synonyms.
 */
import { type Config, configSources, configSynonyms, configText, unknownKeys } from '../../config';
import { type Key, type Keys, keyTypes } from '../../config/key';
import { type BrokerKey, brokerKeys } from '../../config/keys';
import { clientMetricsConfigKeys, groupConfigKeys, groupConfigSynonyms } from '../../config/resource-keys';
import { brokerSynonyms, resolveTopicConfig, topicConfigKeys } from '../../topic-config';

export interface ConfigSynonymRow {
  readonly name: string;
  readonly value: string | null;
  readonly source: number;
}

export interface ConfigEntry {
  readonly name: string;
  /** null for none and for secrets. */
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly configSource: number;
  readonly isSensitive: boolean;
  readonly synonyms: readonly ConfigSynonymRow[];
  readonly configType: number;
  readonly documentation: string | null;
}

/** Source codes of values that were set on the resource itself; those of brokers are in config.ts. */
const ownSources = { topic: 1, clientMetrics: 7, group: 8 };

const fallbacksOfTopics: { readonly [name: string]: readonly BrokerKey[] } = brokerSynonyms;

/** Keys that stand in for one another, by each of them. */
const standIns = new Map<string, readonly BrokerKey[]>(
  Object.values(fallbacksOfTopics)
    .filter((names) => names.length > 1)
    .flatMap((names) => names.map((name) => [name, names] as const)),
);

/** A broker's configuration is replaced when it changes; so is what was made of it. */
const brokerEntries = new WeakMap<Config, readonly ConfigEntry[]>();
/** What topics and groups have where nothing is set on them. */
const topicDefaults = new WeakMap<Config, readonly ConfigEntry[]>();
const groupDefaults = new WeakMap<Config, readonly ConfigEntry[]>();

/** All of a topic's configuration, by name. */
export function topicConfigEntries(overrides: ReadonlyMap<string, string>, config: Config): readonly ConfigEntry[] {
  const defaults = remembered(topicDefaults, config, () => {
    const values: { readonly [name: string]: unknown } = resolveTopicConfig(new Map(), config);
    return listed(topicConfigKeys).map(([name, key]) =>
      fallbackEntry(name, key, key.print(values[name]), brokerValues(config, fallbacksOfTopics[name]?.[0])),
    );
  });
  return overridden(defaults, topicConfigKeys, overrides, ownSources.topic);
}

/** All of a group's configuration, by name; any group has one. */
export function groupConfigEntries(overrides: ReadonlyMap<string, string>, config: Config): readonly ConfigEntry[] {
  const defaults = remembered(groupDefaults, config, () =>
    listed(groupConfigKeys).map(([name, key]) => {
      const broker = groupConfigSynonyms[name];
      const value = broker === undefined ? key.print(key.fallback) : configText(config, broker);
      return fallbackEntry(name, key, value, brokerValues(config, broker));
    }),
  );
  return overridden(defaults, groupConfigKeys, overrides, ownSources.group);
}

/** All of the configuration of a subscription to client metrics, by name. */
export function clientMetricsConfigEntries(overrides: ReadonlyMap<string, string>): readonly ConfigEntry[] {
  const defaults = listed(clientMetricsConfigKeys).map(([name, key]) =>
    fallbackEntry(name, key, key.print(key.fallback), []),
  );
  return overridden(defaults, clientMetricsConfigKeys, overrides, ownSources.clientMetrics);
}

/** All of this broker's configuration, by name. Keys that nobody knows may be secrets, so that their values stay hidden. */
export function brokerConfigEntries(config: Config): readonly ConfigEntry[] {
  return remembered(brokerEntries, config, () => makeBrokerEntries(config));
}

function makeBrokerEntries(config: Config): ConfigEntry[] {
  const known = listed(brokerKeys).map(([name, key]): ConfigEntry => {
    const synonyms = brokerValues(config, name as BrokerKey);
    return {
      ...described(name, key),
      value: configText(config, name as BrokerKey),
      readOnly: key.update === 'read-only',
      configSource: synonyms[0]?.source ?? configSources.DEFAULT,
      synonyms,
    };
  });
  const unknown = unknownKeys(config).map((name): ConfigEntry => {
    const source = configSources.STATIC_BROKER;
    const synonyms = [{ name, value: null, source }];
    const secret = { value: null, isSensitive: true, configType: 0, documentation: null };
    return { name, ...secret, readOnly: true, configSource: source, synonyms };
  });
  return [...known, ...unknown].sort(byName);
}

/** What was set for all brokers while they ran, by name. */
export function clusterConfigEntries(overrides: ReadonlyMap<string, string>): ConfigEntry[] {
  const source = configSources.DYNAMIC_DEFAULT_BROKER;
  const entries = [...overrides].map(([name, text]): ConfigEntry => {
    const key = Object.hasOwn(brokerKeys, name) ? (brokerKeys as Keys)[name] : undefined;
    const value = key === undefined || key.sensitive ? null : text;
    const about = key === undefined ? unknownKey(name) : described(name, key);
    const readOnly = key === undefined || key.update === 'read-only';
    return { ...about, value, readOnly, configSource: source, synonyms: [{ name, value, source }] };
  });
  return entries.sort(byName);
}

function remembered<T>(known: WeakMap<Config, T>, config: Config, make: () => T): T {
  const found = known.get(config) ?? make();
  known.set(config, found);
  return found;
}

/** A key that nothing is set for on the resource itself. */
function fallbackEntry(
  name: string,
  key: Key<unknown>,
  value: string | null,
  synonyms: readonly ConfigSynonymRow[],
): ConfigEntry {
  const configSource = synonyms[0]?.source ?? configSources.DEFAULT;
  return { ...described(name, key), value, readOnly: false, configSource, synonyms };
}

/** Entries with what is set on the resource itself; a text that cannot be read counts as not set. */
function overridden(
  entries: readonly ConfigEntry[],
  keys: Keys,
  overrides: ReadonlyMap<string, string>,
  source: number,
): readonly ConfigEntry[] {
  if (overrides.size === 0) return entries;
  return entries.map((entry) => {
    const { name, synonyms } = entry;
    const text = overrides.get(name);
    const reading = text === undefined ? undefined : keys[name]?.read(text);
    if (reading === undefined || 'fault' in reading) return entry;
    const value = reading.text;
    return { ...entry, value, configSource: source, synonyms: [{ name, value, source }, ...synonyms] };
  });
}

function described(name: string, key: Key<unknown>) {
  return {
    name,
    isSensitive: key.sensitive,
    configType: keyTypes[key.type],
    documentation: documentationOf(name, key),
  };
}

function unknownKey(name: string) {
  return { name, isSensitive: true, configType: 0, documentation: null };
}

/** A topic or group key without a text of its own has that of the broker key it falls back to. */
function documentationOf(name: string, key: Key<unknown>): string | null {
  if (key.documentation !== null) return key.documentation;
  const broker = fallbacksOfTopics[name]?.[0] ?? groupConfigSynonyms[name];
  return broker === undefined ? null : brokerKeys[broker].documentation;
}

/**
 * Values of a broker key and of those that stand in for it, the one in effect first: by source, then in the order in
 * which they count. As in Kafka, those before the key's own are not told of, and none are where the key has none itself.
 */
function brokerValues(config: Config, name: BrokerKey | undefined): ConfigSynonymRow[] {
  if (name === undefined) return [];
  const rows = (standIns.get(name) ?? [name])
    .flatMap((standIn) => configSynonyms(config, standIn))
    .map((synonym) => ({ name: synonym.name, value: synonym.value, source: configSources[synonym.source] }))
    .sort((a, b) => a.source - b.source);
  const first = rows.findIndex((row) => row.name === name);
  return first < 0 ? [] : rows.slice(first);
}

function listed(keys: Keys): [string, Key<unknown>][] {
  return Object.entries(keys)
    .filter(([, key]) => !key.hidden)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function byName(a: ConfigEntry, b: ConfigEntry): number {
  return a.name < b.name ? -1 : 1;
}
