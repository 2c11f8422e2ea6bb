/**
 * Random schemas, and random drafts of a given schema, for property specs about codecs.
 *
 * A draft says only what its version can say, with one exception that codecs must refuse: a field may have null as its
 * default and be left out in a version that does not allow null.
 */
import * as fc from 'fast-check';
import type { AnyField, Primitive, Schema } from '../../lib/protocol/schema';
import * as notation from '../../lib/protocol/schema';

export type AnyDraft = Record<string, unknown>;

export interface Example {
  readonly schema: Schema;
  readonly version: number;
  readonly flexible: boolean;
  readonly draft: AnyDraft;
}

const versionMax = 4;

/** Exact int64s as Reader gives them: numbers up to ±2^53, bigints beyond. */
const longs = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(-(2 ** 53), 2 ** 53 - 1, -1, 2 ** 32, -(2 ** 32)),
  fc.oneof(
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) - 1n }),
  ),
);
const strings = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 100, maxLength: 300 }) },
);
const buffers = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 2000 }).map((size) => Buffer.alloc(size, size)) },
);

const primitives: Readonly<Record<Primitive, { type: () => AnyField; values: fc.Arbitrary<unknown> }>> = {
  bool: { type: notation.bool, values: fc.boolean() },
  int8: { type: notation.int8, values: fc.integer({ min: -0x80, max: 0x7f }) },
  int16: { type: notation.int16, values: fc.integer({ min: -0x8000, max: 0x7fff }) },
  uint16: { type: notation.uint16, values: fc.integer({ min: 0, max: 0xffff }) },
  int32: { type: notation.int32, values: fc.integer() },
  uint32: { type: notation.uint32, values: fc.integer({ min: 0, max: 0xffffffff }) },
  long: { type: notation.long, values: longs },
  // Minus zero is the default of a tagged field and then reads back as zero.
  float64: { type: notation.float64, values: fc.double().map((value) => (value === 0 ? 0 : value)) },
  uuid: {
    type: notation.uuid,
    values: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  },
  string: { type: notation.string, values: strings },
  bytes: { type: notation.bytes, values: buffers },
  records: { type: notation.records, values: buffers },
};

const mayBeNull = ['string', 'bytes', 'records', 'array', 'struct'];
const mayHaveDefault = Object.keys(primitives).filter((is) => is !== 'bytes' && is !== 'records');

/** Values of one field, null where the version allows it. */
function valuesOf({ declared }: AnyField, version: number): fc.Arbitrary<unknown> {
  const { kind, nulls, fallback } = declared;
  const present =
    kind.is === 'struct'
      ? draftsOf(kind.fields, version)
      : kind.is === 'array'
        ? fc.array(valuesOf(kind.element, version), { maxLength: 4 })
        : primitives[kind.is].values;
  const nullable = notation.covers(nulls, version);
  const some = fallback === undefined || fallback === null ? present : fc.oneof(present, fc.constant(fallback));
  return nullable ? fc.option(some) : some;
}

/** Drafts of a schema in one version: fields that need not be there are sometimes left out. */
export function draftsOf(schema: Schema, version: number): fc.Arbitrary<AnyDraft> {
  const carried = Object.entries(schema).filter(([, { declared }]) => notation.covers(declared.versions, version));
  const required = carried.filter(([, { declared }]) => declared.fallback === undefined && declared.tag === null);
  return fc.record(Object.fromEntries(carried.map(([name, field]) => [name, valuesOf(field, version)])), {
    requiredKeys: required.map(([name]) => name),
    noNullPrototype: true,
  }) as fc.Arbitrary<AnyDraft>;
}

const versions = fc.integer({ min: 0, max: versionMax });

/** A type without versions, null, tag or default. */
function typesOf(depth: number): fc.Arbitrary<AnyField> {
  const primitive = fc.constantFrom(...Object.values(primitives)).map(({ type }) => type());
  if (depth === 0) return primitive;
  // The first field is always there: an element that takes no bytes could be there any number of times.
  const element = schemasOf(depth - 1).map(
    (schema) => notation.struct({ always: notation.int8(), ...schema }) as AnyField,
  );
  const nullableElement = fc
    .tuple(element, fc.boolean())
    .map(([e, nullable]) => (nullable ? e.nullable(2) : e) as AnyField);
  return fc.oneof(
    { weight: 4, arbitrary: primitive },
    { weight: 1, arbitrary: primitive.map((type) => notation.array(type) as AnyField) },
    { weight: 2, arbitrary: nullableElement.map((type) => notation.array(type) as AnyField) },
    {
      weight: 1,
      arbitrary: fc.oneof(primitive, element).map((type) => notation.array(notation.array(type)) as AnyField),
    },
    { weight: 2, arbitrary: schemasOf(depth - 1).map((schema) => notation.struct(schema) as AnyField) },
  );
}

function fieldsOf(depth: number): fc.Arbitrary<{ field: AnyField; tagged: boolean }> {
  const range = fc.tuple(fc.boolean(), versions, versions);
  return fc
    .record({ type: typesOf(depth), life: range, nulls: range, tagged: fc.nat(3), fallback: fc.nat(3) })
    .chain(({ type, life, nulls, tagged, fallback }) => {
      const { is } = type.declared.kind;
      let field = type;
      if (life[0]) field = field.since(Math.min(life[1], life[2])).until(Math.max(life[1], life[2]));
      const nullable = nulls[0] && mayBeNull.includes(is);
      if (nullable) field = field.nullable(Math.min(nulls[1], nulls[2]), Math.max(nulls[1], nulls[2]));
      const made = (made: AnyField) => ({ field: made, tagged: tagged === 0 });
      if (fallback === 0 && nullable) return fc.constant(made(field.default(null)));
      if (fallback === 1 && is === 'array') return fc.constant(made(field.default([])));
      if (fallback <= 1 && mayHaveDefault.includes(is))
        return primitives[is as Primitive].values.map((value) => made(field.default(value)));
      return fc.constant(made(field));
    });
}

export function schemasOf(depth: number): fc.Arbitrary<Schema> {
  const tags = fc.uniqueArray(fc.nat(200), { minLength: 5, maxLength: 5 });
  return fc.tuple(fc.array(fieldsOf(depth), { maxLength: 5 }), tags).map(([fields, numbers]) =>
    Object.fromEntries(
      fields.map(({ field, tagged }, i) => {
        return [`f${i}`, tagged ? field.tag(numbers[i]!, field.declared.versions.from) : field];
      }),
    ),
  );
}

export const examples: fc.Arbitrary<Example> = fc
  .record({ schema: schemasOf(3), version: versions, flexible: fc.boolean() })
  .chain(({ schema, version, flexible }) =>
    draftsOf(schema, version).map((draft) => ({ schema, version, flexible, draft })),
  );
