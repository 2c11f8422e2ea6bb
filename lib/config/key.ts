/**
 * The notation in which every configuration key is declared: keys of the broker, of topics, groups and client metrics.
 *
 *     'message.max.bytes': int(1048588).min(0).dynamic().doc('Largest record batch that …')
 *
 * A key says what Kafka's own definition says (ConfigDef): type, default, what is allowed, whether it can be changed
 * while the broker runs. It reads texts into typed values and prints values as Kafka prints them; TypeScript makes the
 * types of `Config` and `TopicConfig` of tables of keys. Used by the tables beside this file, config.ts, topic-config.ts.
 *
 * What always holds: a key is immutable, each method gives a new one; a text that reads without a fault is in range.
 */
import { printDouble, readBoolean, readDouble, readInteger, readList, trim } from './text';

/** Kafka's types of a configuration value, with the codes that DescribeConfigs gives them. */
export const keyTypes = {
  BOOLEAN: 1,
  STRING: 2,
  INT: 3,
  SHORT: 4,
  LONG: 5,
  DOUBLE: 6,
  LIST: 7,
  CLASS: 8,
  PASSWORD: 9,
} as const;

export type KeyType = keyof typeof keyTypes;

/**
 * A text that was read: its value and the text as Kafka prints it (trimmed, exact even for 64-bit numbers). Or what is
 * wrong with it: a sentence in Kafka's form that names key, value seen and what is allowed.
 */
export type Reading<T> = { readonly value: T; readonly text: string } | { readonly fault: string };

/** How a broker key may be changed while the broker runs (KIP-226): not at all, for one broker, or for all as well. */
export type Update = 'read-only' | 'per-broker' | 'cluster-wide';

/** Gives what is wrong with the value of a key, as a whole sentence, or null. */
type Check = (value: unknown, name: string) => string | null;

/** Kafka's sentence for a value that a key cannot take. */
export function invalid(name: string, seen: unknown, allowed: string): string {
  return `Invalid value ${seen} for configuration ${name}: ${allowed}`;
}

interface Declaration {
  readonly type: KeyType;
  readonly fallback: unknown;
  readonly checks: readonly Check[];
  readonly update: Update;
  readonly hidden: boolean;
  readonly effect: boolean;
  readonly documentation: string | null;
}

/** One declared key; T is the type of its values. */
export class Key<out T> {
  readonly #declared: Declaration;

  constructor(declared: Declaration) {
    this.#declared = declared;
  }

  get type(): KeyType {
    return this.#declared.type;
  }

  /** The value where nobody set one; null: none. */
  get fallback(): T {
    return this.#declared.fallback as T;
  }

  get update(): Update {
    return this.#declared.update;
  }

  /** Understood, but never listed by DescribeConfigs: Kafka's internal keys. */
  get hidden(): boolean {
    return this.#declared.hidden;
  }

  /** False: the key is read and listed as in Kafka, but nothing in Millrace acts on it. */
  get effect(): boolean {
    return this.#declared.effect;
  }

  /** What the key does, in a sentence; null where Millrace has nothing to say. */
  get documentation(): string | null {
    return this.#declared.documentation;
  }

  /** Values that must be kept from sight. */
  get sensitive(): boolean {
    return this.type === 'PASSWORD';
  }

  /** Smallest value allowed. */
  min(least: number): Key<T> {
    return this.#number((value) => value >= least, `Value must be at least ${least}`);
  }

  /** Largest value allowed. */
  max(most: number): Key<T> {
    return this.#number((value) => value <= most, `Value must be no more than ${most}`);
  }

