/**
 * Bodies as plain values that can be printed: what the version carries, record batches with their records, bytes as text.
 * Called for `--bodies`; what it gives is JSON.
 *
 * What always holds: whatever the bytes are, there is a value, and secrets other than records are not
 * shown, as they are not recorded (capture/redact/secrets.ts).
 */
import { isUtf8 } from 'node:buffer';
import { isSecretConfig, secretOf } from '../capture/redact/secrets';
import { KafkaError } from '../errors';
import { carriedBy } from '../protocol/named-fields';
import type { FieldAt, Struct } from '../protocol/rewrite';
import { covers, type Schema } from '../protocol/schema';
import * as batch from '../records/batch';
import { codecNames } from '../records/compression';
import { type LogRecord, recordsOf } from '../records/record';
import { readCarried } from './carried';

/** Control characters but those of lines. */
const control = /[^\P{Cc}\t\n\r]/u;

type Place = Pick<FieldAt, 'name' | 'parents' | 'field'>;

/** What JSON can say; int64s beyond 2^53 are text. */
export type Shown = null | boolean | number | string | readonly Shown[] | { readonly [name: string]: Shown };

/** The fields that `version` carries, in the order of the schema. */
export function shownBody(schema: Schema, body: Struct, version: number): Shown {
  return shownStruct(schema, body, version, []);
}

function shownStruct(schema: Schema, struct: Struct, version: number, parents: readonly string[]): Shown {
  const each = Object.entries(schema)
    .filter(([, field]) => covers(field.declared.versions, version))
    .map(([name, field]) => {
      const value = struct[name];
      const isHidden = value !== null && isSecret({ name, parents, field }, struct);
      return [name, isHidden ? 'not shown' : shownField({ name, parents, field }, value, version)];
    });
  return Object.fromEntries(each) as Shown;
}

function isSecret(at: Place, siblings: Struct): boolean {
  const secret = secretOf(at);
  return secret === 'sasl' || (secret === 'configs' && isSecretConfig(siblings['name'] ?? siblings['key']));
}

function shownField({ name, parents, field }: Place, value: unknown, version: number): Shown {
  const { kind } = field.declared;
  if (value === null || value === undefined) return null;
  switch (kind.is) {
    case 'struct':
      return shownStruct(kind.fields, value as Struct, version, [...parents, name]);
    case 'array':
      return (value as readonly unknown[]).map((one) =>
        shownField({ name, parents, field: kind.element }, one, version),
      );
    case 'records':
      return shownRecords(value as Buffer);
    case 'bytes':
      return shownByteField(carriedBy({ name, field }), value as Buffer);
    default:
      return typeof value === 'bigint' ? value.toString() : (value as Shown);
  }
}

function shownByteField(kind: ReturnType<typeof carriedBy>, bytes: Buffer): Shown {
  const carried = kind === null ? null : readCarried(bytes, kind);
  if (carried === null) return shownBytes(bytes);
  return { ...carried, userData: carried.userData && shownBytes(carried.userData) };
}

/** Text where it is that, else `{ base64 }`. */
export function shownBytes(bytes: Buffer): Shown {
  const text = isUtf8(bytes) ? bytes.toString() : null;
  return text !== null && !control.test(text) ? text : { base64: bytes.toString('base64') };
}

/** The batches in a field of records; behind the last whole one, how many bytes are left. */
function shownRecords(bytes: Buffer): Shown {
  const shown: Shown[] = [];
  let at = 0;
  try {
    for (; at < bytes.length; at += batch.sizeInBytes(bytes, at)) {
      if (batch.wholeSize(bytes, at) === 0) break;
      shown.push(shownBatch(bytes, at));
    }
  } catch (error) {
    return [...shown, { broken: brokenBy(error), at }];
  }
  return at < bytes.length ? [...shown, { bytesOfAnIncompleteBatch: bytes.length - at }] : shown;
}

function shownBatch(bytes: Buffer, at: number): Shown {
  const magic = batch.magic(bytes, at);
  const codec = batch.codec(bytes, at);
  const said = {
    magic,
    baseOffset: batch.baseOffset(bytes, at),
    lastOffset: batch.lastOffset(bytes, at),
    bytes: batch.sizeInBytes(bytes, at),
    compression: codecNames[codec] ?? codec,
    isCrcRight: batch.crcMatches(bytes, at),
    producerId: batch.producerId(bytes, at),
    producerEpoch: batch.producerEpoch(bytes, at),
    baseSequence: batch.baseSequence(bytes, at),
    isTransactional: batch.isTransactional(bytes, at),
    isControl: batch.isControl(bytes, at),
  };
  try {
    return { ...said, records: Array.from(recordsOf(bytes, at), shownRecord) };
  } catch (error) {
    return { ...said, broken: brokenBy(error) };
  }
}

function shownRecord({ offset, timestamp, key, value, headers }: LogRecord): Shown {
  return {
    offset,
    timestamp,
    key: key && shownBytes(key),
    value: value && shownBytes(value),
    ...(headers.length > 0 && {
      headers: headers.map((header) => ({ key: header.key, value: header.value && shownBytes(header.value) })),
    }),
  };
}

function brokenBy(error: unknown): string {
  if (error instanceof KafkaError) return String(error);
  throw error;
}
