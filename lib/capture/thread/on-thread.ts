/**
 * A recording that is made on a thread of its own: whoever hears traffic copies it once into memory that goes from thread to
 * thread, and all else (putting messages together, taking secrets out, compressing, writing) costs the broker's thread
 * nothing.
 *
 * What always holds: there is never more such memory than `bufferMaxBytes` and one message. Where it is used up, whole
 * messages are dropped and told of as lost, or whoever feeds this waits.
 */
import { Worker } from 'node:worker_threads';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import type { Logger } from '../../logger';
import { Dropped } from '../dropped';
import type { Recorded } from '../mrcap/recorder';
import { type Gaps, noGaps } from '../redact/gaps';
import type { Incident, Sink } from '../sink';
import { findInChunk, findInMessage } from './long-values';
import { type Order, type Report, type ThreadOptions, unplain } from './messages';
import { SlabFeed } from './slab-feed';
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
/** Values are not looked for in what is smaller. */
const worthBytes = 16 * 1024;

export class OnThread implements Sink {
  readonly begun: Promise<void>;
  private readonly options: OnThreadOptions;
  private readonly thread: Thread;
  private readonly scheduler: SchedulerLike;
  private readonly feed: SlabFeed;
  private readonly leavesValuesOut: boolean;
  /** Gaps of what is put down now. */
  private readonly found: number[] = [];
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
    this.leavesValuesOut = options.hidden.includes('values');
    // One half waits here, the other half behind the other thread.
    const halfBytes = Math.ceil(options.bufferMaxBytes / 2);
    this.feed = new SlabFeed({
      slabBytes: Math.min(slabMaxBytes, Math.max(slabMinBytes, Math.ceil(halfBytes / slabCount))),
      flushMs: options.flushMs,
      scheduler,
      handOver: (memory, length) => {
        this.slabs++;
        this.order({ is: 'slab', memory, length }, [memory]);
      },
    });
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
    this.feed.putIncident(incident);
  }

  request(connection: number, bytes: Buffer, atMs: number): void {
    if (this.isOver) return;
    if (this.drops) return this.dropped.add(connection, 'client', 1, bytes.length);
    if (this.dropped.isAny) this.tellDropped(atMs);
    this.feed.putMessage(connection, atMs, bytes, this.gapsIn(bytes, findInMessage));
  }

  answer(connection: number, bytes: Buffer, atMs: number): void {
    const stretches = this.stretches.get(connection);
    if (this.isOver || stretches === undefined) return;
    if (!this.drops && stretches.isOne(bytes)) {
      if (this.dropped.isAny) this.tellDropped(atMs);
      return this.feed.put(connection, 'broker', atMs, bytes);
    }
    const gaps = stretches.isWithin(bytes) ? this.gapsIn(bytes, findInChunk) : noGaps;
    stretches.of(
      bytes,
      () => this.drops,
      (from, to, drops, begun) => {
        if (drops) return this.dropped.add(connection, 'broker', begun, to - from);
        if (this.dropped.isAny) this.tellDropped(atMs);
        this.feed.put(connection, 'broker', atMs, bytes, from, to, gaps);
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
    return this.feed.awayBytes * 2 >= this.options.bufferMaxBytes;
  }

  private get drops(): boolean {
    return this.options.whenFull === 'drop' && this.isFull;
  }

  private async finish(): Promise<Recorded> {
    if (this.last.error === null) {
      this.tellDropped(this.scheduler.now());
      this.feed.handOver();
      await new Promise<void>((resolve) => {
        this.hasEnded = resolve;
        this.order({ is: 'close' });
      });
    }
    await this.thread.terminate();
    return this.recorded;
  }

  private tellDropped(atMs: number, only?: number): void {
    for (const lost of this.dropped.take(atMs, only)) this.feed.putIncident(lost);
  }

  /** Where values lie that are left out anyway, and so long that it is better not to copy them. */
  private gapsIn(bytes: Buffer, find: (bytes: Buffer, found: number[]) => void): Gaps {
    if (!this.leavesValuesOut || bytes.length < worthBytes) return noGaps;
    this.found.length = 0;
    find(bytes, this.found);
    return this.found;
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
    this.feed.takeBack(memory);
    if (!this.isFull) for (const goOn of this.waiting.splice(0)) goOn();
  }

  private fail(error: Error): void {
    this.last = { ...this.last, error };
    this.feed.end();
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
