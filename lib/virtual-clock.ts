/**
 * A clock that stands still until it is told to go on: `createBroker({ scheduler: virtualClock() })` puts session
 * timeouts, long polls, retention and every other timer of the broker into the hands of a test.
 *
 * What always holds: timers run in the order of the times they are due, those due at the same time in the order in which
 * they were set; while one runs, `now` is the time it was due; and between two times the event loop settles, so that
 * what one timer sets off (answers, files, timers of its own) is there before the next one runs.
 *
 * Not done: it moves the broker only. Timers of clients in the same process are Node's, and go on with the world.
 */
import { asyncScheduler, type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import { type Duration, durationMs } from './duration';

export interface VirtualClock extends SchedulerLike {
  /** Milliseconds since 1970. */
  now(): number;
  /** Timers that wait for their time. */
  readonly timers: number;
  /**
   * Lets time pass, such as `'30 s'` or a number of milliseconds; resolves when all that fell due until then has run and
   * the event loop has settled. `advance(0)` only lets it settle. Calls that overlap happen one after another.
   * @throws TypeError (the promise rejects) for what is no duration
   */
  advance(duration: Duration): Promise<void>;
}

/**
 * A clock that begins now, or at `startMs` (milliseconds since 1970). Clients stamp their records by the real time: who
 * begins far from it makes records that are too old or too new for the broker.
 */
export function virtualClock(startMs: number = asyncScheduler.now()): VirtualClock {
  if (!Number.isFinite(startMs)) throw new TypeError(`virtualClock: ${startMs} is no time in milliseconds`);
  return new SteppedClock(startMs);
}

/** Turns of the event loop in which nothing may be going on any more: what a request needs from socket to socket. */
const quietTurns = 16;
/** What takes longer, by the real time, is taken for something that never ends, such as reading from a pipe. */
const settleMaxMs = 10_000;

class SteppedClock implements VirtualClock {
  private nowMs: number;
  private lastId = 0;
  /** By the time they are due, then by their ids. */
  private readonly due: Timer<unknown>[] = [];
  private advancing: Promise<void> = Promise.resolve();

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  now(): number {
    return this.nowMs;
  }

  get timers(): number {
    return this.due.length;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delayMs = 0, state?: T): Subscription {
    return new Timer(this, work).schedule(state, delayMs);
  }

  advance(duration: Duration): Promise<void> {
    const advanced = this.advancing.then(() => this.goOn(durationMs(duration)));
    this.advancing = advanced.catch(() => {}); // told to whoever asked
    return advanced;
  }

  /** When a timer that is set now is due, and its place among those due then. */
  place(delayMs: number): { readonly atMs: number; readonly id: number } {
    return { atMs: this.nowMs + Math.max(0, delayMs), id: ++this.lastId };
  }

  add(timer: Timer<unknown>): void {
    this.due.splice(this.indexOf(timer), 0, timer);
  }

  remove(timer: Timer<unknown>): void {
    const index = this.indexOf(timer);
    if (this.due[index] === timer) this.due.splice(index, 1);
  }

  private async goOn(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await settled();
    while (this.due.length > 0 && this.due[0]!.atMs <= untilMs) {
      const { atMs } = this.due[0]!;
      this.nowMs = atMs;
      const { lastId } = this;
      // What these timers set for this very time runs in the next round.
      while (this.due.length > 0 && this.due[0]!.atMs === atMs && this.due[0]!.id <= lastId) this.due.shift()!.run();
      await settled();
    }
    this.nowMs = untilMs;
  }

  /** Where a timer is, or would be. */
  private indexOf({ atMs, id }: Timer<unknown>): number {
    let [from, to] = [0, this.due.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const other = this.due[middle]!;
      if (other.atMs < atMs || (other.atMs === atMs && other.id < id)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** One timer, which may set itself again: always the same object, however often. */
class Timer<T> extends Subscription implements SchedulerAction<T> {
  atMs = 0;
  id = 0;
  private readonly clock: SteppedClock;
  private readonly work: (this: SchedulerAction<T>, state?: T) => void;
  private state: T | undefined;

  constructor(clock: SteppedClock, work: (this: SchedulerAction<T>, state?: T) => void) {
    super();
    this.clock = clock;
    this.work = work;
  }

  schedule(state?: T, delayMs = 0): Subscription {
    if (this.closed) return this;
    this.clock.remove(this as Timer<unknown>);
    this.state = state;
    Object.assign(this, this.clock.place(delayMs));
    this.clock.add(this as Timer<unknown>);
    return this;
  }

  /** Does the work, unless it was called off. */
  run(): void {
    if (!this.closed) this.work.call(this, this.state);
  }

  override unsubscribe(): void {
    if (!this.closed) this.clock.remove(this as Timer<unknown>);
    super.unsubscribe();
  }
}

/** How many files, and writes to sockets, are under way and will be for ever, as far as anybody can tell. */
let endless = 0;

/** Resolves when the event loop has nothing to do for a while but to wait: no file is being read or written. */
async function settled(): Promise<void> {
  const sinceMs = asyncScheduler.now();
  for (let quiet = 0; quiet < quietTurns; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const count = underWay();
    if (count < endless || asyncScheduler.now() - sinceMs >= settleMaxMs) endless = count;
    quiet = count > endless ? 0 : quiet + 1;
  }
}

/** What Node calls the closing of a file handle, and a write to a socket, that are under way. */
const otherNames = ['CloseReq', 'WriteWrap'];

/** How many files, and writes to sockets, are under way. */
function underWay(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('FSReq') || otherNames.includes(name))
    .length;
}
