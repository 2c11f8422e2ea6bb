/**
 * Reading whole batches from a log: finds the batch that holds an offset, reads from there into lent memory, and ends
 * behind the last batch that fits. One per partition; called by partition.ts for every fetch.
 *
 * Small reads, and reads of what was written lately, are synchronous: the page cache has it. Others let the disk work
 * while the broker goes on. What was just read or written is remembered, so that a reader that goes on where it stopped
 * needs no index.
 */
import { errors } from '../errors';
import { headerBytes } from '../records/batch';
import { BatchHeader } from './batch-header';
import { BatchScan } from './batch-scan';
import type { ReadBatches } from './engine';
import type { Log } from './log';
import type { ReadBuffers } from './read-buffers';
import type { Segment } from './segment';

/** Up to here a read is made synchronously even if the bytes may have to come from the disk. */
const smallReadBytes = 64 * 1024;
/** Up to here a read is made synchronously if the bytes were written lately. */
const hotReadBytes = 1024 * 1024;
/** Written lately: among the last bytes of the active segment. */
const hotTailBytes = 32 * 1024 * 1024;
/** What a lookup on a cold segment brings into the page cache at once. */
const warmBytes = 64 * 1024;
/** The first batch is read with its header at least, and mostly as a whole. */
const firstReadBytes = 4096;
const placesKept = 8;
const empty = Buffer.alloc(0);

/** What a reader wants: whole batches from the one that holds `from`, none that begins at `limit` or later. */
export interface Ask {
  readonly from: number;
  readonly limit: number;
  /** Most bytes to return, but for the first batch if `atLeastOne`. */
  readonly maxBytes: number;
  readonly atLeastOne: boolean;
}

/** A batch that begins at `offset` lies at `position` of the segment. */
interface Place {
  readonly offset: number;
  readonly segment: Segment;
  readonly position: number;
  /** Size of the batch, where it is known. */
  readonly size?: number;
}

export class LogRead {
  private readonly log: Log;
  private readonly buffers: ReadBuffers;
  private readonly header = new BatchHeader();
  private readonly places: Place[] = [];
  private oldestPlace = 0;
  /** Where the last append began: where a reader that waited at the end goes on. */
  private lastAppend: Place | undefined;

  constructor(log: Log, buffers: ReadBuffers) {
    this.log = log;
    this.buffers = buffers;
  }

  /** The writer appended batches from this base offset on at this position of the active segment. */
  appended(offset: number, position: number): void {
    this.lastAppend = { offset, segment: this.log.active, position };
  }

  /** At least the bytes between an offset and a limit; exact for an offset where somebody stopped reading. */
  availableBytes(fromOffset: number, limit: number): number {
    if (fromOffset >= limit) return 0;
    const { segments } = this.log;
    const last = this.log.segmentIndex(limit - 1);
    let i = this.log.segmentIndex(fromOffset);
    const first = segments[i]!;
    let start = this.placeOf(fromOffset)?.position;
    start ??= first.offsetIndex.isAtHand(fromOffset) ? first.offsetIndex.positionFor(fromOffset) : 0;
    let bytes = first.size - start;
    while (++i <= last) bytes += segments[i]!.size;
    return bytes;
  }

  read(ask: Ask): ReadBatches | Promise<ReadBatches> {
    const { from } = ask;
    if (from >= ask.limit || (ask.maxBytes <= 0 && !ask.atLeastOne)) return nothing(ask);
    const known = this.placeOf(from);
    if (known !== undefined) return this.readAt(known, ask);
    const segment = this.log.segments[this.log.segmentIndex(from)]!;
    const isQuick = this.isHot(segment, segment.size) || this.log.context.pace.isFast;
    if (!isQuick || !segment.offsetIndex.isAtHand(from)) return this.readCold(ask);
    const place = this.find(from);
    return place === null ? nothing(ask) : this.readAt(place, ask);
  }

  /** Looks an offset up without holding anybody up: what the lookup needs is read first. */
  private async readCold(ask: Ask): Promise<ReadBatches> {
    const segment = this.log.segments[this.log.segmentIndex(ask.from)]!;
    await segment.offsetIndex.index.warm();
    const position = segment.offsetIndex.positionFor(ask.from);
    const lent = this.buffers.lend(warmBytes);
    try {
      await segment.log.read(lent.bytes, 0, Math.min(warmBytes, segment.size - position), position);
    } finally {
      lent.release();
    }
    const place = this.find(ask.from);
    return place === null ? nothing(ask) : this.readAt(place, ask);
  }

  /** The batch that holds the offset, or the next one if compaction left a gap there; null at the end of the log. */
  find(offset: number): Place | null {
    const { segments } = this.log;
    for (let i = this.log.segmentIndex(offset); i < segments.length; i++) {
      const segment = segments[i]!;
      if (segment.size === 0) continue;
      const start = segment.offsetIndex.positionFor(offset);
      const scan = new BatchScan(segment.log, start, segment.size, this.log.context.scanWindow.subarray(0, 8192));
      while (scan.next()) {
        const { baseOffset, lastOffset, size } = scan.header;
        if (lastOffset >= offset) return { offset: baseOffset, segment, position: scan.position, size };
      }
      if (scan.fault !== null) throw corrupt(segment, scan.position, scan.fault);
    }
    return null;
  }

