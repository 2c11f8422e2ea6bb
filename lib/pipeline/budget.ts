/**
 * How many bytes of requests may wait for their answers: for the whole broker, and for one connection of it.
 *
 * Framer takes the bytes of a frame before it keeps them; Encoder gives them back with the answer. Who finds too little
 * left waits, which stops the reading of that socket, and so its client. A connection with nothing in flight always gets
 * its first frame past its own limit, and an idle broker past the broker's: a limit below the size of one frame slows
 * down and does not lock up.
 *
 * A frame that takes several reads is charged as it comes in: what a client only announces costs nothing. Frames that are
 * not there as a whole get no more than half of the broker's bytes, and wait until whole ones are served: clients that send
 * slowly hold up each other and nobody else. So that they cannot wait for each other without end, the frame that began
 * first never waits, and a client that stops in the midst of one while others wait is given up. All in all the limit is
 * exceeded by at most one frame.
 */
import type { SchedulerLike, Subscription } from 'rxjs';

/** Bytes that somebody waits for. */
interface Wish {
  readonly bytes: number;
  /** Bytes that must find room in the connection's own limit. */
  readonly ownBytes: number;
  /** Whether the bytes are a frame, rather than part of one. */
  readonly isWhole: boolean;
  readonly then: () => void;
}

/** How long a client may stop in the midst of a frame while others wait for room. */
const stallMaxMs = 2000;
/** The same for one that has requests in flight: it may be the broker that does not read on. */
const busyStallMaxMs = 10_000;

/** The broker's bytes; shared by all connections. */
export class Budget {
  readonly limitBytes: number;
  private readonly scheduler: SchedulerLike | null;
  private usedBytes = 0;
  /** Accounts that wait for room, first come first served: with whole frames, and with parts of frames. */
  private readonly whole: Account[] = [];
  private readonly partial: Account[] = [];
  /** Accounts with a frame that is not there as a whole, in the order in which those frames began. */
  private readonly incomplete = new Set<Account>();
  private patience: Subscription | null = null;
  /** Hears of whoever waits while everything is taken on purpose. */
  private exhausted: (() => void) | null = null;

  /** @param scheduler the clock that stalled clients are given up by; null: they never are */
  constructor(limitBytes: number, scheduler: SchedulerLike | null = null) {
    this.limitBytes = limitBytes;
    this.scheduler = scheduler;
  }

  /** Bytes of all frames in flight. */
  get used(): number {
    return this.usedBytes;
  }

  /**
   * Takes everything, until the result is called: frames wait that begin from now on. For whoever wants to see what clients
   * do then.
   * @param heldBack called for each frame, or part of one, that waits
   */
  exhaust(heldBack: () => void): () => void {
    this.usedBytes += this.limitBytes;
    this.exhausted = heldBack;
    return () => {
      if (this.exhausted !== heldBack) return;
      this.exhausted = null;
      this.give(this.limitBytes);
    };
  }

  /** One connection's share, of at most `limitBytes`. */
  account(limitBytes: number): Account {
    return new Account(this, limitBytes);
  }

  private hasRoom(queue: Account[], bytes: number): boolean {
    const limitBytes = queue === this.whole ? this.limitBytes : this.limitBytes / 2;
    return this.usedBytes === 0 || this.usedBytes + bytes <= limitBytes;
  }

  private get somebodyWaits(): boolean {
    return this.whole.length > 0 || this.partial.length > 0;
  }

  private isFirst(account: Account): boolean {
    for (const first of this.incomplete) return first === account;
    return false;
  }

  /** Takes the bytes, or lets the account wait for them. For accounts only. */
  take(account: Account, bytes: number, isWhole: boolean): boolean {
    const queue = isWhole ? this.whole : this.partial;
    const isLast = this.whole.length > 0 || queue.length > 0;
    if ((isLast || !this.hasRoom(queue, bytes)) && !this.isFirst(account)) {
      queue.push(account);
      this.exhausted?.();
      this.watch();
      return false;
    }
    this.usedBytes += bytes;
    return true;
  }

  /** Takes bytes back and serves who waits for them. For accounts only. */
  give(bytes: number): void {
    this.usedBytes -= bytes;
    this.serve();
  }

  /** A frame has begun to come in. For accounts only. */
  begin(account: Account): void {
    this.incomplete.add(account);
  }

  /** The frame is there. For accounts only. */
  finish(account: Account): void {
    if (this.incomplete.delete(account)) this.serve();
  }

