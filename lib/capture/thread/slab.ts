/**
 * What lies in the memory that the thread which hears the traffic hands over to the one which records it: entries, one
 * behind the other. Never on a disk, so never of another version.
 *
 * An entry is a kind in 1 byte, a connection in 4, a time in 8 (a float64 of ms), a length in 4, in 4 more how many bytes
 * behind these were not copied, and the bytes: of the client or of the broker, messages with their lengths, cut anywhere;
 * or an incident in JSON.
 */
import { copyBytes } from '../copy-bytes';
import type { Side } from '../event';
import type { Incident } from '../sink';

const kinds = Object.freeze({ incident: 0, client: 1, broker: 2 });

/** What stands before an entry's bytes. */
export const entryHeadBytes = 21;

/** Whatever reads a slab. */
export interface Reads {
  incident(incident: Incident): void;
  /** Those between `start` and `end`, valid until it returns. @param missing how many bytes behind them were not copied */
  bytes(connection: number, from: Side, atMs: number, bytes: Buffer, start: number, end: number, missing: number): void;
}

/** A piece of memory that goes from thread to thread, so that one of them has it at a time. */
export class Slab {
  /** How much is written. */
  length = 0;
  readonly memory: ArrayBuffer;
  private readonly bytes: Buffer;
  private readonly view: DataView;

  constructor(memory: ArrayBuffer) {
    this.memory = memory;
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
  }

  /** Bytes that an entry may have, or less than one if none fits. */
  get room(): number {
    return this.bytes.length - this.length - entryHeadBytes;
  }

  /** Puts down those bytes of a message between `start` and `end`; there is room for them. @param missing as in `Reads` */
  put(connection: number, from: Side, atMs: number, bytes: Buffer, start: number, end: number, missing: number): void {
    const size = end - start;
    this.head(from === 'client' ? kinds.client : kinds.broker, connection, size, atMs, missing);
    copyBytes(bytes, start, end, this.bytes, this.length);
    this.length += size;
  }

  /** Puts down a client's message with its length before it; there is room for both. */
  putMessage(connection: number, bytes: Buffer, atMs: number): void {
    this.head(kinds.client, connection, 4 + bytes.length, atMs, 0);
    this.view.setInt32(this.length, bytes.length);
    this.bytes.set(bytes, this.length + 4);
    this.length += 4 + bytes.length;
  }

  /** Puts down an incident as `textOf` gives it; there is room for it. */
  putIncident(text: Buffer): void {
    this.head(kinds.incident, 0, text.length, 0, 0);
    this.bytes.set(text, this.length);
    this.length += text.length;
  }

  /** Reads what is in the first `length` bytes. */
  read(length: number, reads: Reads): void {
    const { view } = this;
    for (let at = 0; at < length; ) {
      const start = at + entryHeadBytes;
      const end = start + view.getUint32(at + 13);
      const kind = view.getUint8(at);
      if (kind === kinds.incident) reads.incident(JSON.parse(this.bytes.toString('utf8', start, end)) as Incident);
      else {
        const from = kind === kinds.client ? 'client' : 'broker';
        const missing = view.getUint32(at + 17);
        reads.bytes(view.getUint32(at + 1), from, view.getFloat64(at + 5), this.bytes, start, end, missing);
      }
      at = end;
    }
  }

  private head(kind: number, connection: number, bytes: number, atMs: number, missing: number): void {
    const { view, length: at } = this;
    view.setUint8(at, kind);
    view.setUint32(at + 1, connection);
    view.setFloat64(at + 5, atMs);
    view.setUint32(at + 13, bytes);
    view.setUint32(at + 17, missing);
    this.length = at + entryHeadBytes;
  }
}

export function textOf(incident: Incident): Buffer {
  return Buffer.from(JSON.stringify(incident));
}
