/**
 * Walks over the batches of a log file, header by header, through a window of memory that the caller lends. Recovery,
 * loading and lookups are made of it. Reads the file synchronously.
 */
import { crc32, crc32c as crc32cOnwards } from '@node-rs/crc32';
import * as batch from '../records/batch';
import { BatchHeader } from './batch-header';
import type { StoredFile } from './stored-file';

export class BatchScan {
  /** The batch that the last `next` found. */
  readonly header = new BatchHeader();
  /** Where that batch begins. */
  position: number;
  /** Why the scan stopped before the end: what is wrong at `position`; null as long as nothing is. */
  fault: string | null = null;
  private readonly file: StoredFile;
  private readonly end: number;
  private readonly window: Buffer;
  private windowStart = 0;
  private windowBytes = 0;
  private following: number;

  /**
   * @param start a batch begins here
   * @param end the scan ends here, usually at the end of the file
   * @param window memory for what is read, at least 4 KB; nobody else may use it during the scan
   */
  constructor(file: StoredFile, start: number, end: number, window: Buffer) {
    this.file = file;
    this.position = start;
    this.following = start;
    this.end = end;
    this.window = window;
  }

  /** Moves to the next batch; false at the end and at anything that is not a whole batch (then `fault` says what). */
  next(): boolean {
    const at = this.following;
    this.position = at;
    if (at >= this.end) return false;
    const have = Math.min(this.end - at, 64);
    const bytes = this.bytesAt(at, have);
    this.fault = this.header.read(this.window, bytes, bytes + have);
    if (this.fault === null && this.header.size > this.end - at) {
      this.fault = `batch of ${this.header.size} bytes, ${this.end - at} left`;
    }
    if (this.fault !== null) return false;
    this.following = at + this.header.size;
    return true;
  }

  /** Whether the checksum of the current batch is right: CRC-32C from byte 21 in magic 2, CRC-32 from byte 16 before. */
  crcMatches(): boolean {
    const { magic, size } = this.header;
    if (size <= this.window.length) return batch.crcMatches(this.window, this.bytesAt(this.position, size));
    const crcField = magic === 2 ? batch.fieldAt.crc : batch.placementBytes - 4;
    const expected = this.window.readUInt32BE(this.bytesAt(this.position + crcField, 4));
    const update = magic === 2 ? crc32cOnwards : crc32;
    const end = this.position + size;
    let crc = 0;
    for (let at = this.position + crcField + 4; at < end; ) {
      const length = Math.min(end - at, this.window.length);
      const p = this.bytesAt(at, length);
      crc = update(this.window.subarray(p, p + length), crc);
      at += length;
    }
    return crc === expected;
  }

  /** The bytes of the current batch, or its first `window.length` bytes. Valid until the scan moves on. */
  batch(): Buffer {
    const length = Math.min(this.header.size, this.window.length);
    const p = this.bytesAt(this.position, length);
    return this.window.subarray(p, p + length);
  }

  /** Gives the window back for a while: somebody else may use it until the scan goes on. */
  forget(): void {
    this.windowBytes = 0;
  }

  /** Position in the window of the `length` bytes that the file has at `at`. */
  private bytesAt(at: number, length: number): number {
    if (at < this.windowStart || at + length > this.windowStart + this.windowBytes) {
      this.windowStart = at;
      this.windowBytes = this.file.readSync(this.window, 0, Math.min(this.window.length, this.end - at), at);
      if (this.windowBytes < length) throw new Error(`${this.file.path} ends at ${at + this.windowBytes}`);
    }
    return at - this.windowStart;
  }
}
