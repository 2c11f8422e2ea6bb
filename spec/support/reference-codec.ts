/**
 * The oracle of compile.ts: reads and writes messages by walking their declaration, slowly and plainly.
 *
 * Specs hold the compiled codecs against it. It shares no code with lib/protocol but the notation itself: bytes are read
 * and written with Buffer's own methods, an int64 always goes through bigint, nothing is passed on by reference. What it
 * throws says little; only whether it throws is compared.
 */
import type { AnyField, Kind, Schema, Versions } from '../../lib/protocol/schema';

type Value = Record<string, unknown>;

/** What one message says; refuses bytes that are not one, and bytes left over. */
export function referenceRead(schema: Schema, version: number, flexible: boolean, bytes: Buffer): Value {
  const source = new Source(bytes, version, flexible);
  const value = source.struct(schema);
  if (source.at !== bytes.length) throw new Error(`${bytes.length - source.at} bytes left over`);
  return value;
}

export function referenceWrite(schema: Schema, version: number, flexible: boolean, draft: Value): Buffer {
  return new Sink(version, flexible).struct(schema, draft);
}

/** What reading gives after a draft was written: absent fields and those left out have their defaults. */
export function completed(schema: Schema, version: number, flexible: boolean, draft: Value): Value {
  const value = (field: AnyField, given: unknown): unknown => {
    if (given === null) return null;
    const { kind } = field.declared;
    if (kind.is === 'struct') return completed(kind.fields, version, flexible, given as Value);
    if (kind.is === 'array') return (given as unknown[]).map((one) => value(kind.element, one));
    return given;
  };
  const each = Object.entries(schema).map(([name, field]) => {
    const carried = isIn(field.declared.versions, version) && (field.declared.tag === null || flexible);
    return [name, carried && draft[name] !== undefined ? value(field, draft[name]) : fallback(field)];
  });
  return Object.fromEntries(each);
}

function isIn(versions: Versions | null, version: number): boolean {
  return versions !== null && versions.from <= version && version <= versions.to;
}

/** The default of a field: the declared one, else what Kafka gives the type. */
function fallback(field: AnyField): unknown {
  const { kind, fallback: declared, nulls } = field.declared;
  if (declared !== undefined) return declared;
  if (kind.is === 'struct')
    return Object.fromEntries(Object.entries(kind.fields).map(([name, inner]) => [name, fallback(inner)]));
  if (kind.is === 'array') return [];
  if (kind.is === 'bool') return false;
  if (kind.is === 'string') return '';
  if (kind.is === 'uuid') return 'A'.repeat(22);
  if (kind.is === 'bytes') return Buffer.alloc(0);
  if (kind.is === 'records') return nulls === null ? Buffer.alloc(0) : null;
  return 0;
}

/** Tagged fields are left out of a message where they say what their default says anyway. */
function same(a: unknown, b: unknown): boolean {
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return a.equals(b);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === 0 && b.length === 0;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  return Object.entries(b).every(([name, value]) => {
    const given = (a as Value)[name];
    return given === undefined || same(given, value);
  });
}

function inWireOrder(schema: Schema, version: number): { plain: [string, AnyField][]; tagged: [string, AnyField][] } {
  const present = Object.entries(schema).filter(([, field]) => isIn(field.declared.versions, version));
  return {
    plain: present.filter(([, field]) => field.declared.tag === null),
    tagged: present
      .filter(([, field]) => field.declared.tag !== null)
      .sort(([, a], [, b]) => Number(a.declared.tag) - Number(b.declared.tag)),
  };
}

class Source {
  at = 0;
  private readonly bytes: Buffer;
  private readonly version: number;
  private readonly flexible: boolean;

  constructor(bytes: Buffer, version: number, flexible: boolean) {
    this.bytes = bytes;
    this.version = version;
    this.flexible = flexible;
  }

