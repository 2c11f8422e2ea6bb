/**
 * FrameCutter: cuts what one side sent into frames, and finds its way again where bytes are missing.
 *
 * A gap within a frame whose length is known costs that frame only. Where nobody knows where the next one begins (the begin
 * of the recording was missed, a gap swallowed a length, a length cannot be meant) it looks for one: `isHead` says whether
 * a frame may begin at a place. Everything in between is lost, in one event.
 *
 * A frame within one packet is a slice of it; others are put together in memory that grows as their bytes come, so that a
 * hostile length allocates nothing.
 */
import type { StreamSink } from './in-order';

export interface CutterOptions {
  readonly frameMaxBytes: number;
  /** Bytes that `isHead` needs. */
  readonly headBytes: number;
  /** Whether a frame, with its length, may begin here. `isStart`: a packet begins here. */
  isHead(bytes: Buffer, at: number, isStart: boolean): boolean;
  frame(bytes: Buffer, atMs: number): void;
  lost(bytes: number, atMs: number, why: string): void;
  /** What the stream may be if it is not Kafka's; asked of the first bytes of all. */
  foreign(bytes: Buffer): string | null;
}

const prefixBytes = 4;
const pieceMaxBytes = 4 * 1024 * 1024;
const empty = Buffer.alloc(0);

export class FrameCutter implements StreamSink {
  private readonly options: CutterOptions;
  /** Bytes of a length, or of a head, that go on in the next packet. */
  private rest: Buffer = empty;
  private restIsStart = false;
  /** The frame that is being put together. */
  private partial: Buffer | null = null;
  private size = 0;
  private filled = 0;
  /** How much of a frame that is lost is still to come. */
  private toSkip = 0;
  /** Why a frame's begin is looked for; null: it is where we are. */
  private search: string | null;
  private searchedBytes = 0;
  private isFirst = true;
  private foreignWhy: string | null = null;

  /** @param isBegin whether the first byte is the first of the connection */
  constructor(options: CutterOptions, isBegin: boolean) {
    this.options = options;
    this.search = isBegin ? null : 'the recording begins within the connection';
  }

  bytes(chunk: Buffer, atMs: number, isStart: boolean): void {
    if (this.foreignWhy !== null) {
      this.searchedBytes += chunk.length;
      return;
    }
    const hasRest = this.rest.length > 0;
    const bytes = hasRest ? Buffer.concat([this.rest, chunk]) : chunk;
    const fresh = this.rest.length;
    const startsAt = (at: number) => (at === fresh && isStart) || (at === 0 && hasRest && this.restIsStart);
    this.rest = empty;
    if (this.isFirst && bytes.length >= prefixBytes) this.meet(bytes);
    let at = 0;
    while (at < bytes.length) {
      if (this.foreignWhy !== null) {
        this.searchedBytes += bytes.length - at;
        return;
      }
      const next = this.search === null ? this.cut(bytes, at, atMs) : this.seek(bytes, at, atMs, startsAt);
      if (next === null) {
        this.restIsStart = startsAt(at);
        this.rest = Buffer.from(bytes.subarray(at));
        return;
      }
      at = next;
    }
  }

  gap(bytes: number, atMs: number, why: string): void {
    if (this.foreignWhy !== null || this.search !== null) {
      this.searchedBytes += this.rest.length + bytes;
      this.rest = empty;
      return;
    }
    this.isFirst = false;
    if (this.toSkip >= bytes) {
      this.toSkip -= bytes;
      return;
    }
    const left = this.partial === null ? 0 : this.size - this.filled;
    if (bytes <= left) {
      this.toSkip = left - bytes;
      this.partial = null;
      this.options.lost(this.size, atMs, `a frame of ${this.size} bytes, of which ${bytes} were ${why}`);
      return;
    }
    this.searchedBytes = (this.partial === null ? this.rest.length - this.toSkip : this.filled) + bytes;
    this.rest = empty;
    this.partial = null;
    this.toSkip = 0;
    this.search = `${bytes} bytes were ${why}`;
  }

  /** The connection is over, or the recording. */
  end(atMs: number): void {
    const { search, foreignWhy, partial, rest } = this;
    const searched = this.searchedBytes + rest.length;
    if (foreignWhy !== null) this.options.lost(searched, atMs, foreignWhy);
    else if (search !== null) {
      if (searched > 0) this.options.lost(searched, atMs, `${search}, and no frame was found behind`);
    } else if (partial !== null)
      this.options.lost(this.filled, atMs, `ended after ${this.filled} of the ${this.size} bytes of a frame`);
    else if (rest.length > 0) this.options.lost(rest.length, atMs, `ended after ${rest.length} bytes of a length`);
    this.rest = empty;
    this.partial = null;
    this.searchedBytes = 0;
  }

  private meet(bytes: Buffer): void {
    this.isFirst = false;
    this.foreignWhy = this.options.foreign(bytes);
  }

  /** Takes one frame, or what is there of it; returns where the next begins, or null if its length is not there yet. */
  private cut(bytes: Buffer, at: number, atMs: number): number | null {
    if (this.toSkip > 0) {
      const skipped = Math.min(this.toSkip, bytes.length - at);
      this.toSkip -= skipped;
      return at + skipped;
    }
    if (this.partial !== null) return this.fill(bytes, at, atMs);
    if (bytes.length - at < prefixBytes) return null;
    const size = bytes.readInt32BE(at);
    if (size <= 0 || size > this.options.frameMaxBytes) {
      this.search = `a frame of ${size} bytes, ${this.options.frameMaxBytes} are allowed`;
      // Passes over what was no length, or it would be found again.
      this.searchedBytes = 1;
      return at + 1;
    }
    const start = at + prefixBytes;
    if (bytes.length - start >= size) {
      this.options.frame(bytes.subarray(start, start + size), atMs);
      return start + size;
    }
    this.partial = Buffer.allocUnsafeSlow(Math.min(size, pieceMaxBytes));
    this.size = size;
    this.filled = 0;
    return this.fill(bytes, start, atMs);
  }

  private fill(bytes: Buffer, at: number, atMs: number): number {
    const end = Math.min(bytes.length, at + this.size - this.filled);
    const wanted = this.filled + end - at;
    if (wanted > this.partial!.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(this.size, Math.max(wanted, 2 * this.partial!.length)));
      this.partial!.copy(larger, 0, 0, this.filled);
      this.partial = larger;
    }
    bytes.copy(this.partial!, this.filled, at, end);
    this.filled = wanted;
    if (wanted === this.size) {
      const frame = this.partial!;
      this.partial = null;
      this.options.frame(frame, atMs);
    }
    return end;
  }

  /** Looks for the begin of a frame; returns where it is, or null when the bytes that may yet be one go on later. */
  private seek(bytes: Buffer, from: number, atMs: number, startsAt: (at: number) => boolean): number | null {
    const { headBytes } = this.options;
    let at = from;
    for (const last = bytes.length - headBytes; at <= last; at++) {
      if (!this.options.isHead(bytes, at, startsAt(at))) continue;
      const lost = this.searchedBytes + at - from;
      const why = this.search!;
      this.search = null;
      this.searchedBytes = 0;
      if (lost > 0) this.options.lost(lost, atMs, `${why}; a frame was found ${lost} bytes later`);
      return at;
    }
    this.searchedBytes += at - from;
    return at === from ? null : at;
  }
}
