/**
 * Recorder: takes events as they happen and writes them to a file, or to one after another.
 *
 * Nobody waits for the disk unless it is wanted: what is taken is copied into the block that is being written; a full block,
 * or one that has waited for `flushMs`, joins the queue of the disk. Where that holds `bufferMaxBytes`, frames are dropped
 * and told of as lost, or (`whenFull: 'wait'`) whoever records is asked to wait. Each file of several stands by itself: it
 * opens anew whatever is open when it begins, and its end names the next.
 *
 * What always holds: an error of the disk ends the recording and nothing else. It is logged once, and is in what `close` gives.
 */
import { basename } from 'node:path';
import type { SchedulerLike, Subscription } from 'rxjs';
import type { Logger } from '../../logger';
import { Dropped } from '../dropped';
import type { Opened } from '../event';
import type { Incident } from '../sink';
import { sizeOf } from './block';
import { type Block, BlockWriter, beginOf, endOf } from './block-writer';
import type { FrameEntry } from './entry';

/** Where one file goes. */
export interface Target {
  /** Of the file, for people. */
  readonly name: string;
  /** Whether nobody looks at the bytes any more once they are written. */
  readonly isDoneWithBytes: boolean;
  write(chunks: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
}

export interface RecorderOptions {
  /** Opens the file with this number; the first is 1. */
  open(part: number): Promise<Target>;
  readonly facts: Readonly<Record<string, string>>;
  readonly scheduler: SchedulerLike;
  readonly logger: Logger | null;
  readonly bufferMaxBytes: number;
  readonly whenFull: 'drop' | 'wait';
  /** Who takes too long when something is dropped, such as `the disk`. */
  readonly slower: string;
  /** From this size on another file begins; null: never. */
  readonly rollBytes: number | null;
  readonly rollMs: number | null;
  /** How long an event may wait for others to be written with it; 0: as long as something else is being written. */
  readonly flushMs: number;
  /** Null: blocks are not compressed. */
  readonly zstdLevel: number | null;
}

/** What has been recorded. */
export interface Recorded {
  /** Names of the files. */
  readonly files: readonly string[];
  /** Written to them so far. */
  readonly bytes: number;
  readonly connections: number;
  readonly frames: number;
  /** Frames that were dropped because the disk was slower. */
  readonly droppedFrames: number;
  /** Requests of APIs that are not known here, which are kept in full, whatever secrets are to be left out. */
  readonly unknownRequests: number;
  /** Why the recording ended before it was closed; null if it did not. */
  readonly error: Error | null;
}

/** A block is closed when it has this much. */
const blockBytes = 256 * 1024;

type Job = { readonly block: Block; readonly bytes: number } | 'next file';

export class Recorder {
  /** Resolves when the first file is open; rejects if it cannot be opened. */
  readonly begun: Promise<void>;
  /** Counted by whoever takes secrets out. */
  unknownRequests = 0;
  private readonly options: RecorderOptions;
  private readonly block: BlockWriter;
  private readonly open = new Map<number, Opened>();
  private readonly dropped: Dropped;
  private readonly queue: Job[] = [];
  private queuedBytes = 0;
  private writing: Promise<void> | null = null;
  private target: Target | null = null;
  private readonly files: string[] = [];
  /** Of the file that is being written, queued ones included. */
  private fileBytes = 0;
  private fileSinceMs: number;
  /** Those in the files before it. */
  private framesBefore = 0;
  private bytes = 0;
  private connections = 0;
  private frames = 0;
  private error: Error | null = null;
  private timer: Subscription | null = null;
  private readonly waiting: (() => void)[] = [];
  private closing: Promise<Recorded> | null = null;

  constructor(options: RecorderOptions) {
    this.options = options;
    this.block = new BlockWriter(options.zstdLevel);
    this.dropped = new Dropped(options.slower, options.bufferMaxBytes);
    this.fileSinceMs = options.scheduler.now();
    this.begun = this.openFile().then((target) => this.beginFile(target));
    this.writing = this.begun.catch((error: Error) => this.fail(error)).finally(() => this.wrote());
  }

  get recorded(): Recorded {
    const { files, bytes, connections, frames, dropped, unknownRequests, error } = this;
    return { files: [...files], bytes, connections, frames, droppedFrames: dropped.frames, unknownRequests, error };
  }

  /** Whether nothing is recorded any more. */
  get isOver(): boolean {
    return this.error !== null || this.closing !== null;
  }

  /** Anything but a frame, whatever the disk does: it is small. */
  add(event: Incident): void {
    if (this.isOver) return;
    if (event.is === 'opened') {
      this.open.set(event.connection, event);
      this.connections++;
    } else if (event.is === 'closed') {
      this.open.delete(event.connection);
      this.tellDropped(event.connection);
    }
    this.block.add(event);
    this.afterwards();
  }

  /** A frame, which is copied, or dropped where there is no room. */
  addFrame(frame: FrameEntry, atMs: number): void {
    if (this.isOver) return;
    if (this.isFull && this.options.whenFull === 'drop') {
      this.dropped.add(frame.connection, frame.from, 1, sizeOf(frame.chunks));
      return;
    }
    if (this.dropped.isAny) this.tellDropped();
    this.frames++;
    this.block.addFrame(frame, atMs);
    this.afterwards();
  }

