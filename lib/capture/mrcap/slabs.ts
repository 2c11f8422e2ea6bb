/**
 * Slabs: bytes that are put down one behind the other in memory of equal pieces, which are used again.
 *
 * Fresh memory costs more than what is written to it: the kernel has to find and clear each page. So what was written to
 * the disk is given back, and a large frame is cut rather than given a piece of its own.
 */

/** Slabs that wait to be used again; more are let go. */
const spareMax = 8;

export class Slabs {
  /** Bytes since the last `take`. */
  length = 0;
  /** Where in the memory that `room` gave the next byte goes. */
  position = 0;
  private readonly slabBytes: number;
  private full: Buffer[] = [];
  private current: Buffer | null = null;
  private readonly spare: Buffer[] = [];

  constructor(slabBytes: number) {
    this.slabBytes = slabBytes;
  }

  /**
   * Memory with room for `size` bytes, which are at most a slab's, in one piece, from `position` on. `wrote` says how many
   * were put down.
   */
  room(size: number): Buffer {
    if (this.current !== null && this.current.length - this.position < size) this.cut();
    return (this.current ??= this.spare.pop() ?? Buffer.allocUnsafeSlow(this.slabBytes));
  }

  wrote(size: number): void {
    this.position += size;
    this.length += size;
  }

  append(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      const slab = this.room(1);
      const size = Math.min(bytes.length - from, slab.length - this.position);
      slab.set(size === bytes.length ? bytes : bytes.subarray(from, from + size), this.position);
      this.wrote(size);
      from += size;
    }
  }

  /** What was put down since the last `take`. Nothing else is in its memory. */
  take(): Buffer[] {
    this.cut();
    const taken = this.full;
    this.full = [];
    this.length = 0;
    return taken;
  }

  /** Nobody looks any more at what was taken: its memory may be written again. */
  giveBack(taken: readonly Buffer[]): void {
    for (const { buffer } of taken) if (this.spare.length < spareMax) this.spare.push(Buffer.from(buffer));
  }

  private cut(): void {
    const { current, position } = this;
    if (current === null) return;
    if (position > 0) this.full.push(current.subarray(0, position));
    else this.spare.push(current);
    this.current = null;
    this.position = 0;
  }
}
