/**
 * The header of a batch as storage needs it: checked, and read once. One object is read into again and again; scans and
 * appends pass millions of batches and must not allocate for each.
 *
 * Of magic 0 and 1 a message (with what it wraps, if it is compressed) counts as one batch, and its offset, that of the
 * last message inside, as both first and last offset.
 */
import * as batch from '../records/batch';

/** Smallest value of the length field, and bytes of a header that must be at hand to read it: magic 0, 1 and 2. */
const lengthMin = [14, 22, batch.headerBytes - batch.logOverheadBytes] as const;
const headerBytes = [18, 26, batch.headerBytes] as const;

export class BatchHeader {
  baseOffset = 0;
  lastOffset = 0;
  /** Whole size in bytes. */
  size = 0;
  leaderEpoch = -1;
  magic = 2;
  /** ms, −1 none. */
  maxTimestamp = -1;
  /** −1 none, as epoch and sequence numbers. */
  producerId = -1;
  producerEpoch = -1;
  baseSequence = -1;
  lastSequence = -1;
  hasLogAppendTime = false;
  isTransactional = false;
  isControl = false;

  /**
   * Reads the header at `at`; the rest of the batch need not be there.
   * @returns null; or what makes it no header of a batch, in words
   */
  read(b: Buffer, at: number, end = b.length): string | null {
    if (end - at < headerBytes[0]) return `${end - at} bytes left, less than a batch header`;
    const magic = batch.magic(b, at);
    const least = lengthMin[magic];
    if (least === undefined) return `magic ${magic}, known are 0, 1 and 2`;
    const length = batch.sizeInBytes(b, at) - batch.logOverheadBytes;
    if (length < least) return `batch length ${length}, at least ${least} with magic ${magic}`;
    if (end - at < headerBytes[magic]!) return `${end - at} bytes left, less than a batch header`;
    this.baseOffset = batch.baseOffset(b, at);
    this.lastOffset = batch.lastOffset(b, at);
    if (this.lastOffset < this.baseOffset) return `last offset delta ${this.lastOffset - this.baseOffset}`;
    this.size = batch.logOverheadBytes + length;
    this.leaderEpoch = batch.partitionLeaderEpoch(b, at);
    this.magic = magic;
    this.maxTimestamp = batch.maxTimestamp(b, at);
    this.hasLogAppendTime = batch.timestampType(b, at) === 'LogAppendTime';
    this.producerId = batch.producerId(b, at);
    this.producerEpoch = batch.producerEpoch(b, at);
    this.baseSequence = batch.baseSequence(b, at);
    this.lastSequence = batch.lastSequence(b, at);
    this.isTransactional = batch.isTransactional(b, at);
    this.isControl = batch.isControl(b, at);
    return null;
  }
}
