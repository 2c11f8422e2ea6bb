/**
 * The configuration of a broker: entries of server.properties and defaults become one frozen `Config`.
 *
 * Called once by main.ts and broker.ts at the start, and again when a dynamic configuration changes. Every limit of the
 * broker is in here. What always holds: each key of keys.ts is present with a value of its type and range; keys that stand
 * in for another one (`log.dirs` for `log.dir`, `log.retention.ms` for `.hours`) hold the value that is in effect.
 *
 * Not done: config.providers; `${…}` is left as it is.
 */
import { type BrokerKey, type BrokerValues, brokerKey, brokerKeys } from './config/keys';
import { rulesBroken } from './config/rules';
import { Properties } from './properties';

/** Keys whose default is another key's value. */
interface InEffect {
  readonly 'log.dirs': readonly string[];
  readonly 'metadata.log.dir': string;
  readonly 'log.retention.ms': number;
  readonly 'log.roll.ms': number;
  readonly 'log.roll.jitter.ms': number;
  readonly 'log.flush.interval.ms': number;
}

/** Where a value comes from, with the codes that DescribeConfigs gives them for brokers. */
export const configSources = { DYNAMIC_BROKER: 2, DYNAMIC_DEFAULT_BROKER: 3, STATIC_BROKER: 4, DEFAULT: 5 } as const;

export type ConfigSource = keyof typeof configSources;

/** What was set, by where it was set, as it was written. */
interface Origin {
  readonly fileName: string | null;
  readonly texts: Readonly<Record<Exclude<ConfigSource, 'DEFAULT'>, ReadonlyMap<string, string>>>;
}

const origin = Symbol('origin');

export type Config = Omit<BrokerValues, keyof InEffect> & InEffect & { readonly [origin]: Origin };

/** Entries of a properties file, or values given by a program. */
export type ConfigEntries = ReadonlyMap<string, string> | Readonly<Record<string, string | number | boolean>>;

/** One entry that cannot be used. */
export interface ConfigFault {
  readonly key: string;
  /** Line of the properties file; null where there is none. */
  readonly line: number | null;
  readonly message: string;
}

/** Entries that a broker cannot start with: all of them, not just the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[], fileName: string | null) {
    const where = ({ line }: ConfigFault) => (line === null ? '' : `line ${line}: `);
    const lines = faults.map((fault) => `  ${where(fault)}${fault.message}`);
    super(`the configuration${fileName === null ? '' : ` in ${fileName}`} cannot be used:\n${lines.join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Makes a Config of what was set. Keys that nobody knows are no fault (see `unknownKeys`).
 * @throws ConfigError naming every value that is of the wrong type, out of range or at odds with another
 */
export function loadConfig(entries: ConfigEntries = new Map()): Config {
  const given = entries instanceof Map ? entries : new Map(Object.entries(entries).map(([k, v]) => [k, print(k, v)]));
  const fileName = entries instanceof Properties ? entries.fileName : null;
  const lineOf = (key: string) => (entries instanceof Properties ? (entries.lineOf(key) ?? null) : null);
  const none = new Map<string, string>();
  const texts = { DYNAMIC_BROKER: none, DYNAMIC_DEFAULT_BROKER: none, STATIC_BROKER: new Map<string, string>() };

  const faults: ConfigFault[] = [];
  for (const [name, text] of given) {
    const reading = brokerKey(name)?.read(text);
    if (reading && 'fault' in reading) {
      const message = `Invalid value ${reading.seen} for configuration ${name}: ${reading.fault}`;
      faults.push({ key: name, line: lineOf(name), message });
    } else {
      texts.STATIC_BROKER.set(name, reading?.text ?? text);
    }
  }
  const config = build({ fileName, texts });
  const broken = faults.length > 0 ? [] : rulesBroken(config, (key) => texts.STATIC_BROKER.has(key));
  faults.push(...broken.map(({ key, message }) => ({ key, line: lineOf(key), message })));
  if (faults.length > 0) throw new ConfigError(faults, fileName);
  return config;
}

/**
 * The same configuration with what was set while the broker ran (KIP-226): for this broker, else for all, else the file.
 * Values that cannot be read, and keys that cannot change, count as not set.
 */
