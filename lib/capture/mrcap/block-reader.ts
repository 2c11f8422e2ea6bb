/**
 * BlockReader: reads a .mrcap file from its beginning, chunk by chunk, into events.
 *
 * What always holds: a broken block costs that block, and is told of; the next one is found by its mark. Of a block that the
 * file ends in, whole entries are still read. Each connection that was opened is closed at the end.
 */

import { KafkaError } from '../../errors';
import { DecodeError, Reader } from '../../protocol/bytes';
import { zstdDecompress } from '../../records/zstd';
import { Carry } from '../carry';
import type { CaptureEvent, Lost } from '../event';
import {
  type BlockHead,
  blockCodecs,
  blockHeadBytes,
  blockKinds,
  blockMark,
  fileHeadBytes,
  fileMagic,
  isContentWhole,
  isHeadWhole,
  readHead,
} from './block';
import { readEntry } from './entry';

/** Whether a file that begins with these bytes is one. */
export function isRecording(head: Buffer): boolean {
  return head.length >= fileMagic.length && head.subarray(0, fileMagic.length).equals(fileMagic);
}

/** The version of the format; null if it is not there yet. */
export function versionOf(head: Buffer): number | null {
  return head.length < fileHeadBytes ? null : head[fileMagic.length]!;
}

/**
 * What a file says of itself.
 * @returns null if more bytes are needed; empty where that block is broken
 */
export function factsOf(head: Buffer): Readonly<Record<string, string>> | null {
  const bytes = head.subarray(fileHeadBytes);
  if (bytes.length < blockHeadBytes) return null;
  const block = readHead(bytes);
  if (block === null || block.kind !== blockKinds.facts || block.directoryBytes !== 0) return {};
  const stored = bytes.subarray(blockHeadBytes, blockHeadBytes + block.storedBytes);
  if (stored.length < block.storedBytes) return null;
  if (!isHeadWhole(block, bytes.subarray(0, blockHeadBytes)) || !isContentWhole(block, stored)) return {};
  return readFacts(stored);
}

function readFacts(stored: Buffer): Readonly<Record<string, string>> {
  try {
    const facts: unknown = JSON.parse(stored.toString());
    if (typeof facts !== 'object' || facts === null) return {};
    return Object.fromEntries(
      Object.entries(facts).filter((fact): fact is [string, string] => typeof fact[1] === 'string'),
    );
  } catch {
    return {};
  }
}

export class BlockReader {
  private readonly only: ReadonlySet<number> | null;
  private readonly frameMaxBytes: number;
  private carry = new Carry();
  private isBegun = false;
  private hasEnd = false;
  /** Name of the file in which the recording goes on; null if it does not. */
  private nextFile: string | null = null;
  /** Connections that were opened and not closed. */
  private readonly open = new Set<number>();
  private lastMs = 0;
  /** Why the next block is looked for; null: it is where we are. */
  private search: string | null = null;
  private searchedBytes = 0;

  /** @param only the connections that are wanted; null: all. Blocks that name none of them are passed over */
  constructor(frameMaxBytes: number, only: ReadonlySet<number> | null = null) {
    this.frameMaxBytes = frameMaxBytes;
    this.only = only;
  }

  /** Whether the file said that it ends here. */
  get isOver(): boolean {
    return this.hasEnd;
  }

  /** Name of the file beside this one in which the recording goes on, once that is known. */
  get next(): string | null {
    return this.nextFile;
  }

  /** What comes now is the next file of the same recording: connections that are open stay so. */
  goOn(): void {
    this.carry = new Carry();
    this.isBegun = false;
    this.hasEnd = false;
    this.nextFile = null;
  }

  /** How many of the next bytes are passed over, `most` at most; they are not to be pushed. */
  skip(most: number): number {
    return this.carry.leaveOut(most);
  }

  *push(chunk: Buffer): Generator<CaptureEvent> {
    const { carry } = this;
    carry.push(chunk);
    if (!this.isBegun) {
      if (carry.length < fileHeadBytes) return;
      carry.take(fileHeadBytes);
      this.isBegun = true;
    }
    while (true) {
      const front = this.front();
      if (front === null) return;
      if (this.search !== null) yield this.found(this.search);
      const { head, bytes } = front;
      if (this.isOfOthers(head, bytes)) {
        carry.skip(bytes.length + head.storedBytes);
        continue;
      }
      if (carry.length < bytes.length + head.storedBytes) return;
      const at = carry.position;
      carry.take(bytes.length);
      const stored = carry.take(head.storedBytes);
      if (isContentWhole(head, stored)) yield* this.read(head, bytes, stored, at);
      else yield this.lost(stored.length, `the block at byte ${at} is broken: its checksum is wrong`);
    }
  }

  /** @param isStopped whether reading ends before the recording does, so that nothing is missing */
  *end(isStopped = false): Generator<CaptureEvent> {
    const { carry } = this;
    const at = carry.position;
    const left = carry.length;
    if (isStopped) carry.take(left);
    else if (this.search !== null) {
      carry.take(left);
      this.searchedBytes += left;
      yield this.found(this.search);
    } else if (left > 0 || carry.missing > 0) {
      const unread = left > 0 ? yield* this.readCut(at) : 0;
      yield this.lost(unread, `the recording ends within the block at byte ${at}`);
    } else if (!this.hasEnd)
      yield this.lost(0, 'the recording has no end: who wrote it was stopped, and its last events may be missing');
    for (const connection of this.open) yield { is: 'closed', connection, atMs: this.lastMs, by: null };
  }

