/**
 * The notation in which every message is declared: requests, responses, metadata records, coordinator records.
 *
 *     array({ name: string(), index: int32(), startOffset: long().since(5).default(-1), leader: struct({ … }).tag(0, 10) })
 *
 * A schema says what Kafka's own definition says: type, versions, where null is allowed, tag, default. `compile.ts` makes
 * codecs of it; `Infer` and `Draft` make TypeScript types of it. It knows nothing of bytes.
 */

export type Primitive =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'long'
  | 'float64'
  | 'uuid'
  | 'string'
  | 'bytes'
  | 'records';

export type Kind =
  | { readonly is: Primitive }
  | { readonly is: 'array'; readonly element: AnyField }
  | { readonly is: 'struct'; readonly fields: Schema };

/** Versions of a message, both ends inclusive. */
export interface Versions {
  readonly from: number;
  readonly to: number;
}

interface Declaration {
  readonly kind: Kind;
  readonly versions: Versions;
  /** Versions in which null is allowed; null: in none. */
  readonly nulls: Versions | null;
  /** Tag number, for a tagged field. */
  readonly tag: number | null;
  /** What the field has where a message does not carry it; undefined: zero, "", empty, a struct of defaults. */
  readonly fallback: unknown;
}

const always: Versions = { from: 0, to: Number.MAX_SAFE_INTEGER };

/**
 * One declared field: T is what reading gives, W what writing takes, O whether a draft may leave it out.
 * Immutable: each method returns a new field.
 */
export class Field<T, W = T, O extends boolean = false> {
  readonly declared: Declaration;
  /** Types only; never set. */
  declare readonly types: { read: T; write: W; optional: O };

  constructor(declared: Declaration) {
    this.declared = declared;
  }

  private with<T2, W2, O2 extends boolean>(change: Partial<Declaration>): Field<T2, W2, O2> {
    return new Field({ ...this.declared, ...change });
  }

  /** First version that has the field. */
  since(from: number): Field<T, W, O> {
    return this.with({ versions: { from, to: this.declared.versions.to } });
  }

  /** Last version that has the field. */
  until(to: number): Field<T, W, O> {
    return this.with({ versions: { from: this.declared.versions.from, to } });
  }

  /** Null is allowed, from this version on where one is given. */
  nullable(from = 0, to = always.to): Field<T | null, W | null, O> {
    return this.with({ nulls: { from, to } });
  }

  /** A tagged field: left out of the message where it has its default. */
  tag(tag: number, from: number): Field<T, W, true> {
    return this.with({ tag, versions: { from, to: this.declared.versions.to } });
  }

  /** The value where a message does not carry the field; a draft may then leave it out. */
  default(fallback: T): Field<T, W, true> {
    return this.with({ fallback });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a field of any type, where only its declaration matters
export type AnyField = Field<any, any, boolean>;

/** The fields of a struct, in the order of the wire. */
export type Schema = { readonly [name: string]: AnyField };

/** What decoding gives: every field is there, with its default where the message or the version did not carry it. */
export type Infer<S extends Schema> = { [N in keyof S]: S[N]['types']['read'] };

type OptionalNames<S extends Schema> = {
  [N in keyof S]: true extends S[N]['types']['optional'] ? N : never;
}[keyof S];

/** What encoding takes: fields with a default may be left out. */
export type Draft<S extends Schema> = {
  [N in Exclude<keyof S, OptionalNames<S>>]: S[N]['types']['write'];
} & { [N in OptionalNames<S>]?: S[N]['types']['write'] };

function field<T, W = T>(kind: Kind): Field<T, W> {
  return new Field({ kind, versions: always, nulls: null, tag: null, fallback: undefined });
}

export const bool = () => field<boolean>({ is: 'bool' });
export const int8 = () => field<number>({ is: 'int8' });
export const int16 = () => field<number>({ is: 'int16' });
export const uint16 = () => field<number>({ is: 'uint16' });
export const int32 = () => field<number>({ is: 'int32' });
export const uint32 = () => field<number>({ is: 'uint32' });
/** An int64 as a number: exact for every value up to ±2^53 (see bytes.ts for those beyond). */
export const long = () => field<number>({ is: 'long' });
export const float64 = () => field<number>({ is: 'float64' });
/** 16 bytes, as 22 characters of base64url. */
export const uuid = () => field<string>({ is: 'uuid' });
export const string = () => field<string>({ is: 'string' });
/** Bytes; decoded as a slice of what was read. */
export const bytes = () => field<Buffer>({ is: 'bytes' });
/** Record batches, opaque to the protocol; decoded as a slice of the frame. */
export const records = () => field<Buffer>({ is: 'records' });

export function struct<S extends Schema>(fields: S): Field<Infer<S>, Draft<S>> {
  return field({ is: 'struct', fields });
}

/** An array of structs given by their fields, or of the given element. */
export function array<T, W>(element: Field<T, W, boolean>): Field<T[], readonly W[]>;
export function array<S extends Schema>(fields: S): Field<Infer<S>[], readonly Draft<S>[]>;
export function array(element: AnyField | Schema): AnyField {
  return field({ is: 'array', element: element instanceof Field ? element : struct(element) });
}

/** Whether a version lies in a range. */
export function covers(versions: Versions | null, version: number): boolean {
  return versions !== null && version >= versions.from && version <= versions.to;
}

/** The range that Kafka's definitions write as `3`, `3-13` or `3+`; null for `none`. */
export function parseVersions(text: string): Versions | null {
  if (text === 'none') return null;
  const match = /^(\d+)(\+|-(\d+))?$/.exec(text);
  if (match === null) throw new TypeError(`'${text}' is not a version range such as 3, 3-13 or 3+`);
  const from = Number(match[1]);
  if (match[2] === undefined) return { from, to: from };
  const to = match[3] === undefined ? always.to : Number(match[3]);
  if (to < from) throw new TypeError(`'${text}' ends before it begins`);
  return { from, to };
}
