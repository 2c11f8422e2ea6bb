/**
 * Kafka's own message definitions (4.4.0) as schemas of our notation, and the vectors that Kafka wrote with them.
 *
 * Lets specs try codecs on every message there is, and compare what lib/apis declares with what Kafka declares. Vectors
 * give an int64, a uint32 as decimal strings and bytes as base64, and leave absent fields out; `fromVector` makes the value
 * of it that a codec reads.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { AnyField, Schema, Versions } from '../../lib/protocol/schema';
import * as notation from '../../lib/protocol/schema';

export interface FieldDefinition {
  readonly name: string;
  readonly type: string;
  readonly versions: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly tag?: number;
  readonly default: unknown;
  readonly hasDefault: boolean;
  /** What the field names, such as `topicName`, `groupId`, `transactionalId`. */
  readonly entityType?: string;
  readonly fields?: readonly FieldDefinition[];
}

export interface MessageDefinition {
  readonly name: string;
  readonly type: string;
  readonly apiKey?: number;
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly fields: readonly FieldDefinition[];
}

/** A line of the golden files for requests and responses. */
export interface Vector {
  readonly api: string;
  readonly key: number;
  readonly kind: 'request' | 'response';
  readonly version: number;
  readonly fill: string;
  readonly json: Record<string, unknown>;
  readonly hex: string;
}

const folder = join(__dirname, '../fixtures/protocol');

export function fixtureText(name: string): string {
  const bytes = readFileSync(join(folder, name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

/** The lines of a fixture with one JSON value per line. */
export function fixtureLines<T>(name: string): T[] {
  const lines = fixtureText(name).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}

export function kafkaMessages(): MessageDefinition[] {
  return (JSON.parse(fixtureText('kafka-schemas.json.gz')) as { messages: MessageDefinition[] }).messages;
}

/** Kafka's name of a field as its JSON converters and our schemas spell it. */
export function fieldName(definition: FieldDefinition): string {
  return definition.name.charAt(0).toLowerCase() + definition.name.slice(1);
}

export function schemaOf(fields: readonly FieldDefinition[]): Schema {
  return Object.fromEntries(fields.map((definition) => [fieldName(definition), fieldOf(definition)]));
}

const primitives: Record<string, () => AnyField> = {
  bool: notation.bool,
  int8: notation.int8,
  int16: notation.int16,
  uint16: notation.uint16,
  int32: notation.int32,
  uint32: notation.uint32,
  int64: notation.long,
  float64: notation.float64,
  uuid: notation.uuid,
  string: notation.string,
  bytes: notation.bytes,
  records: notation.records,
};

function fieldOf(definition: FieldDefinition): AnyField {
  const { versions, nullableVersions, taggedVersions, tag, hasDefault, type } = definition;
  const range = rangeOf(versions);
  let field = typeOf(definition).since(range.from).until(range.to) as AnyField;
  if (nullableVersions !== undefined) {
    const nulls = rangeOf(nullableVersions);
    field = field.nullable(nulls.from, nulls.to);
  }
  if (tag !== undefined && taggedVersions !== undefined) field = field.tag(tag, rangeOf(taggedVersions).from);
  if (!hasDefault) return field;
  const plain = definition.default;
  const isLong = type === 'int64' && typeof plain === 'string';
  return field.default(isLong ? exact(plain) : plain);
}

function typeOf({ type, fields }: FieldDefinition): AnyField {
  const element = type.replace(/^\[\]/, '');
  const field = fields === undefined ? primitives[element]!() : notation.struct(schemaOf(fields));
  return type.startsWith('[]') ? notation.array(field) : field;
}

function rangeOf(text: string): Versions {
  return notation.parseVersions(text) ?? { from: 1, to: 0 };
}

/** A decimal int64 as `Reader.long` gives it. */
function exact(text: string): number | bigint {
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
}

/** What reading a vector's bytes gives. */
export function fromVector(schema: Schema, json: Record<string, unknown>): Record<string, unknown> {
  const each = Object.entries(json).map(([name, value]) => [name, plainOf(schema[name]!, value)]);
  return Object.fromEntries(each);
}

function plainOf(field: AnyField, json: unknown): unknown {
  const { kind } = field.declared;
  if (json === null) return null;
  if (kind.is === 'struct') return fromVector(kind.fields, json as Record<string, unknown>);
  if (kind.is === 'array') return (json as unknown[]).map((one) => plainOf(kind.element, one));
  if (kind.is === 'bytes' || kind.is === 'records') return Buffer.from(json as string, 'base64');
  if (kind.is === 'long' || kind.is === 'uint32') return exact(json as string);
  return json;
}