  /** The connection is gone, and gives back what it had. For accounts only. */
  forget(account: Account, bytes: number): void {
    this.incomplete.delete(account);
    this.leave(account);
    this.give(bytes);
  }

  /** The time by which stalled clients are given up. */
  now(): number {
    return this.scheduler?.now() ?? 0;
  }

  private serve(): void {
    for (const first of this.incomplete) {
      if (this.leave(first)) this.grant(first);
      break;
    }
    for (const queue of [this.whole, this.partial]) {
      while (queue.length > 0 && this.hasRoom(queue, queue[0]!.wish!.bytes)) this.grant(queue.shift()!);
      if (queue.length > 0) return;
    }
    this.patience?.unsubscribe();
    this.patience = null;
  }

  /** Takes the account out of its queue; whether it was in one. */
  private leave(account: Account): boolean {
    for (const queue of [this.whole, this.partial]) {
      const at = queue.indexOf(account);
      if (at < 0) continue;
      queue.splice(at, 1);
      return true;
    }
    return false;
  }

  private grant(account: Account): void {
    this.usedBytes += account.wish!.bytes;
    account.granted();
  }

  /** Gives up clients that have stopped in the midst of a frame, as long as somebody waits. */
  private watch(): void {
    if (this.scheduler === null || this.patience !== null) return;
    this.patience = this.scheduler.schedule(() => {
      this.patience = null;
      const nowMs = this.now();
      for (const account of [...this.incomplete]) if (account.isStalled(nowMs)) account.giveUp?.();
      if (this.somebodyWaits) this.watch();
    }, stallMaxMs);
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
  /** Ends the connection of a client that has stopped in the midst of a frame while others wait. Set by Framer. */
  giveUp: (() => void) | null = null;
  /** Bytes of the frame that is coming in, and when the last of them came. */
  private frameBytes = 0;
  private progressedAtMs = 0;
  /** Whether the wish has passed the connection's own limit and waits for the broker's. */
  private queued = false;

  constructor(budget: Budget, limitBytes: number) {
    this.budget = budget;
    this.limitBytes = limitBytes;
  }

  get used(): number {
    return this.usedBytes;
  }

  /** Takes the bytes of a whole frame now and returns true, or returns false and calls `then` once they are taken. */
  take(bytes: number, then: () => void): boolean {
    return this.ask(bytes, bytes, true, then);
  }

  /**
   * As `take`, for a frame of which only the first `arrived` bytes are there, and only those are taken. The rest is taken
   * with `more`, until `finish` says that the frame is whole.
   */
  begin(bytes: number, arrived: number, then: () => void): boolean {
    const begun = () => {
      this.frameBytes = arrived;
      this.progressedAtMs = this.budget.now();
      this.budget.begin(this);
    };
    const isTaken = this.ask(bytes, arrived, false, () => {
      begun();
      then();
    });
    if (isTaken) begun();
    return isTaken;
  }

  /** More of the frame has come. */
  more(bytes: number, then: () => void): boolean {
    this.frameBytes += bytes;
    this.progressedAtMs = this.budget.now();
    return this.ask(0, bytes, false, then);
  }

  /** The frame that was begun is whole. */
  finish(): void {
    this.budget.finish(this);
  }

  /** Whether the client has stopped in the midst of a frame. Who waits for room has sent more than was taken of it. */
  isStalled(nowMs: number): boolean {
    if (this.wish !== null) return false;
    return nowMs - this.progressedAtMs >= (this.usedBytes > this.frameBytes ? busyStallMaxMs : stallMaxMs);
  }

  private ask(ownBytes: number, bytes: number, isWhole: boolean, then: () => void): boolean {
    if (this.closed) return false;
    const wish = { ownBytes, bytes, isWhole, then };
    if (this.tryTake(wish)) return true;
    this.wish = wish;
    return false;
  }

  private tryTake({ ownBytes, bytes, isWhole }: Wish): boolean {
    if (this.usedBytes > 0 && ownBytes > 0 && this.usedBytes + ownBytes > this.limitBytes) return false;
    this.queued = !this.budget.take(this, bytes, isWhole);
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
    if (wish === null || this.queued || !this.tryTake(wish)) return;
    this.wish = null;
    wish.then();
  }

  /** The connection is gone: gives everything back and waits for nothing. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.wish = null;
    const had = this.usedBytes;
    this.usedBytes = 0;
    this.budget.forget(this, had);
  }
}