export function withDynamicConfigs(
  config: Config,
  broker: ReadonlyMap<string, string>,
  cluster: ReadonlyMap<string, string>,
): Config {
  const usable = (texts: ReadonlyMap<string, string>) => {
    const kept = new Map<string, string>();
    for (const [name, text] of texts) {
      const key = brokerKey(name);
      if (key === undefined || key.update === 'read-only') continue;
      const reading = key.read(text);
      if (!('fault' in reading)) kept.set(name, reading.text);
    }
    return kept;
  };
  const texts = { ...config[origin].texts, DYNAMIC_BROKER: usable(broker), DYNAMIC_DEFAULT_BROKER: usable(cluster) };
  return build({ ...config[origin], texts });
}

/** A key's value as Kafka prints it; null for none and for secrets. */
export function configText(config: Config, key: BrokerKey): string | null {
  return configSynonyms(config, key)[0]?.value ?? null;
}

/** A value that a key was given somewhere, or would be given if it were not for those before it. */
export interface ConfigSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: ConfigSource;
}

/** Where a key's value comes from: the value in effect first, then what it hides; null values are secrets. */
export function configSynonyms(config: Config, name: BrokerKey): ConfigSynonym[] {
  const { texts } = config[origin];
  const key = brokerKeys[name];
  const synonyms: ConfigSynonym[] = [];
  for (const source of ['DYNAMIC_BROKER', 'DYNAMIC_DEFAULT_BROKER', 'STATIC_BROKER'] as const) {
    const value = texts[source].get(name);
    if (value !== undefined) synonyms.push({ name, value: key.sensitive ? null : value, source });
  }
  const fallback = key.print(key.fallback as never);
  if (fallback !== null) synonyms.push({ name, value: fallback, source: 'DEFAULT' });
  return synonyms;
}

/** Keys set in the file that neither Kafka nor Millrace knows; they have no effect, which is worth a warning. */
export function unknownKeys(config: Config): string[] {
  return [...config[origin].texts.STATIC_BROKER.keys()].filter((name) => brokerKey(name) === undefined);
}

/** Keys set in the file that Kafka knows and that have no effect here. */
export function idleKeys(config: Config): string[] {
  return [...config[origin].texts.STATIC_BROKER.keys()].filter((name) => brokerKey(name)?.effect === false);
}

function build(from: Origin): Config {
  const { DYNAMIC_BROKER, DYNAMIC_DEFAULT_BROKER, STATIC_BROKER } = from.texts;
  const values = Object.fromEntries(
    Object.entries(brokerKeys).map(([name, key]) => {
      const text = DYNAMIC_BROKER.get(name) ?? DYNAMIC_DEFAULT_BROKER.get(name) ?? STATIC_BROKER.get(name);
      const reading = text === undefined ? undefined : key.read(text);
      return [name, reading !== undefined && 'value' in reading ? reading.value : key.fallback];
    }),
  ) as BrokerValues;
  return Object.freeze({ ...values, ...inEffect(values), [origin]: from });
}

function inEffect(set: BrokerValues): InEffect {
  const hourMs = 3600000;
  const minutes = set['log.retention.minutes'];
  const retentionMs =
    set['log.retention.ms'] ?? (minutes === null ? set['log.retention.hours'] * hourMs : minutes * 60000);
  const logDirs = set['log.dirs'] ?? set['log.dir'];
  return {
    'log.dirs': logDirs,
    'metadata.log.dir': set['metadata.log.dir'] ?? logDirs[0] ?? '',
    'log.retention.ms': retentionMs < 0 ? -1 : retentionMs,
    'log.roll.ms': set['log.roll.ms'] ?? set['log.roll.hours'] * hourMs,
    'log.roll.jitter.ms': set['log.roll.jitter.ms'] ?? set['log.roll.jitter.hours'] * hourMs,
    'log.flush.interval.ms': set['log.flush.interval.ms'] ?? set['log.flush.scheduler.interval.ms'],
  };
}

function print(name: string, value: string | number | boolean): string {
  return typeof value === 'number' ? (brokerKey(name)?.print(value) ?? String(value)) : String(value);
}
