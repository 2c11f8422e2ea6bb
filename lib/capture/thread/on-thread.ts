/**
 * A recording that is made on a thread of its own: whoever hears traffic copies it once into memory that goes from thread to
 * thread, and all else (putting messages together, taking secrets out, compressing, writing) costs the broker's thread
 * nothing.
 *
 * What always holds: there is never more such memory than `bufferMaxBytes` and one message. Where it is used up, whole
 * messages are dropped and told of as lost, or whoever feeds this waits.
 */
import { Worker } from 'node:worker_threads';
import { asyncScheduler, type SchedulerLike, type Subscription } from 'rxjs';
import type { Logger } from '../../logger';
import { Dropped } from '../dropped';
import type { Side } from '../event';
import type { Recorded } from '../mrcap/recorder';
import type { Incident, Sink } from '../sink';
import { type Order, type Report, type ThreadOptions, unplain } from './messages';
import { entryHeadBytes, Slab, textOf } from './slab';
import { Stretches } from './stretches';

export interface OnThreadOptions extends ThreadOptions {
  readonly whenFull: 'drop' | 'wait';
  /** How long an event may wait for others, in ms. */
  readonly flushMs: number;
  readonly logger: Logger | null;
  /** A thread of Node, if absent. */
  readonly start?: (options: ThreadOptions) => Thread;
  /** When slabs that are not full are handed over; by the real clock if absent. */
  readonly scheduler?: SchedulerLike;
}

/** What is needed of a thread that records. */
export interface Thread {
  postMessage(order: Order, memory?: readonly ArrayBuffer[]): void;
  on(event: 'message', take: (report: Report) => void): unknown;
  on(event: 'error', take: (error: Error) => void): unknown;
  ref(): unknown;
  unref(): unknown;
  terminate(): Promise<unknown>;
}

const slabMaxBytes = 1024 * 1024;
const slabMinBytes = 64 * 1024;
/** So many slabs the buffer is made of, if they are not too large or too small then. */
const slabCount = 8;

export class OnThread implements Sink {
  readonly begun: Promise<void>;
  private readonly options: OnThreadOptions;
  private readonly thread: Thread;
  private readonly scheduler: SchedulerLike;
  private readonly slabBytes: number;
  /** Of the slabs that the other thread has. */
  private handedOverBytes = 0;
  /** Those that may be written; the one that was written last is taken first, since it is in the caches. */
  private readonly spare: Slab[] = [];
  /** The one that is being written. */
  private current: Slab | null = null;
  private timer: Subscription | null = null;
  private readonly stretches = new Map<number, Stretches>();
  private readonly dropped: Dropped;
  private readonly waiting: (() => void)[] = [];
  private last: Recorded = {
    files: [],
    bytes: 0,
    connections: 0,
    frames: 0,
    droppedFrames: 0,
    unknownRequests: 0,
    error: null,
  };
  /** How many slabs were handed over; the process does not end before all of them are written. */
  private slabs = 0;
  private closing: Promise<Recorded> | null = null;
  private hasEnded: () => void = () => {};
  private hasBegun: (error: Error | null) => void = () => {};

  constructor(options: OnThreadOptions) {
    const {
      whenFull: _whenFull,
      flushMs: _flushMs,
      logger: _logger,
      start = startThread,
      scheduler = asyncScheduler,
      ...threadOptions
    } = options;
    this.scheduler = scheduler;
    this.options = options;
    // One half waits here, the other half behind the other thread.
    const halfBytes = Math.ceil(options.bufferMaxBytes / 2);
    this.slabBytes = Math.min(slabMaxBytes, Math.max(slabMinBytes, Math.ceil(halfBytes / slabCount)));
    this.dropped = new Dropped(options.slower, options.bufferMaxBytes);
    this.begun = new Promise((resolve, reject) => {
      this.hasBegun = (error) => (error === null ? resolve() : reject(error));
    });
    this.begun.catch(() => {}); // it is in what was recorded, and logged, as well
    this.thread = start({ ...threadOptions, bufferMaxBytes: halfBytes });
    this.thread.on('message', (report: Report) => this.heard(report));
    this.thread.on('error', (error) => this.fail(error));
  }

  get recorded(): Recorded {
    return { ...this.last, droppedFrames: this.last.droppedFrames + this.dropped.frames };
  }

  get mustWait(): boolean {
    return this.options.whenFull === 'wait' && this.isFull && !this.isOver;
  }

  whenRoom(goOn: () => void): void {
    this.waiting.push(goOn);
  }

  tell(incident: Incident): void {
    if (this.isOver) return;
    const { is, connection } = incident;
    if (is === 'opened') this.stretches.set(connection, new Stretches());
    if (is === 'closed') {
      this.stretches.delete(connection);
      this.tellDropped(incident.atMs, connection);
    }
    this.putIncident(incident);
  }

