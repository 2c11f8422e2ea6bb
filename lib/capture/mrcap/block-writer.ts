/**
 * BlockWriter: puts events down in the block that is being written, and closes it into bytes for the file.
 */
import { Writer } from '../../protocol/bytes';
import { zstdCompress } from '../../records/zstd';
import type { CaptureEvent } from '../event';
import { blockCodecs, blockKinds, fileMagic, formatVersion, sizeOf, writeHead } from './block';
import { type FrameEntry, frameHeadMaxBytes, putFrameHead, writeEntry } from './entry';
import { Slabs } from './slabs';

/** Memory is taken in pieces of this size. */
const slabBytes = 256 * 1024;
/** What is no frame hardly takes more. */
const incidentBytes = 4096;
/** Smaller blocks are not worth compressing. */
const compressMinBytes = 256;

/** A block as it goes into the file. */
export interface Block {
  readonly chunks: readonly Buffer[];
  /** To be called when nobody looks at the chunks any more; their memory is then written again. */
  release(): void;
}

export class BlockWriter {
  /** Entries in the block. */
  count = 0;
  private readonly zstdLevel: number | null;
  private readonly content = new Slabs(slabBytes);
  private readonly incident = new Writer(incidentBytes);
  private readonly connections = new Set<number>();
  private firstUs = 0;
  private lastUs = 0;

  /** @param zstdLevel null: blocks are not compressed */
  constructor(zstdLevel: number | null) {
    this.zstdLevel = zstdLevel;
  }

  /** Bytes of the block so far. */
  get length(): number {
    return this.content.length;
  }

  /** Copies what it keeps. */
  add(event: CaptureEvent): void {
    if (event.is === 'frame') {
      const { connection, from, atMs, bytes } = event;
      return this.addFrame({ connection, from, chunks: [bytes], isParts: false }, atMs);
    }
    writeEntry(this.incident, event, this.step(event.atMs, event.connection));
    this.content.append(this.incident.takeBuffer());
  }

  addFrame(frame: FrameEntry, atMs: number): void {
    const { content } = this;
    const sinceUs = this.step(atMs, frame.connection);
    const memory = content.room(frameHeadMaxBytes);
    content.wrote(putFrameHead(memory, content.position, frame, sinceUs));
    for (const chunk of frame.chunks) content.append(chunk);
  }

  /** Microseconds since the entry before. */
  private step(atMs: number, connection: number | null): number {
    const atUs = Math.round(atMs * 1000);
    if (this.count++ === 0) this.firstUs = this.lastUs = atUs;
    if (connection !== null) this.connections.add(connection);
    const sinceUs = atUs - this.lastUs;
    this.lastUs = atUs;
    return sinceUs;
  }

  /** The block; the next one may begin. */
  take(): Block {
    const directory = new Writer(64 + 5 * this.connections.size);
    directory.long(this.firstUs);
    directory.uvarint(this.connections.size);
    let before = 0;
    for (const connection of [...this.connections].sort((a, b) => a - b)) {
      directory.uvarint(connection - before);
      before = connection;
    }
    this.connections.clear();
    this.count = 0;
    const content = this.content.take();
    const chunks = blockOf(blockKinds.events, directory.takeBuffer(), content, this.zstdLevel);
    return { chunks, release: () => this.content.giveBack(content) };
  }
}

/** What a file begins with: its magic, and a block with what it says of itself. */
export function beginOf(facts: Readonly<Record<string, string>>): Buffer[] {
  return [Buffer.concat([fileMagic, Buffer.from([formatVersion])]), ...factsBlock(blockKinds.facts, facts)];
}

/** What a file ends with, if it ends regularly. */
export function endOf(facts: Readonly<Record<string, string>>): Buffer[] {
  return factsBlock(blockKinds.end, facts);
}

function factsBlock(kind: number, facts: Readonly<Record<string, string>>): Buffer[] {
  return blockOf(kind, Buffer.alloc(0), [Buffer.from(JSON.stringify(facts))], null);
}

function blockOf(kind: number, directory: Buffer, content: Buffer[], zstdLevel: number | null): Buffer[] {
  const contentBytes = sizeOf(content);
  const isCompressed = zstdLevel !== null && contentBytes >= compressMinBytes;
  const stored = isCompressed ? [zstdCompress(Buffer.concat(content), zstdLevel)] : content;
  const codec = isCompressed ? blockCodecs.zstd : blockCodecs.none;
  return [writeHead({ kind, codec, directory, stored, contentBytes }), ...stored];
}
