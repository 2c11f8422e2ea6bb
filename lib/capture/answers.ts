/**
 * Answers: puts what a broker sends together again into frames, by their length prefixes. What lies within one piece is not
 * copied, nor is the rest where pieces stay as they are.
 */

/** Takes one answer, without its length, in as many pieces as it lies in; valid until it returns. */
export type TakeAnswer = (chunks: readonly Buffer[]) => void;

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
        this.take([]);
        continue;
      }
      const size = Math.min(end - at, this.left);
      this.add(size === chunk.length ? chunk : chunk.subarray(at, at + size), this.left === size);
      this.left -= size;
      at += size;
      if (this.left > 0) return;
      this.giveOn();
    }
  }

  private add(piece: Buffer, isLast: boolean): void {
    if (this.keeps || (isLast && this.partial === null)) {
      this.pieces.push(piece);
      return;
    }
    if (this.partial === null) {
      this.partial = takeMemory(this.left);
      this.pieces = [this.partial.subarray(0, this.left)];
      this.filled = 0;
    }
    this.partial.set(piece, this.filled);
    this.filled += piece.length;
  }

  private giveOn(): void {
    const { pieces, partial } = this;
    this.pieces = [];
    this.partial = null;
    this.take(pieces);
    if (partial !== null && partial.length <= spareMaxBytes) spare = partial;
  }
}

function takeMemory(size: number): Buffer {
  const memory = spare !== null && spare.length >= size ? spare : Buffer.allocUnsafeSlow(size);
  if (memory === spare) spare = null;
  return memory;
}