  /** The only texts allowed; of a list: the only elements. */
  oneOf<const V extends string>(...allowed: V[]): Key<T extends string ? V : T> {
    const check: Check = (value, name) => {
      const unknown = [value].flat().find((each) => !(allowed as readonly unknown[]).includes(each));
      return unknown === undefined ? null : invalid(name, unknown, `String must be one of: ${allowed.join(', ')}`);
    };
    return new Key({ ...this.#declared, checks: [...this.#declared.checks, check] });
  }

  /** A list or text of nothing is not allowed. */
  filled(): Key<T> {
    return this.#check((value, name) =>
      (value as string | readonly string[]).length > 0 ? null : `Configuration '${name}' must not be empty.`,
    );
  }

  /** Any other rule: gives what is wrong with a value, as a sentence that says what is allowed, or null. */
  check(fault: (value: NonNullable<T>, name: string) => string | null): Key<T> {
    return this.#check((value, name) => fault(value as NonNullable<T>, name));
  }

  /** May be changed while the broker runs, for all brokers or for one. */
  dynamic(): Key<T> {
    return this.#with({ update: 'cluster-wide' });
  }

  /** May be changed while the broker runs, for one broker at a time. */
  dynamicPerBroker(): Key<T> {
    return this.#with({ update: 'per-broker' });
  }

  hide(): Key<T> {
    return this.#with({ hidden: true });
  }

  /** Marks a key that is accepted for the sake of Kafka's files and tools, and does nothing here. */
  idle(): Key<T> {
    return this.#with({ effect: false });
  }

  doc(documentation: string): Key<T> {
    return this.#with({ documentation });
  }

  /** Reads what was written in a file or a request; never throws. The sentence that says what is wrong has `name`. */
  read(written: string, name = '?'): Reading<T> {
    const reading = readers[this.type](trim(written));
    if ('fault' in reading) return { fault: invalid(name, written, reading.fault) };
    for (const check of this.#declared.checks) {
      const fault = check(reading.value, name);
      if (fault !== null) return { fault };
    }
    const value = reading.value as T;
    return { value, text: reading.text ?? this.print(value) ?? '' };
  }

  /** A value of this key as Kafka prints it; null for none. */
  print(value: T): string | null {
    if (value === null || value === undefined) return null;
    if (Array.isArray(value)) return value.join(',');
    if (typeof value !== 'number') return String(value);
    if (this.type === 'DOUBLE') return printDouble(value);
    return value >= 2 ** 63 ? '9223372036854775807' : BigInt(value).toString();
  }

  #number(holds: (value: number) => boolean, allowed: string): Key<T> {
    return this.#check((value, name) =>
      holds(value as number) ? null : invalid(name, this.print(value as T), allowed),
    );
  }

  #check(check: Check): Key<T> {
    return this.#with({ checks: [...this.#declared.checks, check] });
  }

  #with(changes: Partial<Declaration>): Key<T> {
    return new Key({ ...this.#declared, ...changes });
  }
}

type Read = { readonly value: unknown; readonly text?: string } | { readonly fault: string };

const readers: Record<KeyType, (text: string) => Read> = {
  BOOLEAN: readBoolean,
  STRING: (value) => ({ value }),
  INT: (text) => readInteger(text, 'INT', 32),
  SHORT: (text) => readInteger(text, 'SHORT', 16),
  LONG: (text) => readInteger(text, 'LONG', 64),
  DOUBLE: readDouble,
  LIST: readList,
  CLASS: (value) => ({ value }),
  PASSWORD: (value) => ({ value }),
};

const noEmptyElements: Check = (value, name) =>
  (value as readonly string[]).includes('') ? `Configuration '${name}' values must not be empty.` : null;

function declare<T>(type: KeyType, fallback: unknown, checks: readonly Check[] = []): Key<T> {
  const plain = { update: 'read-only', hidden: false, effect: true, documentation: null } as const;
  return new Key<T>({ ...plain, type, fallback, checks });
}

/** 2^31 − 1, the largest int. */
export const maxInt = 2 ** 31 - 1;

/** 2^63 − 1 as near as a number comes; more than any real size or time, and printed exactly. */
export const maxLong = 2 ** 63;

// A fallback of null widens the type of the values by null.
export const boolean = <F extends boolean | null>(fallback: F) =>
  declare<boolean | Extract<F, null>>('BOOLEAN', fallback);
export const string = <F extends string | null>(fallback: F) => declare<string | Extract<F, null>>('STRING', fallback);
export const int = <F extends number | null>(fallback: F) => declare<number | Extract<F, null>>('INT', fallback);
export const short = <F extends number | null>(fallback: F) => declare<number | Extract<F, null>>('SHORT', fallback);
export const long = <F extends number | null>(fallback: F) => declare<number | Extract<F, null>>('LONG', fallback);
export const double = <F extends number | null>(fallback: F) => declare<number | Extract<F, null>>('DOUBLE', fallback);
export const list = <F extends readonly string[] | null>(fallback: F) =>
  declare<readonly string[] | Extract<F, null>>('LIST', Object.freeze(fallback), [noEmptyElements]);
export const className = <F extends string | null>(fallback: F) =>
  declare<string | Extract<F, null>>('CLASS', fallback);
export const password = () => declare<string | null>('PASSWORD', null);

/** A table of keys, by name. */
export type Keys = Readonly<Record<string, Key<unknown>>>;

/** The values that a table of keys describes. */
export type Values<K extends Keys> = { readonly [Name in keyof K]: K[Name] extends Key<infer T> ? T : never };