  /** The head of the next block with its directory, looked for if need be; null if more bytes are needed. */
  private front(): { readonly head: BlockHead; readonly bytes: Buffer } | null {
    const { carry } = this;
    while (carry.length >= blockHeadBytes) {
      const head = readHead(carry.peek(blockHeadBytes));
      const size = blockHeadBytes + (head?.directoryBytes ?? 0);
      if (head !== null && carry.length < size) return null;
      const bytes = carry.peek(size);
      if (head !== null && isHeadWhole(head, bytes)) return { head, bytes };
      this.search ??= `no block begins at byte ${carry.position}`;
      this.seek();
    }
    return null;
  }

  /** Passes over bytes up to the next mark of a block, of which at least the first that is here. */
  private seek(): void {
    const { carry } = this;
    const at = carry.peek(carry.length).indexOf(blockMark, 1);
    // The last bytes may be the first of a mark.
    const passed = at > 0 ? at : carry.length - blockMark.length + 1;
    carry.take(passed);
    this.searchedBytes += passed;
  }

  private found(why: string): Lost {
    const lost = this.lost(this.searchedBytes, why);
    this.search = null;
    this.searchedBytes = 0;
    return lost;
  }

  private lost(bytes: number, why: string): Lost {
    return { is: 'lost', connection: null, atMs: this.lastMs, from: null, bytes, why };
  }

  /** Whether a block has nothing of the only connections that are asked for. */
  private isOfOthers(head: BlockHead, front: Buffer): boolean {
    if (this.only === null || head.kind !== blockKinds.events) return false;
    const { connections } = readDirectory(front.subarray(blockHeadBytes));
    return !connections.some((connection) => this.only!.has(connection));
  }

  private *read(head: BlockHead, front: Buffer, stored: Buffer, at: number): Generator<CaptureEvent> {
    if (head.kind === blockKinds.end) {
      this.hasEnd = true;
      this.nextFile = readFacts(stored)['next'] ?? null;
    }
    if (head.kind !== blockKinds.events) return;
    const content = contentOf(head, stored);
    if (content === null) return yield this.lost(stored.length, `the block at byte ${at} cannot be uncompressed`);
    const reader = new Reader(content);
    const why = yield* this.entries(reader, front);
    if (why !== null) yield this.lost(reader.remaining, `the block at byte ${at} is broken: ${why}`);
  }

  /** Reads what is there of a block that the file ends in; returns how many bytes could not be read. */
  private *readCut(at: number): Generator<CaptureEvent, number> {
    const { carry } = this;
    const front = this.front();
    if (front === null || carry.position !== at) return carry.length;
    const { head, bytes } = front;
    if (head.kind !== blockKinds.events || head.codec !== blockCodecs.none) return carry.length;
    carry.take(bytes.length);
    const reader = new Reader(carry.take(carry.length));
    yield* this.entries(reader, bytes);
    return reader.remaining;
  }

  /** Reads entries up to the end, or to the first that cannot be read; returns why, and null at the end. */
  private *entries(reader: Reader, front: Buffer): Generator<CaptureEvent, string | null> {
    let beforeUs = readDirectory(front.subarray(blockHeadBytes)).firstUs;
    while (reader.remaining > 0) {
      const start = reader.position;
      try {
        const { event, atUs } = readEntry(reader, beforeUs);
        beforeUs = atUs;
        yield* this.checked(event);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        reader.position = start;
        return error.message;
      }
    }
    return null;
  }

  /** Makes sure that what is told of a connection stands between its begin and its end. */
  private *checked(event: CaptureEvent): Generator<CaptureEvent> {
    const { connection, atMs } = event;
    this.lastMs = atMs;
    if (connection === null) return yield event;
    if (event.is === 'opened') {
      if (this.open.has(connection)) return;
    } else if (!this.open.has(connection)) {
      yield { is: 'opened', connection, atMs, client: 'unknown', server: 'unknown', listener: null };
    }
    if (event.is === 'closed') this.open.delete(connection);
    else this.open.add(connection);
    if (event.is !== 'frame' || event.bytes.length <= this.frameMaxBytes) return yield event;
    const { from, bytes } = event;
    const why = `a frame of ${bytes.length} bytes, ${this.frameMaxBytes} are allowed`;
    yield { is: 'lost', connection, atMs, from, bytes: bytes.length, why };
  }
}

interface Directory {
  readonly firstUs: number;
  readonly connections: readonly number[];
}

function readDirectory(bytes: Buffer): Directory {
  const connections: number[] = [];
  const reader = new Reader(bytes);
  let firstUs = 0;
  try {
    firstUs = Number(reader.long());
    let connection = 0;
    for (let count = reader.uvarint(); count > 0; count--) connections.push((connection += reader.uvarint()));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return { firstUs, connections };
}

function contentOf({ codec, contentBytes }: BlockHead, stored: Buffer): Buffer | null {
  if (codec === blockCodecs.none) return stored;
  if (codec !== blockCodecs.zstd) return null;
  try {
    const content = zstdDecompress(stored, contentBytes);
    return content.length === contentBytes ? content : null;
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    return null;
  }
}
