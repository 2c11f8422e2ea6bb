/**
 * Where the values of a configuration come from. Every Config carries the texts it was made of, by where they were set;
 * DescribeConfigs, warnings at the start and exact 64-bit numbers need them. Called by config.ts and the APIs.
 *
 * What always holds: texts of known keys have been read without a fault and are as Kafka prints them.
 */
import { type BrokerKey, brokerKey, brokerKeys } from './keys';

/** Where a broker's value comes from, with the codes that DescribeConfigs gives them. */
export const configSources = { DYNAMIC_BROKER: 2, DYNAMIC_DEFAULT_BROKER: 3, STATIC_BROKER: 4, DEFAULT: 5 } as const;

export type ConfigSource = keyof typeof configSources;

/** Where values can be set, the one that counts first. */
const layers = ['DYNAMIC_BROKER', 'DYNAMIC_DEFAULT_BROKER', 'STATIC_BROKER'] as const;

/** Texts by where they were set, and by key. */
export type Texts = Readonly<Record<(typeof layers)[number], ReadonlyMap<string, string>>>;

/** The property of a Config that holds its texts. */
export const origin = Symbol('origin');

export interface Sourced {
  readonly [origin]: Texts;
}

/** A value that a key was given somewhere, or would be given if it were not for those before it. */
export interface ConfigSynonym {
  readonly name: string;
  /** null: a secret. */
  readonly value: string | null;
  readonly source: ConfigSource;
}

/** The text that counts for a key, whoever set it; undefined: nobody. */
export function setText(texts: Texts, name: string): string | undefined {
  for (const layer of layers) {
    const text = texts[layer].get(name);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Where a key's value comes from: the value in effect first, then what it hides. Empty for a key without any value. */
export function configSynonyms(config: Sourced, name: BrokerKey): ConfigSynonym[] {
  const key = brokerKeys[name];
  const synonyms: ConfigSynonym[] = [];
  for (const source of layers) {
    const text = config[origin][source].get(name);
    if (text !== undefined) synonyms.push({ name, value: key.sensitive ? null : text, source });
  }
  const fallback = key.print(key.fallback as never);
  if (fallback !== null) synonyms.push({ name, value: fallback, source: 'DEFAULT' });
  return synonyms;
}

/** A key's value as Kafka prints it; null for none and for secrets. */
export function configText(config: Sourced, name: BrokerKey): string | null {
  return configSynonyms(config, name)[0]?.value ?? null;
}

/** Keys set in the file that neither Kafka nor Millrace has; they do nothing, which is worth a warning. */
export function unknownKeys(config: Sourced): string[] {
  return [...config[origin].STATIC_BROKER.keys()].filter((name) => !isElsewhere(name) && !brokerKey(name));
}

/** Keys set in the file that Kafka knows and that do nothing here. */
export function idleKeys(config: Sourced): string[] {
  const idle = (name: string) => isElsewhere(name) || brokerKey(name)?.effect === false;
  return [...config[origin].STATIC_BROKER.keys()].filter(idle);
}

/** Keys that Kafka does not list but knows: of a single listener, and of its authorizer. */
function isElsewhere(name: string): boolean {
  return /^listener\.name\.[^.]+\../.test(name) || ['super.users', 'allow.everyone.if.no.acl.found'].includes(name);
}