  private next(size: number): Buffer {
    if (this.at + size > this.bytes.length) throw new Error('too short');
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  private uvarint(): number {
    let value = 0n;
    for (let shift = 0n; shift < 35n; shift += 7n) {
      const byte = this.next(1).readUInt8();
      value |= BigInt(byte % 128) << shift;
      if (byte < 128) return Number(value % 2n ** 32n);
    }
    throw new Error('varint too long');
  }

  struct(schema: Schema): Value {
    const { plain, tagged } = inWireOrder(schema, this.version);
    const value = Object.fromEntries(Object.entries(schema).map(([name, field]) => [name, fallback(field)]));
    for (const [name, field] of plain) value[name] = this.field(field, false);
    if (!this.flexible) return value;
    for (let n = this.uvarint(); n > 0; n--) {
      const tag = this.uvarint();
      const size = this.uvarint();
      const known = tagged.find(([, field]) => field.declared.tag === tag);
      if (this.at + size > this.bytes.length) throw new Error('tag too long');
      const end = this.at + size;
      if (known === undefined) this.at = end;
      else value[known[0]] = this.field(known[1], true);
      if (this.at !== end) throw new Error('tag of another size');
    }
    return value;
  }

  private field({ declared }: AnyField, tagged: boolean): unknown {
    const value = this.value(declared.kind, tagged, isIn(declared.nulls, this.version));
    if (value === null && !isIn(declared.nulls, this.version)) throw new Error('null');
    return value;
  }

  private value(kind: Kind, tagged: boolean, nullable: boolean): unknown {
    switch (kind.is) {
      case 'bool':
        return this.next(1).readUInt8() !== 0;
      case 'int8':
        return this.next(1).readInt8();
      case 'int16':
        return this.next(2).readInt16BE();
      case 'uint16':
        return this.next(2).readUInt16BE();
      case 'int32':
        return this.next(4).readInt32BE();
      case 'uint32':
        return this.next(4).readUInt32BE();
      case 'float64':
        return this.next(8).readDoubleBE();
      case 'long': {
        const exact = this.next(8).readBigInt64BE();
        return BigInt(Number(exact)) === exact && exact >= -(2n ** 53n) && exact < 2n ** 53n ? Number(exact) : exact;
      }
      case 'uuid':
        return this.next(16).toString('base64url');
      case 'string': {
        const size = this.flexible ? this.uvarint() - 1 : this.next(2).readInt16BE();
        if (size < -1 || size > 32767) throw new Error('string length');
        return size === -1 ? null : this.next(size).toString();
      }
      case 'bytes':
      case 'records': {
        const size = this.length();
        return size === -1 ? null : Buffer.from(this.next(size));
      }
      case 'array': {
        const size = this.length();
        if (size > this.bytes.length) throw new Error('more elements than bytes');
        return size === -1 ? null : Array.from({ length: size }, () => this.field(kind.element, false));
      }
      case 'struct': {
        if (nullable && (tagged ? this.uvarint() === 0 : this.next(1).readInt8() < 0)) return null;
        return this.struct(kind.fields);
      }
    }
  }

  private length(): number {
    const size = this.flexible ? this.uvarint() - 1 : this.next(4).readInt32BE();
    if (size < -1) throw new Error('length');
    return size;
  }
}

class Sink {
  private readonly version: number;
  private readonly flexible: boolean;

  constructor(version: number, flexible: boolean) {
    this.version = version;
    this.flexible = flexible;
  }

  private fixed(size: number, put: (to: Buffer) => void): Buffer {
    const to = Buffer.alloc(size);
    put(to);
    return to;
  }

  private uvarint(value: number): Buffer {
    const bytes = [];
    let rest = BigInt(value);
    for (; rest >= 128n; rest /= 128n) bytes.push(Number(rest % 128n) + 128);
    return Buffer.from([...bytes, Number(rest)]);
  }

  struct(schema: Schema, draft: Value): Buffer {
    const { plain, tagged } = inWireOrder(schema, this.version);
    const given = (name: string, field: AnyField) => (draft[name] === undefined ? fallback(field) : draft[name]);
    const body = plain.map(([name, field]) => this.field(field, given(name, field), false));
    if (!this.flexible) return Buffer.concat(body);
    const said = tagged.filter(([name, field]) => !same(given(name, field), fallback(field)));
    const tags = said.flatMap(([name, field]) => {
      const value = this.field(field, given(name, field), true);
      return [this.uvarint(Number(field.declared.tag)), this.uvarint(value.length), value];
    });
    return Buffer.concat([...body, this.uvarint(said.length), ...tags]);
  }

  private field({ declared: { kind, nulls } }: AnyField, value: unknown, tagged: boolean): Buffer {
    const nullable = isIn(nulls, this.version);
    if (value === null && !nullable) throw new Error('null');
    switch (kind.is) {
      case 'bool':
        return Buffer.from([value ? 1 : 0]);
      case 'int8':
        return this.fixed(1, (to) => to.writeInt8(value as number));
      case 'int16':
        return this.fixed(2, (to) => to.writeInt16BE(value as number));
      case 'uint16':
        return this.fixed(2, (to) => to.writeUInt16BE(value as number));
      case 'int32':
        return this.fixed(4, (to) => to.writeInt32BE(value as number));
      case 'uint32':
        return this.fixed(4, (to) => to.writeUInt32BE(value as number));
      case 'float64':
        return this.fixed(8, (to) => to.writeDoubleBE(value as number));
      case 'long':
        return this.fixed(8, (to) => to.writeBigInt64BE(BigInt(value as number)));
      case 'uuid':
        return Buffer.from(value as string, 'base64url');
      case 'string': {
        const text = value === null ? null : Buffer.from(value as string);
        if (text !== null && text.length > 32767) throw new Error('string length');
        const size = text?.length ?? -1;
        const length = this.flexible ? this.uvarint(size + 1) : this.fixed(2, (to) => to.writeInt16BE(size));
        return Buffer.concat(text === null ? [length] : [length, text]);
      }
      case 'bytes':
      case 'records':
        return value === null
          ? this.length(-1)
          : Buffer.concat([this.length((value as Buffer).length), value as Buffer]);
      case 'array': {
        if (value === null) return this.length(-1);
        const elements = (value as unknown[]).map((one) => this.field(kind.element, one, false));
        return Buffer.concat([this.length(elements.length), ...elements]);
      }
      case 'struct': {
        if (!nullable) return this.struct(kind.fields, value as Value);
        const mark = tagged ? this.uvarint(value === null ? 0 : 1) : Buffer.from([value === null ? 255 : 1]);
        return value === null ? mark : Buffer.concat([mark, this.struct(kind.fields, value as Value)]);
      }
    }
  }

  private length(size: number): Buffer {
    return this.flexible ? this.uvarint(size + 1) : this.fixed(4, (to) => to.writeInt32BE(size));
  }
}
