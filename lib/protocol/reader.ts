/**
 * Reader: takes Kafka's primitive types from a Buffer, one after the other. Codecs and record batches read through it.
 *
 * It never allocates for a length before it knows that the bytes are there, and a message never makes more array elements
 * than `elementsMax`. What it gives of byte fields shares memory with the buffer.
 *
 * An int64 is a `number` wherever it fits one exactly. Beyond ±2^53, which no offset, timestamp or id of a real log
 * reaches, it arrives as a bigint behind the same type: it compares, prints and is written back exactly, while arithmetic
 * with it throws, which costs the request that brought it and nothing else.
 */
import { uuidText } from './uuid-text';

/** Bytes that are not the message they claim to be: which field, at which byte, what was seen and what is allowed. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  /** Path of the field, such as `topicData[2].partitionData[0].records`. */
  readonly path: string;
  /** Position in the bytes that were being read. */
  readonly offset: number;
  readonly what: string;

  constructor(what: string, path: string, offset: number) {
    super(`${path === '' ? 'message' : path} at byte ${offset}: ${what}`);
    this.what = what;
    this.path = path;
    this.offset = offset;
  }

  /** The same error seen from the struct or array around it. */
  within(outer: string): DecodeError {
    return new DecodeError(this.what, joined(outer, this.path), this.offset);
  }
}

/** `topics[2]` and `name` as `topics[2].name`. */
export function joined(outer: string, inner: string): string {
  return inner === '' || inner.startsWith('[') ? outer + inner : `${outer}.${inner}`;
}

/**
 * How many array elements one message may hold, counted over all its arrays. The smallest struct takes two bytes on the
 * wire and up to 150 in memory (measured), so that a frame could grow a hundredfold; with this bound a message becomes
 * some 40 MB of objects at most. A request that names 10,000 partitions with five replicas each has 60,000 elements.
 */
export const usualElementsMax = 250_000;

const empty = Buffer.alloc(0);
const two32 = 2 ** 32;
/** Up to this length a loop beats the call into the runtime; longer texts would also be ropes, slow as keys of maps. */
const loopMaxBytes = 8;

export class Reader {
  readonly buffer: Buffer;
  readonly end: number;
  position: number;
  /** Name of the field being read, for the error message; codecs keep it up to date. */
  field = '';
  /** Most array elements that the message may hold. */
  readonly elementsMax: number;
  private elements = 0;

  /**
   * @param position where reading begins, in bytes
   * @param end where the message ends, in bytes; nothing behind it is looked at
   * @param elementsMax see `usualElementsMax`; Infinity for bytes that this broker wrote itself
   */
  constructor(buffer: Buffer, position = 0, end = buffer.length, elementsMax = usualElementsMax) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
    this.elementsMax = elementsMax;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Throws a DecodeError about the current field. */
  fail(what: string, offset = this.position): never {
    throw new DecodeError(what, this.field, offset);
  }

  /** Moves past `size` bytes and returns where they begin in the buffer. */
  take(size: number): number {
    const position = this.position;
    if (size > this.end - position) this.fail(`${size} bytes needed, ${this.end - position} left`);
    this.position = position + size;
    return position;
  }

  int8(): number {
    const p = this.take(1);
    return (this.buffer[p]! << 24) >> 24;
  }

  bool(): boolean {
    return this.buffer[this.take(1)] !== 0;
  }

  int16(): number {
    const p = this.take(2);
    const b = this.buffer;
    return (((b[p]! << 8) | b[p + 1]!) << 16) >> 16;
  }

  uint16(): number {
    const p = this.take(2);
    return (this.buffer[p]! << 8) | this.buffer[p + 1]!;
  }

