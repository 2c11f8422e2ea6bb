/**
 * Stretches: where in what a broker sends answers begin and end, so that they are kept or dropped as a whole. One for each
 * connection.
 */

/**
 * Takes bytes that are all kept or all dropped.
 * @param from where in the piece they begin
 * @param begun how many answers begin there
 */
export type TakeStretch = (from: number, to: number, drops: boolean, begun: number) => void;

const prefixBytes = 4;

export class Stretches {
  /** Of the length, as far as it is there. */
  private prefix = 0;
  private prefixFilled = 0;
  /** Bytes of the answer that are still to come. */
  private left = 0;
  /** Whether that answer is dropped. */
  private drops = false;

  /** Whether a piece is just one answer, as most are; then there is nothing to be cut. */
  isOne(bytes: Buffer): boolean {
    const isBetween = this.left === 0 && this.prefixFilled === 0;
    return isBetween && bytes.length > prefixBytes && bytes.readInt32BE(0) === bytes.length - prefixBytes;
  }

  /** Whether a piece lies within the answer that has begun. */
  isWithin(bytes: Buffer): boolean {
    return this.left >= bytes.length;
  }

  /**
   * Cuts a piece of what is sent.
   * @param asks whether an answer that begins now is to be dropped
   */
  of(bytes: Buffer, asks: () => boolean, take: TakeStretch): void {
    let from = 0;
    let begun = 0;
    for (let at = 0; at < bytes.length; ) {
      if (this.left > 0) {
        const size = Math.min(this.left, bytes.length - at);
        this.left -= size;
        at += size;
        continue;
      }
      if (this.prefixFilled === 0) {
        const drops = asks();
        if (drops !== this.drops) {
          if (at > from) take(from, at, this.drops, begun);
          from = at;
          begun = 0;
          this.drops = drops;
        }
        begun++;
      }
      this.prefix = (this.prefix << 8) | bytes[at++]!;
      if (++this.prefixFilled < prefixBytes) continue;
      this.left = this.prefix;
      this.prefixFilled = 0;
    }
    if (bytes.length > from) take(from, bytes.length, this.drops, begun);
  }
}
