/**
 * Parts: a frame with holes. What may be in the file is told literally, of what may not only the length.
 *
 * Whoever writes leaves values where they are and says where: no batch is rewritten, compressed or summed while a broker
 * waits. Whoever reads fills the holes, and makes each record batch valid again: its payload compressed with its codec, its
 * length and its CRC right, and right the length of the records around it.
 *
 * What always holds: a frame without compressed batches has the size that it had; a compressed batch comes close to its own.
 * Fillings are the same at each reading.
 */
import { Reader, Writer } from '../../protocol/bytes';
import * as batch from '../../records/batch';
import { type Codec, codecs, compress } from '../../records/compression';
import { copyBytes } from '../copy-bytes';
import { putUvarint } from './uvarint';

/** What a part begins with. */
export const partKinds = Object.freeze({ literal: 1, hole: 2, records: 3, batch: 4, end: 5 });

/** What stands before records: an int32, or a uvarint that is one larger. */
const recordsLengths = Object.freeze({ int32: 0, compact: 1 });
/** What holes are filled with, one letter after the other. */
const filling = Buffer.from('redacted-');
/** A hole is a length only; this is what all holes of one frame may come to. */
const frameMaxBytes = 256 * 1024 * 1024;
const depthMax = 2;

const firstBytes = 256 * 1024;
/** Memory beyond this is let go when it has been taken; less is used again, since fresh memory is slow. */
const keptMaxBytes = 4 * 1024 * 1024;

/** Puts a frame down in parts; literal bytes are copied. For each record of a batch it is called twice. */
export class PartsWriter {
  private bytes: Buffer = Buffer.allocUnsafeSlow(firstBytes);
  private at = 0;

  literal(from: Buffer, start: number, end: number): void {
    const size = end - start;
    if (size <= 0) return;
    this.part(partKinds.literal, size, size);
    copyBytes(from, start, end, this.bytes, this.at);
    this.at += size;
  }

  hole(size: number): void {
    if (size > 0) this.part(partKinds.hole, size);
  }

  /** What follows up to `end` is a field of records; its length is not told, and stands before it again when it is read. */
  beginRecords(isCompact: boolean): void {
    this.part(partKinds.records, isCompact ? recordsLengths.compact : recordsLengths.int32);
  }

  /** What follows up to `end` is a batch: its header as it was, then its records as they were before they were compressed. */
  beginBatch(codec: number, sizeInBytes: number): void {
    this.part(partKinds.batch, codec);
    this.uvarint(sizeInBytes);
  }

  end(): void {
    this.room(1);
    this.bytes[this.at++] = partKinds.end;
  }

  /** Bytes so far. */
  get length(): number {
    return this.at;
  }

  /** Takes back what was put down since it had this length. */
  cutTo(length: number): void {
    this.at = length;
  }

  /** All of it, until the next frame begins. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.at);
    this.at = 0;
    if (this.bytes.length > keptMaxBytes) this.bytes = Buffer.allocUnsafeSlow(firstBytes);
    return taken;
  }

  /** A kind and a number, and room for as many bytes as follow. */
  private part(kind: number, number: number, following = 0): void {
    this.room(1 + following);
    this.bytes[this.at++] = kind;
    if (number < 0x80) this.bytes[this.at++] = number;
    else this.uvarint(number);
  }

  private uvarint(value: number): void {
    this.at = putUvarint(this.bytes, this.at, value);
  }

  /** Room for so many bytes and two numbers. */
  private room(size: number): void {
    const wanted = this.at + size + 10;
    if (wanted <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, wanted));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}

/**
 * The frame that was put down in parts, with its holes filled.
 * @throws DecodeError for what is no frame in parts
 */
export function assembled(parts: Buffer): Buffer {
  const reader = new Reader(parts);
  const budget = { left: frameMaxBytes };
  const frame = join(pieces(reader, budget, 0));
  return reader.remaining === 0 ? frame : reader.fail('an end of nothing');
}