  int32(): number {
    const p = this.take(4);
    const b = this.buffer;
    return (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  /** An int64 as a number where that is exact; see the note at the top. */
  long(): number {
    const p = this.take(8);
    const b = this.buffer;
    const high = (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!;
    const low = ((b[p + 4]! << 24) | (b[p + 5]! << 16) | (b[p + 6]! << 8) | b[p + 7]!) >>> 0;
    return exactLong(high, low);
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.take(8));
  }

  /** 16 bytes as Kafka prints them: 22 characters of base64url. */
  uuid(): string {
    return uuidText(this.buffer, this.take(16));
  }

  /** Unsigned LEB128 of at most 32 bits (Kafka's ByteUtils.readUnsignedVarint). */
  uvarint(): number {
    const start = this.position;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.take(1)]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    return this.fail('varint of more than 5 bytes', start);
  }

  /** Zigzag varint of 32 bits. */
  varint(): number {
    const raw = this.uvarint();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** Zigzag varint of 64 bits, as a number where that is exact. */
  varlong(): number {
    const start = this.position;
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.buffer[this.take(1)]!;
      if (i < 4) low |= (byte & 0x7f) << (7 * i);
      else if (i === 4) {
        low |= (byte & 0x0f) << 28;
        high |= (byte & 0x7f) >>> 4;
      } else high |= (byte & 0x7f) << (7 * i - 32);
      if (byte < 0x80) {
        const sign = -(low & 1);
        return exactLong((high >>> 1) ^ sign, (((low >>> 1) | (high << 31)) ^ sign) >>> 0);
      }
    }
    return this.fail('varint of more than 10 bytes', start);
  }

  /** `size` bytes of UTF-8. */
  utf8(size: number): string {
    const p = this.take(size);
    if (size > loopMaxBytes) return this.buffer.toString('utf8', p, p + size);
    let text = '';
    for (let i = p; i < p + size; i++) {
      const byte = this.buffer[i]!;
      if (byte > 0x7f) return this.buffer.toString('utf8', p, p + size);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** A slice of `size` bytes; it shares memory with the buffer that is read. */
  slice(size: number): Buffer {
    if (size === 0) return empty;
    const p = this.take(size);
    return this.buffer.subarray(p, p + size);
  }

  skip(size: number): void {
    this.take(size);
  }

  string(): string {
    const size = this.int16();
    if (size < 0) this.fail(`string length ${size}, null is not allowed here`);
    return this.utf8(size);
  }

  nullableString(): string | null {
    const size = this.int16();
    if (size < -1) this.fail(`string length ${size}`);
    return size < 0 ? null : this.utf8(size);
  }

  compactString(): string {
    const size = this.uvarint();
    if (size === 0) this.fail('null is not allowed here');
    if (size > 0x8000) this.fail(`string of ${size - 1} bytes exceeds 32767`);
    return this.utf8(size - 1);
  }

  compactNullableString(): string | null {
    const size = this.uvarint();
    if (size > 0x8000) this.fail(`string of ${size - 1} bytes exceeds 32767`);
    return size === 0 ? null : this.utf8(size - 1);
  }

  bytes(): Buffer {
    const size = this.int32();
    if (size < 0) this.fail(`length ${size}, null is not allowed here`);
    return this.slice(size);
  }

  nullableBytes(): Buffer | null {
    const size = this.int32();
    if (size < -1) this.fail(`length ${size}`);
    return size < 0 ? null : this.slice(size);
  }

  compactBytes(): Buffer {
    const size = this.uvarint();
    if (size === 0) this.fail('null is not allowed here');
    return this.slice(size - 1);
  }

  compactNullableBytes(): Buffer | null {
    const size = this.uvarint();
    return size === 0 ? null : this.slice(size - 1);
  }

  /**
   * Number of elements of an array, −1 for null. Refused if the rest of the message cannot hold so many elements of at
   * least `elementMinBytes` each, so that a hostile count never allocates, and if the message then holds too many.
   */
  count(compact: boolean, elementMinBytes: number): number {
    const n = compact ? this.uvarint() - 1 : this.int32();
    if (n < 0) return n === -1 ? n : this.fail(`array of ${n} elements`);
    if (n * elementMinBytes > this.end - this.position)
      this.fail(`array of ${n} elements does not fit in the ${this.end - this.position} bytes left`);
    this.elements += n;
    if (this.elements > this.elementsMax)
      this.fail(`${this.elements} array elements so far, a message may hold ${this.elementsMax}`);
    return n;
  }
}

/** An int64 of its halves, the lower one unsigned: a number where that is exact, else a bigint. */
export function exactLong(high: number, low: number): number {
  if (high >= -0x200000 && high <= 0x1fffff) return high * two32 + low;
  return beyondNumber((BigInt(high) << 32n) | BigInt(low));
}

/** The one place where an int64 that no number can hold takes the type of one; see the note at the top. */
function beyondNumber(value: bigint): number {
  return value as never;
}

/** The largest int64, which some fields have as their default. */
export const maxLong = beyondNumber(2n ** 63n - 1n);
