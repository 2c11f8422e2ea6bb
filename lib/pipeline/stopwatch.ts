/**
 * How long stages take, while somebody wants to know. One for all connections of a broker; `Connections.describe` starts
 * it, and it stops by itself when nobody has asked for a while. While it stands, a stage pays for one look at `isOn`.
 *
 * It looks at the machine's clock: it measures, it decides nothing that a client could see.
 */

/** What was measured of one stage in the present window. */
export interface Times {
  /** Which window the rest is of; figures of another one are stale. */
  round: number;
  messages: number;
  totalMs: number;
  maxMs: number;
}

/** How long it runs on after it was started, or started again. */
export const windowMs = 10_000;

export class Stopwatch {
  /** Milliseconds with fractions, from any origin. */
  readonly now: () => number;
  /** Whether stages are timed. */
  isOn = false;
  private round = 0;
  private startedAt = 0;
  private until = 0;
  /** Time that stages have taken which were called by the one that runs now: streams push into each other. */
  private nested = 0;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Times stages for the next while; a window that is open stays open for longer. */
  start(): void {
    const now = this.now();
    if (!this.isOn || now > this.until) {
      this.round++;
      this.startedAt = now;
    }
    this.isOn = true;
    this.until = now + windowMs;
  }

  stop(): void {
    this.isOn = false;
  }

  /** How long the present window has been open; null: there is none. */
  get openMs(): number | null {
    const now = this.now();
    if (now > this.until) this.isOn = false;
    return this.isOn ? now - this.startedAt : null;
  }

  /** The figures of the present window, or null where there are none. */
  read(times: Times): Omit<Times, 'round'> | null {
    if (this.openMs === null) return null;
    if (times.round !== this.round) return { messages: 0, totalMs: 0, maxMs: 0 };
    const { messages, totalMs, maxMs } = times;
    return { messages, totalMs, maxMs };
  }

  /** A stage has spent so long on one message. */
  spent(times: Times, ms: number): void {
    if (times.round !== this.round) Object.assign(times, { round: this.round, messages: 0, totalMs: 0, maxMs: 0 });
    times.messages++;
    times.totalMs += ms;
    if (ms > times.maxMs) times.maxMs = ms;
  }

  /**
   * Times one message: from the call of `work` until it says `ended`, without what later stages did meanwhile.
   * @param times null: `work` measures for itself
   */
  time(times: Times | null, work: (ended: () => void) => void): void {
    const outer = this.nested;
    const start = this.now();
    let returnedAt = Number.NaN;
    let ownMs = 0;
    let isEnded = false;
    this.nested = 0;
    try {
      work(() => {
        if (!isEnded && !Number.isNaN(returnedAt) && times !== null) this.spent(times, ownMs + this.now() - returnedAt);
        isEnded = true;
      });
    } finally {
      returnedAt = this.now();
      ownMs = returnedAt - start - this.nested;
      this.nested = outer + returnedAt - start;
      if (isEnded && times !== null) this.spent(times, ownMs);
      if (returnedAt > this.until) this.stop();
    }
  }
}

/** For stages that measure by themselves: those whose work on a message is not between taking and giving it. */
export class StageClock {
  private readonly stopwatch: Stopwatch;
  private readonly times: Times;

  constructor(stopwatch: Stopwatch, times: Times) {
    this.stopwatch = stopwatch;
    this.times = times;
  }

  /** When it began; NaN while nobody wants to know. */
  start(): number {
    return this.stopwatch.isOn ? this.stopwatch.now() : Number.NaN;
  }

  /** It has taken from then until now, but for some of it. */
  stop(start: number, withoutMs = 0): void {
    if (!Number.isNaN(start)) this.stopwatch.spent(this.times, this.stopwatch.now() - start - withoutMs);
  }
}

/** For connections of nobody who could ask. */
export const stopped = new Stopwatch();