interface Piece {
  readonly size: number;
  /** Null for a hole. */
  readonly bytes: Buffer | null;
}

function whole(bytes: Buffer): Piece {
  return { size: bytes.length, bytes };
}

/** Pieces up to the end of the parts, or of the part that is being read. */
function pieces(reader: Reader, budget: { left: number }, depth: number): Piece[] {
  const found: Piece[] = [];
  while (reader.remaining > 0) {
    reader.field = 'part';
    const kind = reader.int8();
    if (kind === partKinds.end && depth > 0) return found;
    found.push(...piece(reader, kind, budget, depth));
  }
  return depth === 0 ? found : reader.fail('a part without its end');
}

function piece(reader: Reader, kind: number, budget: { left: number }, depth: number): Piece[] {
  switch (kind) {
    case partKinds.literal:
      return [whole(reader.slice(reader.uvarint()))];
    case partKinds.hole: {
      const size = reader.uvarint();
      budget.left -= size;
      if (budget.left < 0) reader.fail(`holes of more than ${frameMaxBytes} bytes`);
      return [{ size, bytes: null }];
    }
    case partKinds.records: {
      const length = reader.int8();
      const content = join(pieces(reader, budget, within(reader, depth)));
      const isCompact = length === recordsLengths.compact;
      return [whole(lengthOf(content, isCompact)), whole(content)];
    }
    case partKinds.batch: {
      const codec = reader.int8();
      const size = reader.uvarint();
      return [whole(batchOf(pieces(reader, budget, within(reader, depth)), codec, size, reader))];
    }
    default:
      return reader.fail(`${kind} is no kind of part`);
  }
}

function within(reader: Reader, depth: number): number {
  return depth < depthMax ? depth + 1 : reader.fail('parts within parts of a batch');
}

function lengthOf(content: Buffer, isCompact: boolean): Buffer {
  const writer = new Writer(8);
  if (isCompact) writer.uvarint(content.length + 1);
  else writer.int32(content.length);
  return writer.takeBuffer();
}

/** One buffer of all pieces, with the holes filled; the first `noiseBytes` of them with noise. */
function join(all: readonly Piece[], noiseBytes = 0): Buffer {
  if (all.length === 1 && all[0]!.bytes !== null) return all[0]!.bytes;
  const joined = Buffer.allocUnsafe(all.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  let noise = noiseBytes;
  for (const { size, bytes } of all) {
    if (bytes !== null) joined.set(bytes, at);
    else {
      const noisy = Math.min(noise, size);
      makeNoise(joined, at, at + noisy);
      if (noisy < size) joined.fill(filling, at + noisy, at + size);
      noise -= noisy;
    }
    at += size;
  }
  return joined;
}

/** Bytes that no codec makes smaller (xorshift32), so that a batch is about as large as it was. */
function makeNoise(bytes: Buffer, from: number, to: number): void {
  let state = 0x9e3779b9 ^ to;
  for (let at = from; at < to; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
}

function batchOf(all: readonly Piece[], codec: number, sizeInBytes: number, reader: Reader): Buffer {
  const plain = join(all);
  if (plain.length < batch.headerBytes) reader.fail(`a batch of ${plain.length} bytes`);
  const header = Buffer.from(plain.subarray(0, batch.headerBytes));
  let payload = plain.subarray(batch.headerBytes);
  if (isCodec(codec)) {
    const wanted = sizeInBytes - batch.headerBytes;
    payload = compress(codec, payload);
    if (payload.length < wanted)
      payload = compress(codec, join(all, wanted - payload.length).subarray(batch.headerBytes));
  } else if (codec !== codecs.none) reader.fail(`codec ${codec} is not one of 0-4`);
  const whole = Buffer.concat([header, payload]);
  whole.writeInt32BE(whole.length - batch.logOverheadBytes, batch.fieldAt.batchLength);
  batch.updateCrc(whole);
  return whole;
}

function isCodec(codec: number): codec is Exclude<Codec, 0> {
  return codec > codecs.none && codec <= codecs.zstd;
}
