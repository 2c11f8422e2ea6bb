/**
 * Reader and Writer: Kafka's primitive types over Buffers. Everything on the wire and in Kafka's logs goes through here.
 *
 * The reader never allocates for a length before it knows that the bytes are there. The writer collects chunks: record
 * batches and other large byte fields are passed on by reference, never copied.
 *
 * An int64 is a `number` wherever it fits one exactly. Beyond ±2^53, which no offset, timestamp or id of a real log
 * reaches, it arrives as a bigint behind the same type: it compares, prints and is written back exactly, while arithmetic
 * with it throws, which costs the request that brought it and nothing else.
 */

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

  /** The same error seen from the struct around it. */
  within(outer: string): DecodeError {
    return new DecodeError(this.what, this.path === '' ? outer : `${outer}.${this.path}`, this.offset);
  }
}

/** A value that its type or version cannot carry: always a fault of the code that answers, never of the bytes. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
}

const empty = Buffer.alloc(0);
/** Byte fields at least this long are passed on by reference instead of being copied. */
const referenceMinBytes = 1024;
const two32 = 2 ** 32;
/** Base64url of sixteen zero bytes: "no uuid". */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA';

export class Reader {
  readonly buffer: Buffer;
  readonly end: number;
  position: number;
  /** Name of the field being read, for the error message; codecs keep it up to date. */
  field = '';

  constructor(buffer: Buffer, position = 0, end = buffer.length) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Throws a DecodeError about the current field. */
  fail(what: string, offset = this.position): never {
    throw new DecodeError(what, this.field, offset);
  }

  /** Moves past `size` bytes and returns where they begin. */
  private take(size: number): number {
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
    if (high >= -0x200000 && high <= 0x1fffff) return high * two32 + low;
    return beyondNumber(b.readBigInt64BE(p));
  }

  float64(): number {
    return this.buffer.readDoubleBE(this.take(8));
  }

  /** 16 bytes as Kafka prints them: 22 characters of base64url. */
  uuid(): string {
    const p = this.take(16);
    return this.buffer.toString('base64url', p, p + 16);
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
        const outLow = (((low >>> 1) | (high << 31)) ^ sign) >>> 0;
        const outHigh = (high >>> 1) ^ sign;
        if (outHigh >= -0x200000 && outHigh <= 0x1fffff) return outHigh * two32 + outLow;
        return beyondNumber((BigInt(outHigh) << 32n) | BigInt(outLow));
      }
    }
    return this.fail('varint of more than 10 bytes', start);
  }

  /** `size` bytes of UTF-8. */
  utf8(size: number): string {
    const p = this.take(size);
    if (size > 24) return this.buffer.toString('utf8', p, p + size);
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
   * least `elementMinBytes` each, so that a hostile count never allocates.
   */
  count(compact: boolean, elementMinBytes: number): number {
    const n = compact ? this.uvarint() - 1 : this.int32();
    if (n < -1) this.fail(`array of ${n} elements`);
    if (n * elementMinBytes > this.end - this.position)
      this.fail(`array of ${n} elements does not fit in the ${this.end - this.position} bytes left`);
    return n;
  }
}

/** The largest int64, which some fields have as their default. */
export const maxLong = beyondNumber(2n ** 63n - 1n);

/** The one place where an int64 that no number can hold takes the type of one; see the note at the top. */
function beyondNumber(value: bigint): number {
  return value as never;
}

export class Writer {
  private readonly slabBytes: number;
  private slab: Buffer;
  /** Where the chunk being written begins in the slab. */
  private start = 0;
  private position = 0;
  private chunks: Buffer[] = [];
  private chunksBytes = 0;

