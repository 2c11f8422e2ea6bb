/**
 * One pass over the records of a batch (magic 2, decompressed), for validation: is their structure sound, and what do
 * their timestamps, keys and offsets come to?
 *
 * This is the hot path of produce: it makes no object per record and calls nothing for the one-byte varints that most
 * fields are. Nothing is believed: positions only grow, each record must end where its length says, and a field that
 * runs beyond is found out there. Past the buffer there is undefined, which no varint is made of.
 */
import { errors, type KafkaError } from '../errors';

/** What a pass found. One object, overwritten by the next pass. */
export interface Scan {
  /** Largest timestamp; −1 if there is none. */
  maxTimestamp: number;
  /** Smallest timestamp other than −1; Infinity if there is none. */
  minTimestamp: number;
  hasNullKey: boolean;
  /** Whether the offset deltas are 0, 1, 2 … */
  isConsecutive: boolean;
}

const found: Scan = { maxTimestamp: -1, minTimestamp: Infinity, hasNullKey: false, isConsecutive: true };

/** Where the varint ended that was read last. */
let next = 0;

/**
 * Checks the structure of `count` records that fill the bytes from `start` to `end`.
 *
 * @param recordMaxBytes most that one record may take (`max.decompressed.message.bytes`)
 * @throws KafkaError INVALID_RECORD, naming the record and the byte
 */
export function scanRecords(
  b: Buffer,
  start: number,
  end: number,
  count: number,
  baseTimestamp: number,
  recordMaxBytes: number,
): Scan {
  let maxTimestamp = -1;
  let minTimestamp = Infinity;
  let hasNullKey = false;
  let isConsecutive = true;
  let p = start;
  for (let i = 0; i < count; i++) {
    if (p >= end) throw invalid(i, p, `the batch ends, though ${count} records are declared`);
    const length = varint(b, p);
    p = next;
    const recordEnd = p + length;
    if (length < 0 || recordEnd > end) throw invalid(i, p, `length ${length}, ${end - p} bytes left`);
    if (length > recordMaxBytes) throw invalid(i, p, `length ${length} exceeds ${recordMaxBytes}`);

    p++; // attributes, which have no meaning
    let byte = b[p]!;
    let timestamp = baseTimestamp;
    if (byte < 0x80) {
      timestamp += (byte >>> 1) ^ -(byte & 1);
      p++;
    } else {
      timestamp += varlong(b, p);
      p = next;
    }
    if (timestamp > maxTimestamp) maxTimestamp = timestamp;
    if (timestamp < minTimestamp && timestamp !== -1) minTimestamp = timestamp;

    byte = b[p]!;
    if (byte < 0x80) {
      if (byte !== i << 1) isConsecutive = false;
      p++;
    } else {
      if (varint(b, p) !== i) isConsecutive = false;
      p = next;
    }

    const keyLength = varint(b, p);
    p = next;
    if (keyLength < 0) hasNullKey = true;
    else p += keyLength;

    const valueLength = varint(b, p);
    p = next;
    if (valueLength > 0) p += valueLength;

    byte = b[p]!;
    if (byte === 0) p++;
    else p = headers(b, p, recordEnd, i);
    if (p !== recordEnd) throw invalid(i, p, `length ${length}, but its fields take ${p - recordEnd + length}`);
  }
  if (p !== end) throw invalid(count, p, `${end - p} bytes left behind the ${count} records that are declared`);
  found.maxTimestamp = maxTimestamp;
  found.minTimestamp = minTimestamp;
  found.hasNullKey = hasNullKey;
  found.isConsecutive = isConsecutive;
  return found;
}

function invalid(record: number, at: number, what: string): KafkaError {
  return errors.INVALID_RECORD.because(`record ${record} at byte ${at}: ${what}`);
}

/** Steps over the headers of a record and returns where they end. */
function headers(b: Buffer, at: number, recordEnd: number, record: number): number {
  const count = varint(b, at);
  let p = next;
  // Each header takes two bytes or more, so that a hostile count cannot keep the loop going.
  if (count < 0 || count > recordEnd - p) throw invalid(record, at, `${count} headers, ${recordEnd - p} bytes left`);
  for (let i = 0; i < count; i++) {
    const keyLength = varint(b, p);
    if (keyLength < 0) throw invalid(record, p, `header key of length ${keyLength}`);
    const valueLength = varint(b, next + keyLength);
    p = valueLength > 0 ? next + valueLength : next;
  }
  return p;
}

/** Zigzag varint of 32 bits at `p`; sets `next`. */
function varint(b: Buffer, p: number): number {
  let byte = b[p]!;
  if (byte < 0x80) {
    next = p + 1;
    return (byte >>> 1) ^ -(byte & 1);
  }
  let raw = byte & 0x7f;
  for (let i = 1; i < 5; i++) {
    byte = b[p + i]!;
    raw |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      next = p + i + 1;
      return (raw >>> 1) ^ -(raw & 1);
    }
  }
  throw errors.INVALID_RECORD.because(`varint at byte ${p} does not end within 5 bytes`);
}

/** Zigzag varint of 64 bits at `p`, rounded beyond ±2^53; sets `next`. */
function varlong(b: Buffer, p: number): number {
  let low = 0;
  let high = 0;
  for (let i = 0; i < 10; i++) {
    const byte = b[p + i]!;
    if (i < 4) low |= (byte & 0x7f) << (7 * i);
    else if (i === 4) {
      low |= (byte & 0x0f) << 28;
      high |= (byte & 0x7f) >>> 4;
    } else high |= (byte & 0x7f) << (7 * i - 32);
    if (byte < 0x80) {
      next = p + i + 1;
      const sign = -(low & 1);
      const outLow = (((low >>> 1) | (high << 31)) ^ sign) >>> 0;
      return ((high >>> 1) ^ sign) * 0x100000000 + outLow;
    }
  }
  throw errors.INVALID_RECORD.because(`varint at byte ${p} does not end within 10 bytes`);
}
