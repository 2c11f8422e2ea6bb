/**
 * Answers: puts what a broker sends together again into frames, by their length prefixes. What lies within one piece is not
 * copied, nor is the rest where pieces stay as they are.
 */
import { copyBytes } from './copy-bytes';
import { type Gaps, noGaps } from './redact/gaps';

/**
 * Takes one answer, without its length, in as many pieces as it lies in; valid until it returns. If there are gaps it is one
 * piece, and in them lies anything.
 */
export type TakeAnswer = (chunks: readonly Buffer[], gaps: Gaps) => void;

const prefixBytes = 4;
/** Memory up to this size is kept for the next answer that comes in pieces. */
const spareMaxBytes = 8 * 1024 * 1024;
let spare: Buffer | null = null;

export class Answers {
  private readonly take: TakeAnswer;
  /** Of the length, as far as it is there. */
  private prefix = 0;
  private prefixFilled = 0;
  /** Bytes of the answer that are still to come. */
  private left = 0;
  private pieces: Buffer[] = [];
  private readonly keeps: boolean;
  /** An answer that is being put together, where pieces do not stay as they are. */
  private partial: Buffer | null = null;
  private filled = 0;
  private gaps: number[] = [];

  /** @param keeps whether pieces stay as they are until their answer was taken; else they are copied */
  constructor(take: TakeAnswer, keeps: boolean) {
    this.take = take;
    this.keeps = keeps;
  }

  /** Takes a piece: the bytes of `chunk` between `start` and `end`. */
  push(chunk: Buffer, start = 0, end = chunk.length): void {
    let at = start;
    while (at < end) {
      if (this.left === 0) {
        const isWhole = this.prefixFilled === 0 && end - at >= prefixBytes;
        if (isWhole) {
          this.left = Math.max(0, chunk.readInt32BE(at));
          at += prefixBytes;
        } else {
          this.prefix = (this.prefix << 8) | chunk[at++]!;
          if (++this.prefixFilled < prefixBytes) continue;
          this.left = Math.max(0, this.prefix);
          this.prefixFilled = 0;
        }
        if (this.left > 0) continue;
        this.take([], noGaps);
        continue;
      }
      const size = Math.min(end - at, this.left);
      this.add(chunk, at, at + size, this.left === size);
      this.left -= size;
      at += size;
      if (this.left > 0) return;
      this.giveOn();
    }
  }

  /** Passes over so many bytes of the answer that is being put together, which nobody has. Not where pieces stay as they are. */
  skip(size: number): void {
    if (this.keeps || size > this.left)
      throw new RangeError(`${size} bytes are missing, of an answer that has ${this.left}`);
    this.begun();
    this.gaps.push(this.filled, this.filled + size);
    this.filled += size;
    this.left -= size;
    if (this.left === 0) this.giveOn();
  }

  private add(chunk: Buffer, start: number, end: number, isLast: boolean): void {
    if (this.keeps || (isLast && this.partial === null)) {
      this.pieces.push(end - start === chunk.length ? chunk : chunk.subarray(start, end));
      return;
    }
    const partial = this.begun();
    copyBytes(chunk, start, end, partial, this.filled);
    this.filled += end - start;
  }

  /** Memory for the answer that is being put together. */
  private begun(): Buffer {
    if (this.partial === null) {
      this.partial = takeMemory(this.left);
      this.pieces = [this.partial.subarray(0, this.left)];
      this.filled = 0;
    }
    return this.partial;
  }

  private giveOn(): void {
    const { pieces, partial, gaps } = this;
    this.pieces = [];
    this.partial = null;
    if (gaps.length > 0) this.gaps = [];
    this.take(pieces, gaps);
    if (partial !== null && partial.length <= spareMaxBytes) spare = partial;
  }
}

function takeMemory(size: number): Buffer {
  const memory = spare !== null && spare.length >= size ? spare : Buffer.allocUnsafeSlow(size);
  if (memory === spare) spare = null;
  return memory;
}