  /** @param slabBytes memory is taken in pieces of this size; what was taken is shared by all that one writer writes */
  constructor(slabBytes = 65536) {
    this.slabBytes = slabBytes;
    this.slab = Buffer.allocUnsafeSlow(slabBytes);
  }

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.chunksBytes + this.position - this.start;
  }

  /** What was written since the last `take`, in order; the writer is then ready for the next message. */
  take(): Buffer[] {
    this.cut();
    const chunks = this.chunks;
    this.chunks = [];
    this.chunksBytes = 0;
    return chunks;
  }

  /** What was written since the last `take` as one buffer. */
  takeBuffer(): Buffer {
    const chunks = this.take();
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }

  private cut(): void {
    if (this.position === this.start) return;
    const chunk = this.slab.subarray(this.start, this.position);
    this.chunks.push(chunk);
    this.chunksBytes += chunk.length;
    this.start = this.position;
  }

  /** Makes room for `size` bytes in one piece and returns where they go. */
  private room(size: number): number {
    if (this.position + size > this.slab.length) {
      this.cut();
      this.slab = Buffer.allocUnsafeSlow(Math.max(this.slabBytes, size));
      this.start = 0;
      this.position = 0;
    }
    const p = this.position;
    this.position = p + size;
    return p;
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) outOfRange('int8', value);
    const p = this.room(1);
    this.slab[p] = value;
  }

  bool(value: boolean): void {
    const p = this.room(1);
    this.slab[p] = value ? 1 : 0;
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) outOfRange('int16', value);
    const p = this.room(2);
    this.slab[p] = value >> 8;
    this.slab[p + 1] = value;
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) outOfRange('uint16', value);
    const p = this.room(2);
    this.slab[p] = value >> 8;
    this.slab[p + 1] = value;
  }

  int32(value: number): void {
    if ((value | 0) !== value) outOfRange('int32', value);
    const p = this.room(4);
    const b = this.slab;
    b[p] = value >> 24;
    b[p + 1] = value >> 16;
    b[p + 2] = value >> 8;
    b[p + 3] = value;
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) outOfRange('uint32', value);
    this.int32(value | 0);
  }

  /** An int64 given as a safe integer, or as the bigint that `Reader.long` made of a larger one. */
  long(value: number): void {
    const p = this.room(8);
    if (!Number.isSafeInteger(value)) {
      if (typeof value !== 'bigint') outOfRange('int64', value);
      this.slab.writeBigInt64BE(value, p);
      return;
    }
    const b = this.slab;
    const high = Math.floor(value / two32);
    b[p] = high >> 24;
    b[p + 1] = high >> 16;
    b[p + 2] = high >> 8;
    b[p + 3] = high;
    b[p + 4] = value >> 24;
    b[p + 5] = value >> 16;
    b[p + 6] = value >> 8;
    b[p + 7] = value;
  }

  float64(value: number): void {
    const p = this.room(8);
    this.slab.writeDoubleBE(value, p);
  }

  uuid(value: string): void {
    const p = this.room(16);
    if (this.slab.write(value, p, 16, 'base64url') !== 16) throw new EncodeError(`${value} is not a uuid in base64url`);
  }

  uvarint(value: number): void {
    if (value >>> 0 !== value) outOfRange('uvarint', value);
    let rest = value;
    while (rest > 0x7f) {
      const p = this.room(1);
      this.slab[p] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    const p = this.room(1);
    this.slab[p] = rest;
  }

  varint(value: number): void {
    if ((value | 0) !== value) outOfRange('varint', value);
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  varlong(value: number): void {
    if (value >= -0x40000000 && value < 0x40000000) {
      this.varint(value);
      return;
    }
    let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
    for (; rest > 0x7fn; rest >>= 7n) {
      const p = this.room(1);
      this.slab[p] = Number(rest & 0x7fn) | 0x80;
    }
    const p = this.room(1);
    this.slab[p] = Number(rest);
  }

  /** Bytes without a length; long ones are passed on by reference and must not change until they are sent. */
  raw(value: Buffer): void {
    if (value.length < referenceMinBytes) {
      const p = this.room(value.length);
      value.copy(this.slab, p);
      return;
    }
    this.cut();
    this.chunks.push(value);
    this.chunksBytes += value.length;
  }

  private utf8(value: string, size: number): void {
    const p = this.room(size);
    this.slab.write(value, p, size, 'utf8');
  }

  string(value: string): void {
    const size = Buffer.byteLength(value);
    this.int16(size);
    this.utf8(value, size);
  }

  nullableString(value: string | null): void {
    if (value === null) this.int16(-1);
    else this.string(value);
  }

  compactString(value: string): void {
    const size = Buffer.byteLength(value);
    this.uvarint(size + 1);
    this.utf8(value, size);
  }

  compactNullableString(value: string | null): void {
    if (value === null) this.uvarint(0);
    else this.compactString(value);
  }

  bytes(value: Buffer): void {
    this.int32(value.length);
    this.raw(value);
  }

  nullableBytes(value: Buffer | null): void {
    if (value === null) this.int32(-1);
    else this.bytes(value);
  }

  compactBytes(value: Buffer): void {
    this.uvarint(value.length + 1);
    this.raw(value);
  }

  compactNullableBytes(value: Buffer | null): void {
    if (value === null) this.uvarint(0);
    else this.compactBytes(value);
  }

  /** What `write` writes, with its size before it, as tagged fields have it. */
  sized(write: (writer: Writer) => void): void {
    const inner = new Writer(512);
    write(inner);
    this.uvarint(inner.length);
    for (const chunk of inner.take()) this.raw(chunk);
  }

  /** Number of elements of an array, −1 for null. */
  count(compact: boolean, n: number): void {
    if (compact) this.uvarint(n + 1);
    else this.int32(n);
  }
}

function outOfRange(type: string, value: unknown): never {
  throw new EncodeError(`${String(value)} is not an ${type}`);
}
