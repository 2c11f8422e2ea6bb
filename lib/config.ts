/**
 * The configuration of a broker: entries of server.properties and defaults become one frozen `Config`.
 *
 * Called at the start by main.ts or by whoever creates a broker, and again when a dynamic configuration changes. Every
 * limit of the broker is in here. What always holds: each key of config/keys.ts is present with a value of its type and
 * range; keys that stand in for another (`log.dirs` for `log.dir`, `log.retention.ms` for `.hours`) hold what is in
 * effect.
 *
 * Not done: config.providers; `${…}` is left as it is.
 */
import { type BrokerValues, brokerKey, brokerKeys } from './config/keys';
import { origin, type Sourced, setText, type Texts } from './config/origin';
import { rulesBroken } from './config/rules';
import { Properties } from './properties';

export {
  type ConfigSource,
  type ConfigSynonym,
  configSources,
  configSynonyms,
  configText,
  idleKeys,
  unknownKeys,
} from './config/origin';

/** Keys whose value in effect is not just the one that was set. */
interface InEffect {
  /** As node.id. */
  readonly 'broker.id': number;
  /** log.dir if not set. */
  readonly 'log.dirs': readonly string[];
  /** The first of log.dirs if not set. */
  readonly 'metadata.log.dir': string;
  /** From hours or minutes if not set; −1: for ever. */
  readonly 'log.retention.ms': number;
  readonly 'log.roll.ms': number;
  readonly 'log.roll.jitter.ms': number;
  readonly 'log.flush.interval.ms': number;
  /** Infinity for no limit; if not set, never below socket.request.max.bytes. */
  readonly 'queued.max.request.bytes': number;
}

export type Config = Omit<BrokerValues, keyof InEffect> & InEffect & Sourced;

/** Entries of a properties file, or values given by a program. */
export type ConfigEntries = ReadonlyMap<string, string> | Readonly<Record<string, string | number | boolean>>;

/** One entry that cannot be used. */
export interface ConfigFault {
  readonly key: string;
  /** Line of the properties file; null where the entry does not come from one. */
  readonly line: number | null;
  readonly message: string;
}

/** Entries that a broker cannot start with: all of them, not just the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[], fileName: string | null) {
    const where = ({ line }: ConfigFault) => (line === null ? '' : `line ${line}: `);
    const lines = faults.map((fault) => `\n  ${where(fault)}${fault.message}`);
    super(`the configuration${fileName === null ? '' : ` in ${fileName}`} cannot be used:${lines.join('')}`);
    this.faults = faults;
  }
}

/**
 * Makes a Config of what was set. Keys that nobody knows are no fault (see `unknownKeys`).
 * @throws ConfigError naming every value that is of the wrong type, out of range or at odds with another
 */
export function loadConfig(entries: ConfigEntries = {}): Config {
  const written = entries instanceof Map ? entries : new Map(Object.entries(entries).map(print));
  const file = entries instanceof Properties ? entries : null;
  const faults: ConfigFault[] = [];
  const fault = (key: string, message: string) => faults.push({ key, line: file?.lineOf(key) ?? null, message });

  const set = new Map<string, string>();
  for (const [name, text] of written) {
    const reading = brokerKey(name)?.read(text, name);
    if (reading && 'fault' in reading) fault(name, reading.fault);
    else set.set(name, reading?.text ?? text);
  }
  const config = build({ DYNAMIC_BROKER: new Map(), DYNAMIC_DEFAULT_BROKER: new Map(), STATIC_BROKER: set });
  // With values missing the rules between keys would only raise false alarms.
  if (faults.length === 0)
    for (const { key, message } of rulesBroken(config, (key) => set.has(key))) fault(key, message);
  if (faults.length > 0) throw new ConfigError(faults, file?.fileName ?? null);
  // As Kafka tells it: who gives a node its id has given it to the broker.
  const nodeId = set.get('node.id');
  if (nodeId !== undefined) set.set('broker.id', nodeId);
  return config;
}

/**
 * The same configuration with what was set while the broker ran (KIP-226): for it, else for all, else the file.
 * Values that cannot be read, and keys that cannot change, count as not set.
 */
export function withDynamicConfigs(
  config: Config,
  broker: ReadonlyMap<string, string>,
  cluster: ReadonlyMap<string, string>,
): Config {
  return build({ ...config[origin], DYNAMIC_BROKER: usable(broker), DYNAMIC_DEFAULT_BROKER: usable(cluster) });
}

function usable(texts: ReadonlyMap<string, string>): Map<string, string> {
  const kept = new Map<string, string>();
  for (const [name, text] of texts) {
    const key = brokerKey(name);
    const reading = key?.read(text, name);
    if (key === undefined || reading === undefined) kept.set(name, text);
    else if (key.update !== 'read-only' && 'value' in reading) kept.set(name, reading.text);
  }
  return kept;
}

function build(texts: Texts): Config {
  const values = Object.entries(brokerKeys).map(([name, key]) => {
    const text = setText(texts, name);
    const reading = text === undefined ? undefined : key.read(text, name);
    return [name, reading !== undefined && 'value' in reading ? reading.value : key.fallback];
  });
  const set = Object.fromEntries(values) as BrokerValues;
  return Object.freeze({ ...set, ...inEffect(set, texts), [origin]: texts });
}

function inEffect(set: BrokerValues, texts: Texts): InEffect {
  const hourMs = 3600000;
  const minutes = set['log.retention.minutes'];
  const retentionMs =
    set['log.retention.ms'] ?? (minutes === null ? set['log.retention.hours'] * hourMs : minutes * 60000);
  const logDirs = set['log.dirs'] ?? set['log.dir'];
  const queuedBytes = set['queued.max.request.bytes'];
  const queuedSet = setText(texts, 'queued.max.request.bytes') !== undefined;
  const queuedAtLeast = queuedSet ? 0 : set['socket.request.max.bytes'];
  return {
    'broker.id': setText(texts, 'broker.id') === undefined ? set['node.id'] : set['broker.id'],
    'log.dirs': logDirs,
    'metadata.log.dir': set['metadata.log.dir'] ?? logDirs[0] ?? '',
    'log.retention.ms': retentionMs < 0 ? -1 : retentionMs,
    'log.roll.ms': set['log.roll.ms'] ?? set['log.roll.hours'] * hourMs,
    'log.roll.jitter.ms': set['log.roll.jitter.ms'] ?? set['log.roll.jitter.hours'] * hourMs,
    'log.flush.interval.ms': set['log.flush.interval.ms'] ?? set['log.flush.scheduler.interval.ms'],
    'queued.max.request.bytes': queuedBytes <= 0 ? Number.POSITIVE_INFINITY : Math.max(queuedBytes, queuedAtLeast),
  };
}

/** A program's value as it would be written in a file. */
function print([name, value]: [string, string | number | boolean]): [string, string] {
  const whole = typeof value === 'number' && Number.isInteger(value);
  return [name, (whole ? brokerKey(name)?.print(value) : undefined) ?? String(value)];
}
