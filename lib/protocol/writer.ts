/**
 * Writer: puts Kafka's primitive types into memory it takes in slabs. Codecs and record batches write through it.
 *
 * One writer serves many messages, one after the other. What it gives out is a list of chunks: slices of its slab, and in
 * between record batches and other large byte fields, which pass by reference and are never copied. A slab that was given
 * out is not written again. After an error the message half written must be thrown away with `take`.
 */
import { joined } from './reader';
import { putUuid } from './uuid-text';

/** A value that its type or version cannot carry: always a fault of the code that answers, never of the bytes. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
  /** Path of the field, such as `topics[0].name`. */
  readonly path: string;
  readonly what: string;

  constructor(what: string, path = '') {
    super(path === '' ? what : `${path}: ${what}`);
    this.what = what;
    this.path = path;
  }

  /** The same error seen from the struct or array around it. */
  within(outer: string): EncodeError {
    return new EncodeError(this.what, joined(outer, this.path));
  }
}

/** Byte fields at least this long are passed on by reference instead of being copied. */
const referenceMinBytes = 1024;
const two32 = 2 ** 32;
/** Up to this length a loop beats two calls into the runtime. */
const loopMaxLength = 24;
const stringMaxBytes = 32767;

export class Writer {
  /** Name of the field being written, for the error message; codecs keep it up to date. */
  field = '';
  /** Memory that is being written; `room` says where, and may put another in its place. */
  slab: Buffer;
  view: DataView;
  private readonly slabBytes: number;
  /** Where the chunk being written begins in the slab. */
  private start = 0;
  private position = 0;
  private chunks: Buffer[] = [];
  private chunksBytes = 0;

  /** @param slabBytes memory is taken in pieces of this size; what was taken is shared by all that one writer writes */
  constructor(slabBytes = 65536) {
    this.slabBytes = slabBytes;
    this.slab = Buffer.allocUnsafeSlow(slabBytes);
    this.view = new DataView(this.slab.buffer);
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

  /** Throws an EncodeError about the current field. */
  fail(what: string): never {
    throw new EncodeError(what, this.field);
  }

  private outOfRange(type: string, value: unknown): never {
    this.fail(`${typeof value === 'string' ? JSON.stringify(value) : String(value)} is not ${type}`);
  }

  private cut(): void {
    if (this.position === this.start) return;
    const chunk = this.slab.subarray(this.start, this.position);
    this.chunks.push(chunk);
    this.chunksBytes += chunk.length;
    this.start = this.position;
  }

  /** Makes room for `size` bytes in one piece and returns where in the slab they go. */
  room(size: number): number {
    const p = this.position;
    if (p + size <= this.slab.length) {
      this.position = p + size;
      return p;
    }
    this.cut();
    this.slab = Buffer.allocUnsafeSlow(Math.max(this.slabBytes, size));
    this.view = new DataView(this.slab.buffer);
    this.start = 0;
    this.position = size;
    return 0;
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) this.outOfRange('an int8', value);
    const p = this.room(1);
    this.slab[p] = value;
  }

