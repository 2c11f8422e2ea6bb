/**
 * Memory for what is read from logs, used again and again: reading 1 MB into a fresh buffer takes up to three times as
 * long as into one that was used before. Called by log-read.ts.
 *
 * Always: no more than `idleMaxBytes` wait for their next use, and whoever can do with less lends no more than there is
 * `room` for: what is lent waits in answers until slow readers have taken them.
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
  private readonly lentMaxBytes: number;
  private readonly idle: Buffer[][] = Array.from({ length: largestPower - smallestPower + 1 }, () => []);
  private idleBytes = 0;
  private lentBytes = 0;

  constructor(idleMaxBytes: number, lentMaxBytes = Number.POSITIVE_INFINITY) {
    this.idleMaxBytes = idleMaxBytes;
    this.lentMaxBytes = lentMaxBytes;
  }

  /** Bytes that may still be lent. Lending more is possible, for a reader always gets one batch. */
  get room(): number {
    return Math.max(0, this.lentMaxBytes - this.lentBytes);
  }

  /** Bytes that wait for their next use. */
  get waitingBytes(): number {
    return this.idleBytes;
  }

  /** Lends a buffer of at least `bytes` bytes; what is in it is left over from others. */
  lend(bytes: number): LentBuffer {
    const power = Math.max(smallestPower, 32 - Math.clz32(Math.max(1, bytes) - 1));
    const waiting = power > largestPower ? undefined : this.idle[power - smallestPower]!;
    let buffer = waiting?.pop();
    if (buffer === undefined) buffer = Buffer.allocUnsafeSlow(waiting === undefined ? bytes : 2 ** power);
    else this.idleBytes -= buffer.length;
    this.lentBytes += buffer.length;
    let lent: Buffer | null = buffer;
    return {
      bytes: buffer,
      release: () => {
        if (lent === null) return;
        this.lentBytes -= lent.length;
        if (waiting !== undefined && this.idleBytes + lent.length <= this.idleMaxBytes) {
          this.idleBytes += lent.length;
          waiting.push(lent);
        }
        lent = null;
      },
    };
  }
}