  request(connection: number, bytes: Buffer, atMs: number): void {
    if (this.isOver) return;
    if (this.drops) return this.dropped.add(connection, 'client', 1, bytes.length);
    if (this.dropped.isAny) this.tellDropped(atMs);
    const slab = this.slab();
    if (slab.room >= 4 + bytes.length) return slab.putMessage(connection, bytes, atMs);
    const prefix = Buffer.allocUnsafe(4);
    prefix.writeInt32BE(bytes.length);
    this.put(connection, 'client', prefix, atMs);
    this.put(connection, 'client', bytes, atMs);
  }

  answer(connection: number, bytes: Buffer, atMs: number): void {
    const stretches = this.stretches.get(connection);
    if (this.isOver || stretches === undefined) return;
    stretches.of(
      bytes,
      () => this.drops,
      (from, to, drops, begun) => {
        if (drops) return this.dropped.add(connection, 'broker', begun, to - from);
        if (this.dropped.isAny) this.tellDropped(atMs);
        this.put(connection, 'broker', from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), atMs);
      },
    );
  }

  close(): Promise<Recorded> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private get isOver(): boolean {
    return this.last.error !== null || this.closing !== null;
  }

  /** Whether as much as may wait does so. */
  private get isFull(): boolean {
    return this.handedOverBytes * 2 >= this.options.bufferMaxBytes;
  }

  private get drops(): boolean {
    return this.options.whenFull === 'drop' && this.isFull;
  }

  private async finish(): Promise<Recorded> {
    if (this.last.error === null) {
      this.tellDropped(this.scheduler.now());
      this.handOver();
      await new Promise<void>((resolve) => {
        this.hasEnded = resolve;
        this.order({ is: 'close' });
      });
    }
    await this.thread.terminate();
    return this.recorded;
  }

  private tellDropped(atMs: number, only?: number): void {
    for (const lost of this.dropped.take(atMs, only)) this.putIncident(lost);
  }

  private putIncident(incident: Incident): void {
    const text = textOf(incident);
    if (this.slab().room < text.length) this.handOver();
    this.slab(text.length).putIncident(text);
  }

  /** Puts bytes down, in as many pieces as they need. */
  private put(connection: number, from: Side, bytes: Buffer, atMs: number): void {
    for (let at = 0; at < bytes.length; ) {
      const slab = this.slab();
      const size = Math.min(bytes.length - at, slab.room);
      slab.put(connection, from, size === bytes.length ? bytes : bytes.subarray(at, at + size), atMs);
      at += size;
    }
  }

  /** The slab that is being written, with room for at least one byte. @param needed bytes that it is to have, if it is new */
  private slab(needed = 1): Slab {
    if (this.current !== null && this.current.room < 1) this.handOver();
    this.current ??= this.spare.pop() ?? new Slab(new ArrayBuffer(Math.max(this.slabBytes, needed + entryHeadBytes)));
    this.timer ??= this.flushLater();
    return this.current;
  }

  /** What has waited long enough goes on; while the other thread has enough to read, it waits for more. */
  private flush(): void {
    this.timer = null;
    if (this.handedOverBytes === 0) this.handOver();
    else this.timer = this.flushLater();
  }

  private flushLater(): Subscription {
    return this.scheduler.schedule(() => this.flush(), this.options.flushMs);
  }

  private handOver(): void {
    this.timer?.unsubscribe();
    this.timer = null;
    if (this.current === null) return;
    const { memory, length } = this.current;
    this.current = null;
    this.handedOverBytes += memory.byteLength;
    this.slabs++;
    this.order({ is: 'slab', memory, length }, [memory]);
  }

  private order(order: Order, memory: readonly ArrayBuffer[] = []): void {
    this.thread.ref();
    this.thread.postMessage(order, memory);
  }

  private heard(report: Report): void {
    if (this.last.error !== null) return;
    this.last = unplain(report.recorded);
    if (this.last.error !== null) return this.fail(this.last.error);
    switch (report.is) {
      case 'begun':
        this.rest(0);
        return this.hasBegun(null);
      case 'read':
        return this.takeBack(report.memory);
      case 'written':
        return this.rest(report.slabs);
      case 'ended':
        return this.hasEnded();
    }
  }

  /** The process may end, unless there is more to be written than so many slabs. */
  private rest(slabs: number): void {
    if (this.slabs === slabs && this.closing === null) this.thread.unref();
  }

  private takeBack(memory: ArrayBuffer): void {
    this.handedOverBytes -= memory.byteLength;
    if (this.spare.length < slabCount && memory.byteLength === this.slabBytes) this.spare.push(new Slab(memory));
    if (!this.isFull) for (const goOn of this.waiting.splice(0)) goOn();
  }

  private fail(error: Error): void {
    this.last = { ...this.last, error };
    this.timer?.unsubscribe();
    this.current = null;
    this.spare.length = 0;
    this.options.logger?.error({ err: error }, `the recording ends here: ${error.message}`);
    void this.thread.terminate();
    this.hasBegun(error);
    this.hasEnded();
    for (const goOn of this.waiting.splice(0)) goOn();
  }
}

function startThread(options: ThreadOptions): Thread {
  const path = require.resolve('./main');
  // Where this runs from its sources, so does the thread.
  const execArgv = path.endsWith('.ts') ? ['--require', 'ts-node/register'] : [];
  return new Worker(path, { workerData: options, execArgv });
}