  /** @param firstBytes bytes to read at least, so that the first batch is there as a whole */
  private readAt(
    place: Place,
    ask: Ask,
    firstBytes = place.size ?? firstReadBytes,
  ): ReadBatches | Promise<ReadBatches> {
    const { segment, position } = place;
    const { pace } = this.log.context;
    const available = segment.size - position;
    const wanted = Math.min(available, Math.max(ask.maxBytes, ask.atLeastOne ? firstBytes : headerBytes));
    const isSync =
      (wanted <= smallReadBytes && pace.isFast) || (wanted <= hotReadBytes && this.isHot(segment, position));
    if (!isSync) return this.readAsync(place, ask, wanted);
    const lent = this.buffers.lend(wanted);
    try {
      pace.time(() => this.check(segment, position, wanted, segment.log.readSync(lent.bytes, 0, wanted, position)));
      const cut = this.cut(place, lent.bytes, wanted, ask);
      if (typeof cut !== 'number' && cut.records.length > 0) return { ...cut, release: lent.release };
      lent.release();
      return typeof cut === 'number' ? this.readAt(place, ask, cut) : cut;
    } catch (error) {
      lent.release();
      throw error;
    }
  }

  private async readAsync(place: Place, ask: Ask, wanted: number): Promise<ReadBatches> {
    const { segment, position } = place;
    const lent = this.buffers.lend(wanted);
    try {
      this.check(segment, position, wanted, await segment.log.read(lent.bytes, 0, wanted, position));
      const cut = this.cut(place, lent.bytes, wanted, ask);
      if (typeof cut !== 'number' && cut.records.length > 0) return { ...cut, release: lent.release };
      lent.release();
      return typeof cut === 'number' ? this.readAsync(place, ask, cut) : cut;
    } catch (error) {
      lent.release();
      throw error;
    }
  }

  /**
   * The whole batches among the first `length` bytes read at a place; or, if the first batch is to be returned and is
   * longer than what was read, its size.
   */
  private cut(place: Place, bytes: Buffer, length: number, ask: Ask): ReadBatches | number {
    const { header } = this;
    const { segment, position } = place;
    const { limit, maxBytes } = ask;
    const fault = header.read(bytes, 0, length);
    if (fault !== null) throw corrupt(segment, position, fault);
    if (header.size > segment.size - position) throw corrupt(segment, position, `batch of ${header.size} bytes`);
    if (header.baseOffset >= limit || (header.size > maxBytes && !ask.atLeastOne)) return nothing(ask);
    if (header.size > length) return header.size;
    const end = Math.min(length, Math.max(maxBytes, header.size));
    if (end === segment.size - position) {
      const behind = this.offsetBehind(segment);
      if (behind <= limit) return this.result(bytes, place, end, behind);
    }
    let at = this.lastKnownStart(segment, position, end, limit);
    // A batch that begins within the last bytes may not even show its header: then from the first one on.
    if (at > 0 && header.read(bytes, at, end) !== null) at = 0;
    if (at === 0) header.read(bytes, 0, end);
    let nextOffset = header.baseOffset;
    while (at + header.size <= end && header.baseOffset < limit) {
      at += header.size;
      nextOffset = header.lastOffset + 1;
      if (header.read(bytes, at, end) !== null) break;
    }
    return this.result(bytes, place, at, nextOffset);
  }

  private result(bytes: Buffer, place: Place, length: number, nextOffset: number): ReadBatches {
    this.remember(nextOffset, place.segment, place.position + length);
    return { records: bytes.subarray(0, length), nextOffset };
  }

  /** Offset behind the last batch of a segment; of an old one, where the next begins. */
  private offsetBehind(segment: Segment): number {
    if (segment === this.log.active) return this.log.nextOffset;
    return this.log.segments[this.log.segmentIndex(segment.baseOffset) + 1]?.baseOffset ?? this.log.nextOffset;
  }

  /** How far into the bytes read at `position` the index knows a batch to begin before `end` and `limit`; 0: nowhere. */
  private lastKnownStart(segment: Segment, position: number, end: number, limit: number): number {
    const index = segment.offsetIndex;
    if (!index.isAtHand(segment.baseOffset)) return 0;
    const start = Math.min(index.batchStartBefore(position + end), index.positionFor(limit - 1));
    return Math.max(0, start - position);
  }

  private isHot(segment: Segment, position: number): boolean {
    return segment === this.log.active && segment.size - position <= hotTailBytes;
  }

  private check(segment: Segment, position: number, wanted: number, got: number): void {
    if (got < wanted) throw corrupt(segment, position, `the file ends at ${position + got} instead of ${segment.size}`);
  }

  private placeOf(offset: number): Place | undefined {
    if (this.lastAppend?.offset === offset) return this.lastAppend;
    for (const place of this.places) {
      if (place.offset === offset && place.position < place.segment.size) return place;
    }
    return undefined;
  }

  private remember(offset: number, segment: Segment, position: number): void {
    this.places[this.oldestPlace] = { offset, segment, position };
    this.oldestPlace = (this.oldestPlace + 1) % placesKept;
  }
}

function nothing({ from }: Ask): ReadBatches {
  return { records: empty, nextOffset: from };
}

function corrupt(segment: Segment, position: number, what: string): Error {
  return new Error(`${segment.log.path} at ${position}: ${what}`);
}

/** For callers that have an offset from a client. */
export function checkRange(offset: number, log: Log): void {
  if (offset >= log.logStartOffset && offset <= log.nextOffset) return;
  throw errors.OFFSET_OUT_OF_RANGE.because(`offset ${offset} is not in [${log.logStartOffset}, ${log.nextOffset}]`);
}