  /** Whether whoever records should wait (`whenRoom`) before it goes on. */
  get mustWait(): boolean {
    return this.options.whenFull === 'wait' && this.isFull && !this.isOver;
  }

  /** Calls back, once, when there is room. */
  whenRoom(goOn: () => void): void {
    this.waiting.push(goOn);
  }

  /** Resolves when nothing is being written, nor waits for that. */
  async written(): Promise<void> {
    while (this.writing !== null) await this.writing;
  }

  /** Writes everything down and ends the file; what is told later is not recorded. */
  close(): Promise<Recorded> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private get isFull(): boolean {
    return this.queuedBytes + this.block.length >= this.options.bufferMaxBytes;
  }

  private async finish(): Promise<Recorded> {
    this.tellDropped();
    this.closeBlock();
    while (this.writing !== null) await this.writing;
    await this.endFile().catch((error: Error) => this.fail(error));
    return this.recorded;
  }

  /** Puts down what was dropped. @param only of this connection; all if absent */
  private tellDropped(only?: number): void {
    for (const lost of this.dropped.take(this.options.scheduler.now(), only)) this.block.add(lost);
  }

  private afterwards(): void {
    const { flushMs } = this.options;
    if (this.block.length >= blockBytes || (flushMs === 0 && this.writing === null)) this.seal();
    else if (flushMs > 0) this.timer ??= this.options.scheduler.schedule(() => this.seal(), flushMs);
  }

  /** Hands the block over to the disk. */
  private closeBlock(): void {
    this.timer?.unsubscribe();
    this.timer = null;
    if (this.block.count > 0) this.enqueue(this.block.take());
  }

  /**
   * The same; behind it perhaps another file begins, if there is a frame in this one: what is opened anew in each may be as
   * large as a file is to be.
   */
  private seal(): void {
    this.closeBlock();
    if (this.frames === this.framesBefore) return;
    const { rollBytes, rollMs, scheduler } = this.options;
    const isLarge = rollBytes !== null && this.fileBytes >= rollBytes;
    if (!isLarge && (rollMs === null || scheduler.now() - this.fileSinceMs < rollMs)) return;
    this.queue.push('next file');
    this.fileBytes = 0;
    this.framesBefore = this.frames;
    this.fileSinceMs = scheduler.now();
    for (const opened of this.open.values()) this.block.add(opened);
  }

  private enqueue(block: Block): void {
    const bytes = sizeOf(block.chunks);
    this.fileBytes += bytes;
    this.queuedBytes += bytes;
    this.queue.push({ block, bytes });
    this.pump();
  }

  private pump(): void {
    this.writing ??= this.write()
      .catch((error: Error) => this.fail(error))
      .finally(() => this.wrote());
  }

  private wrote(): void {
    this.writing = null;
    if (this.queue.length > 0) this.pump();
    else if (this.options.flushMs === 0 && !this.isOver) this.seal();
  }

  private async write(): Promise<void> {
    for (let job = this.queue.shift(); job !== undefined; job = this.queue.shift()) {
      if (job === 'next file') {
        await this.nextFile();
      } else {
        const target = this.target!;
        await target.write(job.block.chunks);
        if (target.isDoneWithBytes) job.block.release();
        this.bytes += job.bytes;
        this.queuedBytes -= job.bytes;
        if (!this.isFull) for (const goOn of this.waiting.splice(0)) goOn();
      }
    }
  }

  private openFile(): Promise<Target> {
    return this.options.open(this.files.length + 1);
  }

  private async beginFile(target: Target): Promise<void> {
    this.target = target;
    this.files.push(target.name);
    const begin = beginOf({ ...this.options.facts, part: String(this.files.length) });
    await target.write(begin);
    this.bytes += sizeOf(begin);
  }

  /** The next file is there before the one before it names it, so that whoever follows finds it. */
  private async nextFile(): Promise<void> {
    let next: Target | null = null;
    try {
      next = await this.openFile();
    } finally {
      await this.endFile(next === null ? {} : { next: basename(next.name) });
    }
    await this.beginFile(next);
  }

  private async endFile(facts: Readonly<Record<string, string>> = {}): Promise<void> {
    const { target } = this;
    if (target === null) return;
    this.target = null;
    const end = endOf({ connections: String(this.connections), frames: String(this.frames), ...facts });
    try {
      await target.write(end);
      this.bytes += sizeOf(end);
    } finally {
      await target.close();
    }
  }

  private fail(error: Error): void {
    if (this.error !== null) return;
    this.error = error;
    this.timer?.unsubscribe();
    this.queue.length = 0;
    this.queuedBytes = 0;
    this.options.logger?.error({ err: error }, `the recording ends here: ${error.message}`);
    for (const goOn of this.waiting.splice(0)) goOn();
    void this.target?.close().catch(() => {});
    this.target = null;
  }
}
