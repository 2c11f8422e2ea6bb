/**
 * Slabs on the side of the thread that hears the traffic: the one that is written, those that may be written again, and
 * when one goes on. For on-thread.ts.
 */
import type { SchedulerLike, Subscription } from 'rxjs';
import type { Side } from '../event';
import { type Gaps, noGaps } from '../redact/gaps';
import type { Incident } from '../sink';
import { entryHeadBytes, Slab, textOf } from './slab';

/** Slabs that wait to be used again; more are let go. */
const spareMax = 8;

export interface SlabFeedOptions {
  readonly slabBytes: number;
  /** How long an event may wait for others, in ms. */
  readonly flushMs: number;
  readonly scheduler: SchedulerLike;
  /** Takes a slab of which the first `length` bytes are written; its memory comes back by `takeBack`. */
  readonly handOver: (memory: ArrayBuffer, length: number) => void;
}

export class SlabFeed {
  /** Of the slabs that were handed over and have not come back. */
  awayBytes = 0;
  private readonly options: SlabFeedOptions;
  /** The one that was written last is taken first, since it is in the caches. */
  private readonly spare: Slab[] = [];
  /** The one that is being written. */
  private current: Slab | null = null;
  private timer: Subscription | null = null;

  constructor(options: SlabFeedOptions) {
    this.options = options;
  }

  putIncident(incident: Incident): void {
    const text = textOf(incident);
    this.slab(text.length).putIncident(text);
  }

  /** A client's message, without its length. */
  putMessage(connection: number, atMs: number, bytes: Buffer, gaps: Gaps): void {
    const slab = this.slab();
    if (gaps.length === 0 && slab.room >= 4 + bytes.length) return slab.putMessage(connection, bytes, atMs);
    const prefix = Buffer.allocUnsafe(4);
    prefix.writeInt32BE(bytes.length);
    this.put(connection, 'client', atMs, prefix);
    this.put(connection, 'client', atMs, bytes, 0, bytes.length, gaps);
  }

  /** The bytes between `start` and `end`, but for the gaps, which lie between them. */
  put(connection: number, from: Side, atMs: number, bytes: Buffer, start = 0, end = bytes.length, gaps = noGaps): void {
    let at = start;
    for (let i = 0; i < gaps.length; i += 2) {
      this.putPiece(connection, from, atMs, bytes, at, gaps[i]!, gaps[i + 1]! - gaps[i]!);
      at = gaps[i + 1]!;
    }
    if (at < end) this.putPiece(connection, from, atMs, bytes, at, end, 0);
  }

  /** Has what was put down read, however little it is. */
  handOver(): void {
    this.timer?.unsubscribe();
    this.timer = null;
    if (this.current === null) return;
    const { memory, length } = this.current;
    this.current = null;
    this.awayBytes += memory.byteLength;
    this.options.handOver(memory, length);
  }

  takeBack(memory: ArrayBuffer): void {
    this.awayBytes -= memory.byteLength;
    if (this.spare.length < spareMax && memory.byteLength === this.options.slabBytes) this.spare.push(new Slab(memory));
  }

  /** Lets go of all. */
  end(): void {
    this.timer?.unsubscribe();
    this.current = null;
    this.spare.length = 0;
  }

  /** Puts bytes down in as many entries as they need. @param missing how many behind them are not put down */
  private putPiece(
    connection: number,
    from: Side,
    atMs: number,
    bytes: Buffer,
    start: number,
    end: number,
    missing: number,
  ): void {
    for (let at = start; ; ) {
      const slab = this.slab();
      const stop = Math.min(end, at + slab.room);
      slab.put(connection, from, atMs, bytes, at, stop, stop === end ? missing : 0);
      if (stop === end) return;
      at = stop;
    }
  }

  /** The slab that is being written, with room for so many bytes. */
  private slab(needed = 1): Slab {
    if (this.current !== null && this.current.room < needed) this.handOver();
    this.current ??= this.fresh(needed + entryHeadBytes);
    this.timer ??= this.flushLater();
    return this.current;
  }

  private fresh(size: number): Slab {
    const { slabBytes } = this.options;
    const spare = size <= slabBytes ? this.spare.pop() : undefined;
    return spare ?? new Slab(new ArrayBuffer(Math.max(slabBytes, size)));
  }

  /** What has waited long enough goes on; while the other thread has enough to read, it waits for more. */
  private flush(): void {
    this.timer = null;
    if (this.awayBytes === 0) this.handOver();
    else this.timer = this.flushLater();
  }

  private flushLater(): Subscription {
    return this.options.scheduler.schedule(() => this.flush(), this.options.flushMs);
  }
}
