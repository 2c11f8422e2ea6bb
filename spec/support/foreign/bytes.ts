/**
 * Bytes as a foreign tester of brokers writes and reads them: by hand, from the protocol's documentation alone. Nothing in
 * this folder knows the code under test.
 */

/** Puts bytes one behind another. */
export class Bytes {
  private readonly pieces: Buffer[] = [];

  private number(size: number, write: (b: Buffer) => void): this {
    const piece = Buffer.alloc(size);
    write(piece);
    return this.raw(piece);
  }

  raw(bytes: Buffer): this {
    this.pieces.push(bytes);
    return this;
  }

  int8(value: number): this {
    return this.number(1, (b) => b.writeInt8(value));
  }

  int16(value: number): this {
    return this.number(2, (b) => b.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.number(4, (b) => b.writeInt32BE(value));
  }

  uint32(value: number): this {
    return this.number(4, (b) => b.writeUInt32BE(value));
  }

  int64(value: number): this {
    return this.number(8, (b) => b.writeBigInt64BE(BigInt(value)));
  }

  uvarint(value: number): this {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.raw(Buffer.from([(rest % 128) | 0x80]));
    return this.raw(Buffer.from([rest]));
  }

  /** Zigzag. */
  varint(value: number): this {
    return this.uvarint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** A string or bytes with its length + 1 before it. */
  compact(value: string | Buffer): this {
    const bytes = Buffer.from(value);
    return this.uvarint(bytes.length + 1).raw(bytes);
  }

  /** An array with its length + 1 before it. */
  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.uvarint(items.length + 1);
    for (const item of items) write(item);
    return this;
  }

  /** No tagged fields. */
  tags(): this {
    return this.uvarint(0);
  }

  done(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

/** Reads bytes one behind another. */
export class Cursor {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  raw(size: number): Buffer {
    if (size > this.left) throw new Error(`${size} bytes wanted at ${this.at}, ${this.left} left`);
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  int8(): number {
    return this.raw(1).readInt8();
  }

  int16(): number {
    return this.raw(2).readInt16BE();
  }

  int32(): number {
    return this.raw(4).readInt32BE();
  }

  int64(): number {
    return Number(this.raw(8).readBigInt64BE());
  }

  uvarint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.raw(1).readUInt8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  compactString(): string | null {
    const size = this.uvarint();
    return size === 0 ? null : this.raw(size - 1).toString();
  }

  array<T>(read: () => T): T[] {
    const items: T[] = [];
    for (let left = this.uvarint() - 1; left > 0; left--) items.push(read());
    return items;
  }

  /** Skips tagged fields. */
  tags(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint();
      this.raw(this.uvarint());
    }
  }
}
