/**
 * How fast the disk under a log directory is just now: whether synchronous calls, which hold up every connection, may be
 * made. They cost a tenth of asynchronous ones while the page cache takes everything, and stall for tens of milliseconds
 * when it does not. Shared by the logs of one directory.
 *
 * This is the one place that looks at the machine's clock: it measures, it decides nothing that a client could see.
 */

/** A call that takes longer than this stalls the broker, ms. */
const stallMs = 8;
/**
 * Two stalls within this many calls are the disk's fault. A machine whose processors are taken holds calls up as well,
 * but seldom the same few: it interrupts at random, and a call takes microseconds.
 */
const suspectCalls = 64;
/** After that synchronous calls are avoided for this long, ms. */
const avoidMs = 1000;

const never = Number.NEGATIVE_INFINITY;

export class Pace {
  private readonly clock: () => number;
  private avoidUntil = never;
  private flushes = 0;
  /** Calls since the last stall. */
  private calls = suspectCalls;

  /** @param clock milliseconds with fractions, from any origin */
  constructor(clock: () => number = () => performance.now()) {
    this.clock = clock;
  }

  /** Whether a small synchronous call is the better one now. Never while a flush runs: it may wait for that. */
  get isFast(): boolean {
    if (this.flushes > 0) return false;
    if (this.avoidUntil === never) return true;
    if (this.clock() < this.avoidUntil) return false;
    this.avoidUntil = never;
    return true;
  }

  /** Runs a synchronous call and looks how long it took. */
  time<T>(call: () => T): T {
    const start = this.clock();
    try {
      return call();
    } finally {
      const end = this.clock();
      if (end - start <= stallMs) this.calls++;
      else {
        if (this.calls < suspectCalls) this.avoidUntil = end + avoidMs;
        this.calls = 0;
      }
    }
  }

  /** Runs a flush, during which synchronous writes are avoided. */
  async flushing<T>(flush: () => Promise<T>): Promise<T> {
    this.flushes++;
    try {
      return await flush();
    } finally {
      this.flushes--;
    }
  }
}
