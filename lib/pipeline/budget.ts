/**
 * How many bytes of requests may wait for their answers: for the whole broker, and for one connection of it.
 *
 * Framer takes a frame's size before it allocates anything; Encoder gives it back with the answer. Who finds too little
 * left waits, which stops the reading of that socket, and so its client. A connection with nothing in flight always gets
 * its first frame past its own limit, and an idle broker past the broker's: a limit below the size of one frame slows
 * down and does not lock up.
 */

/** Bytes that somebody waits for. */
interface Wish {
  readonly bytes: number;
  readonly then: () => void;
}

/** The broker's bytes; shared by all connections. */
export class Budget {
  readonly limitBytes: number;
  private usedBytes = 0;
  /** Accounts that wait for room, first come first served. */
  private readonly waiting: Account[] = [];

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Bytes of all frames in flight. */
  get used(): number {
    return this.usedBytes;
  }

  /** One connection's share, of at most `limitBytes`. */
  account(limitBytes: number): Account {
    return new Account(this, limitBytes);
  }

  private hasRoom(bytes: number): boolean {
    return this.usedBytes === 0 || this.usedBytes + bytes <= this.limitBytes;
  }

  /** Takes the bytes, or lets the account wait for them. For accounts only. */
  take(account: Account, bytes: number): boolean {
    if (this.waiting.length > 0 || !this.hasRoom(bytes)) {
      this.waiting.push(account);
      return false;
    }
    this.usedBytes += bytes;
    return true;
  }

  /** Takes bytes back and serves who waits for them. For accounts only. */
  give(bytes: number): void {
    this.usedBytes -= bytes;
    while (this.waiting.length > 0) {
      const { wish } = this.waiting[0]!;
      if (wish !== null && !this.hasRoom(wish.bytes)) return;
      const account = this.waiting.shift()!;
      if (wish === null) continue;
      this.usedBytes += wish.bytes;
      account.granted();
    }
  }
}

/** One connection's bytes. */
export class Account {
  private readonly budget: Budget;
  private readonly limitBytes: number;
  private usedBytes = 0;
  private closed = false;
  /** What this connection waits for; it reads nothing until it has it. */
  wish: Wish | null = null;
  /** Whether the wish has passed the connection's own limit and waits for the broker's. */
  private queued = false;

  constructor(budget: Budget, limitBytes: number) {
    this.budget = budget;
    this.limitBytes = limitBytes;
  }

  get used(): number {
    return this.usedBytes;
  }

  /** Takes the bytes now and returns true, or returns false and calls `then` once they are taken. */
  take(bytes: number, then: () => void): boolean {
    if (this.tryTake(bytes)) return true;
    this.wish = { bytes, then };
    return false;
  }

  private tryTake(bytes: number): boolean {
    if (this.usedBytes > 0 && this.usedBytes + bytes > this.limitBytes) return false;
    this.queued = !this.budget.take(this, bytes);
    if (this.queued) return false;
    this.usedBytes += bytes;
    return true;
  }

  /** The broker had room for the wish and has counted it. For Budget only. */
  granted(): void {
    const { bytes, then } = this.wish!;
    this.wish = null;
    this.queued = false;
    this.usedBytes += bytes;
    then();
  }

  /** Gives bytes back; what a closed connection had is back already. */
  give(bytes: number): void {
    if (this.closed) return;
    this.usedBytes -= bytes;
    this.budget.give(bytes);
    const wish = this.wish;
    if (wish === null || this.queued || !this.tryTake(wish.bytes)) return;
    this.wish = null;
    wish.then();
  }

  /** The connection is gone: gives everything back and waits for nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.wish = null;
    this.budget.give(this.usedBytes);
    this.usedBytes = 0;
  }
}
