/**
 * One fault as whoever set it sees it: how often it is to happen, and how often it has.
 */

/** A fault that was set; it knows whether it has happened. */
export interface Fault {
  /** What happens to what, such as `Produce of topic orders: fail NOT_ENOUGH_REPLICAS`. */
  readonly what: string;
  /** How often it is to happen; Infinity: until it is removed. */
  readonly times: number;
  /** How often it has happened. */
  readonly fired: number;
  /** Whether it can no longer happen: it has happened `times` times, or was removed. */
  readonly isOver: boolean;
  /** Resolves when it is over. */
  readonly over: Promise<void>;
  /** Takes it away; what it holds up goes on. */
  remove(): void;
}

/** A fault that the keeper of faults counts. */
export class CountedFault implements Fault {
  readonly what: string;
  readonly times: number;
  readonly over: Promise<void>;
  private count = 0;
  private wasRemoved = false;
  private readonly end: () => void;

  /** @param ended called once, when it is over */
  constructor(what: string, times: number, ended: (fault: CountedFault) => void) {
    this.what = what;
    this.times = times;
    let resolve = () => {};
    this.over = new Promise((done) => {
      resolve = done;
    });
    this.end = () => {
      ended(this);
      resolve();
    };
  }

  get fired(): number {
    return this.count;
  }

  get isOver(): boolean {
    return this.wasRemoved || this.count >= this.times;
  }

  /** Whether it still has to happen: once at least, where it may happen as often as it likes. */
  get isUnfired(): boolean {
    return !this.wasRemoved && this.count < (this.times === Number.POSITIVE_INFINITY ? 1 : this.times);
  }

  /** It happens now. */
  fire(): void {
    this.count++;
    if (this.count === this.times) this.end();
  }

  remove(): void {
    if (this.isOver) return;
    this.wasRemoved = true;
    this.end();
  }

  /** As a line for a person: `Produce: drop, fired 0 of 2`. */
  toString(): string {
    const of = this.times === Number.POSITIVE_INFINITY ? '' : ` of ${this.times}`;
    return `${this.what}, fired ${this.count}${of}`;
  }
}