  bool(value: boolean): void {
    if (value !== true && value !== false) this.outOfRange('a bool', value);
    const p = this.room(1);
    this.slab[p] = value ? 1 : 0;
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) this.outOfRange('an int16', value);
    const p = this.room(2);
    this.slab[p] = value >> 8;
    this.slab[p + 1] = value;
  }

  uint16(value: number): void {
    if ((value & 0xffff) !== value) this.outOfRange('a uint16', value);
    const p = this.room(2);
    this.slab[p] = value >> 8;
    this.slab[p + 1] = value;
  }

  int32(value: number): void {
    if ((value | 0) !== value) this.outOfRange('an int32', value);
    const p = this.room(4);
    this.view.setInt32(p, value);
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) this.outOfRange('a uint32', value);
    this.int32(value | 0);
  }

  /** An int64 given as an integer up to ±2^53, or as the bigint that `Reader.long` made of a larger one. */
  long(value: number): void {
    this.putLong(this.room(8), value);
  }

  /** Writes an int64 where `room` said. */
  putLong(p: number, value: number): void {
    if (Number.isSafeInteger(value)) {
      this.view.setInt32(p, Math.floor(value / two32));
      this.view.setInt32(p + 4, value);
    } else this.view.setBigInt64(p, this.wide(value));
  }

  /** The int64 behind what is no safe integer: −2^53, which Reader gives as a number, or a bigint. */
  private wide(value: unknown): bigint {
    if (value === -(2 ** 53)) return -(2n ** 53n);
    if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) this.outOfRange('an int64', value);
    return value;
  }

  float64(value: number): void {
    if (typeof value !== 'number') this.outOfRange('a float64', value);
    const p = this.room(8);
    this.view.setFloat64(p, value);
  }

  /** 16 bytes, given as 22 characters of base64url. */
  uuid(value: string): void {
    const p = this.room(16);
    if (!putUuid(value, this.slab, p)) this.outOfRange('a uuid in base64url', value);
  }

  uvarint(value: number): void {
    if (value >>> 0 !== value) this.outOfRange('a uvarint', value);
    let rest = value;
    while (rest > 0x7f) {
      const p = this.room(1);
      this.slab[p] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    const p = this.room(1);
    this.slab[p] = rest;
  }

  /** Zigzag varint of 32 bits. */
  varint(value: number): void {
    if ((value | 0) !== value) this.outOfRange('a varint', value);
    this.uvarint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** Zigzag varint of 64 bits, of what `long` takes. */
  varlong(value: number): void {
    let high: number;
    let low: number;
    if (Number.isSafeInteger(value)) {
      high = Math.floor(value / two32);
      low = value >>> 0;
    } else {
      const wide = this.wide(value);
      high = Number(wide >> 32n);
      low = Number(wide & 0xffffffffn);
    }
    const sign = high >> 31;
    let restHigh = (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
    let rest = ((low << 1) ^ sign) >>> 0;
    while (restHigh > 0) {
      const p = this.room(1);
      this.slab[p] = (rest & 0x7f) | 0x80;
      rest = ((rest >>> 7) | (restHigh << 25)) >>> 0;
      restHigh >>>= 7;
    }
    this.uvarint(rest);
  }

  /** Bytes without a length; long ones are passed on by reference and must not change until they are sent. */
  raw(value: Buffer): void {
    if (value.length < referenceMinBytes) {
      const p = this.room(value.length);
      this.slab.set(value, p);
      return;
    }
    this.cut();
    this.chunks.push(value);
    this.chunksBytes += value.length;
  }

  /** A text in UTF-8 after its length: one more than it in a uvarint if `compact`, else an int16. */
  private text(value: string, compact: boolean): void {
    const { length } = value;
    if (length <= loopMaxLength) {
      const lead = compact ? 1 : 2;
      const p = this.room(lead + length);
      const b = this.slab;
      let i = 0;
      for (let code = 0; i < length && (code = value.charCodeAt(i)) < 0x80; i++) b[p + lead + i] = code;
      if (i === length) {
        b[p] = compact ? length + 1 : 0;
        if (!compact) b[p + 1] = length;
        return;
      }
      this.position = p;
    }
    const size = Buffer.byteLength(value);
    if (size > stringMaxBytes) this.fail(`string of ${size} bytes exceeds ${stringMaxBytes}`);
    if (compact) this.uvarint(size + 1);
    else this.int16(size);
    const p = this.room(size);
    this.slab.write(value, p, size, 'utf8');
  }

  string(value: string): void {
    this.text(value, false);
  }

  nullableString(value: string | null): void {
    if (value === null) this.int16(-1);
    else this.text(value, false);
  }

  compactString(value: string): void {
    this.text(value, true);
  }

  compactNullableString(value: string | null): void {
    if (value === null) this.uvarint(0);
    else this.text(value, true);
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

  /** Number of elements of an array, −1 for null. */
  count(compact: boolean, n: number): void {
    if (compact) this.uvarint(n + 1);
    else this.int32(n);
  }

  /** What `write` writes to this writer, with its size in a uvarint before it, as tagged fields have it. */
  sized(write: (writer: this) => void): void {
    const mark = this.room(1);
    const chunksBefore = this.chunks.length;
    const lengthBefore = this.length;
    write(this);
    const size = this.length - lengthBefore;
    // Nearly always: a tag is a few bytes, and they lie behind the byte that was kept free for its size.
    if (size < 0x80 && this.chunks.length === chunksBefore) this.slab[mark] = size;
    else this.insertSize(size, mark, chunksBefore);
  }

  /** Puts a size in the place of the byte at `mark` in a slab of which chunk `index` is a slice. */
  private insertSize(size: number, mark: number, index: number): void {
    this.cut();
    const chunk = this.chunks[index]!;
    const at = mark - chunk.byteOffset;
    const lead = new Writer(8);
    lead.uvarint(size);
    const parts = [chunk.subarray(0, at), lead.takeBuffer(), chunk.subarray(at + 1)];
    this.chunks.splice(index, 1, ...parts.filter((part) => part.length > 0));
    this.chunksBytes += parts[1]!.length - 1;
  }
}
