/**
 * Memory for what is read from logs, used again and again: reading 1 MB into a fresh buffer takes up to three times as
 * long as into one that was used before. Called by log-read.ts.
 *
 * Always: no more than `idleMaxBytes` wait for their next use. A buffer that nobody gives back is collected as any other.
 */

/** Sizes are powers of two from 2^12 to 2^23; a larger buffer is made for its one use. */
const smallestPower = 12;
const largestPower = 23;

export interface LentBuffer {
  /** At least as long as asked for. */
  readonly bytes: Buffer;
  /** Nobody reads the bytes any more. Calling it again does nothing. */
  release(): void;
}

export class ReadBuffers {
  private readonly idleMaxBytes: number;
  private readonly idle: Buffer[][] = Array.from({ length: largestPower - smallestPower + 1 }, () => []);
  private idleBytes = 0;

  constructor(idleMaxBytes: number) {
    this.idleMaxBytes = idleMaxBytes;
  }

  /** Bytes that wait for their next use. */
  get waitingBytes(): number {
    return this.idleBytes;
  }

  /** Lends a buffer of at least `bytes` bytes; what is in it is left over from others. */
  lend(bytes: number): LentBuffer {
    const power = Math.max(smallestPower, 32 - Math.clz32(Math.max(1, bytes) - 1));
    if (power > largestPower) return { bytes: Buffer.allocUnsafeSlow(bytes), release: () => {} };
    const waiting = this.idle[power - smallestPower]!;
    let buffer = waiting.pop();
    if (buffer === undefined) buffer = Buffer.allocUnsafeSlow(2 ** power);
    else this.idleBytes -= buffer.length;
    let lent: Buffer | null = buffer;
    return {
      bytes: buffer,
      release: () => {
        if (lent === null) return;
        if (this.idleBytes + lent.length <= this.idleMaxBytes) {
          this.idleBytes += lent.length;
          waiting.push(lent);
        }
        lent = null;
      },
    };
  }
}
