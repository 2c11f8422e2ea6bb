/**
 * Carry: the bytes of a file as they come in chunks, taken in pieces that may begin in one chunk and end in a later one.
 *
 * What lies within one chunk is a slice of it; only what is cut by the end of a chunk is copied, once, when it is looked
 * at. What is skipped is never kept.
 */
const empty = Buffer.alloc(0);

export class Carry {
  /** Where in the file the next piece begins. */
  position = 0;
  /** How many bytes are there. */
  length = 0;
  private first: Buffer = empty;
  private at = 0;
  private readonly later: Buffer[] = [];
  private toSkip = 0;

  /** How many of the skipped bytes have not come. */
  get missing(): number {
    return this.toSkip;
  }

  push(chunk: Buffer): void {
    const skipped = Math.min(this.toSkip, chunk.length);
    this.toSkip -= skipped;
    const rest = skipped === 0 ? chunk : chunk.subarray(skipped);
    if (rest.length === 0) return;
    if (this.length === 0) {
      this.first = rest;
      this.at = 0;
    } else this.later.push(rest);
    this.length += rest.length;
  }

  /** The next bytes without taking them; as many as are there if those are fewer. */
  peek(size: number): Buffer {
    const wanted = Math.min(size, this.length);
    if (this.first.length - this.at < wanted) this.join(wanted);
    return this.first.subarray(this.at, this.at + wanted);
  }

  /** The next bytes. Only for as many as are there. */
  take(size: number): Buffer {
    const piece = this.peek(size);
    this.drop(piece.length);
    return piece;
  }

  /** Passes over bytes, which need not be there yet. */
  skip(size: number): void {
    const here = Math.min(size, this.length);
    this.drop(here);
    this.toSkip += size - here;
    this.position += size - here;
  }

  /** Of what is skipped and has not come, up to so many bytes will not come; returns how many. */
  leaveOut(most: number): number {
    const left = Math.min(this.toSkip, most);
    this.toSkip -= left;
    return left;
  }

  private drop(size: number): void {
    this.position += size;
    this.length -= size;
    this.at += size;
    while (this.at >= this.first.length && this.later.length > 0) {
      this.at -= this.first.length;
      this.first = this.later.shift()!;
    }
  }

  private join(wanted: number): void {
    const pieces = [this.first.subarray(this.at)];
    for (let have = pieces[0]!.length; have < wanted; have += pieces.at(-1)!.length) pieces.push(this.later.shift()!);
    this.first = Buffer.concat(pieces);
    this.at = 0;
  }
}
