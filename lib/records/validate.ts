/**
 * What a batch must be before it is appended: the stateless rules of Produce, in the order in which Kafka applies them
 * (ProduceRequest.validateRecords, UnifiedLog.append, LogValidator). Called by apis/produce.ts for every batch.
 *
 * What always holds: the bytes that came in are never modified; what is handed on is a slice of them, or a copy where
 * the topic's timestamp type or codec asks for other bytes. It has magic 2, one batch, base offset 0, a right CRC and
 * numbers that fit a double. Sequence numbers, transactions and leader epochs are the partition writer's business.
 *
 * Differs from Kafka where Kafka answers UNKNOWN_SERVER_ERROR: data that cannot be decompressed and endless varints are
 * INVALID_RECORD, an unknown codec is UNSUPPORTED_COMPRESSION_TYPE, and a compressed batch whose offset deltas are not
 * 0, 1, 2 … is rebuilt. Timestamps and producer ids beyond ±2^53 are refused; decompressed batches have a limit. As in
 * Kafka, offset deltas of batches that are stored uncompressed as they came are not looked at.
 */
import { errors } from '../errors';
import { EncodeError } from '../protocol/bytes';
import * as batch from './batch';
import { buildBatch } from './build';
import { codecs, decompress } from './compression';
import { writeLong } from './integers';
import { type LogRecord, recordsIn } from './record';
import { type RecordError, RecordsRefused } from './records-refused';
import { type AppendRules, earliestTimestamp, latestTimestamp } from './rules';
import { scanRecords } from './scan';

/** A batch that may be appended. */
export interface ValidBatch {
  readonly batch: Buffer;
  readonly recordCount: number;
  /** Largest timestamp of its records, or the append time, ms; −1 for none. */
  readonly maxTimestamp: number;
  /** What Produce answers: the append time in ms of LogAppendTime topics, −1 for all others. */
  readonly logAppendTimeMs: number;
}

/** First version of Produce that may carry zstd (KIP-110). */
const zstdMinVersion = 7;
/** Attribute bits that survive when attributes are written anew. */
const knownBits = 0x77;
/** Kafka lists every offending record; past so many nobody reads on, and an answer should not outgrow its request. */
const recordErrorsMax = 1000;

/**
 * `singleBatch` and `validateBatch` in one.
 * @param version of the Produce request
 */
export function validateForAppend(
  records: Buffer | null,
  version: number,
  rules: AppendRules,
  nowMs: number,
): ValidBatch {
  return validateBatch(singleBatch(records, version), rules, nowMs);
}

/**
 * The one batch that the records of a partition in a Produce request are; a cut-off rest behind it is dropped.
 * @throws KafkaError INVALID_RECORD, CORRUPT_MESSAGE or UNSUPPORTED_COMPRESSION_TYPE
 */
export function singleBatch(records: Buffer | null, version: number): Buffer {
  if (records === null) throw errors.INVALID_RECORD.because('records are null, one record batch is needed');
  const size = batch.wholeSize(records);
  if (size === 0) throw errors.INVALID_RECORD.because(`no whole record batch in ${records.length} bytes`);
  if (batch.magic(records) !== 2) {
    throw errors.INVALID_RECORD.because(`record batch of magic ${batch.magic(records)}, only 2 is taken`);
  }
  if (version < zstdMinVersion && batch.codec(records) === codecs.zstd) {
    throw errors.UNSUPPORTED_COMPRESSION_TYPE.because(`zstd in version ${version}, possible from ${zstdMinVersion} on`);
  }
  if (size === records.length) return records;
  if (batch.wholeSize(records, size) > 0) {
    throw errors.INVALID_RECORD.because(`more than one record batch for a partition in ${records.length} bytes`);
  }
  return records.subarray(0, size);
}

/**
 * Checks one whole batch of magic 2 and gives it the form in which the topic stores it.
 *
 * @param nowMs append time for LogAppendTime topics, and what bounds of timestamps count from
 * @throws KafkaError of the first rule that is broken; RecordsRefused where single records are at fault
 */
export function validateBatch(b: Buffer, rules: AppendRules, nowMs: number): ValidBatch {
  checkHeader(b, rules);
  const count = batch.recordCount(b);
  const codec = batch.codec(b);
  const isPlain = codec === codecs.none;
  const payload = isPlain ? b : decompress(codec, b.subarray(batch.headerBytes), rules.decompressedBatchMaxBytes);
  const start = isPlain ? batch.headerBytes : 0;
  const recordMaxBytes = isPlain ? payload.length : rules.decompressedMessageMaxBytes;
  const scan = scanRecords(payload, start, payload.length, count, batch.baseTimestamp(b), recordMaxBytes);

  // A client that claims LogAppendTime gives every record the batch's largest timestamp.
  const claimsAppendTime = batch.timestampType(b) === 'LogAppendTime';
  const maxTimestamp = claimsAppendTime ? batch.maxTimestamp(b) : scan.maxTimestamp;
  const minTimestamp = claimsAppendTime && maxTimestamp !== -1 ? maxTimestamp : scan.minTimestamp;
  const isAppendTime = rules.timestampType === 'LogAppendTime';
  const isOutOfTime = isAppendTime
    ? claimsAppendTime
    : maxTimestamp > latestTimestamp(rules, nowMs) ||
      minTimestamp < earliestTimestamp(rules, nowMs) ||
      (claimsAppendTime && maxTimestamp === -1);
  if (isOutOfTime || (rules.compacted && scan.hasNullKey)) {
    throw refuse(recordsIn(isPlain ? b.subarray(start) : payload, b), claimsAppendTime, rules, nowMs);
  }

  const storedMax = isAppendTime ? nowMs : maxTimestamp;
  let stored = b;
  if ((rules.codec ?? codec) !== codec || !(isPlain || scan.isConsecutive)) {
    stored = rebuild(recordsIn(isPlain ? b.subarray(start) : payload, b), b, rules, nowMs);
    checkSize(stored, rules);
  } else if (isAppendTime !== claimsAppendTime || batch.maxTimestamp(b) !== storedMax) {
    stored = restamp(b, isAppendTime, storedMax);
  }
  if (stored.length > rules.segmentMaxBytes) {
    const message = `record batch of ${stored.length} bytes exceeds the segment size ${rules.segmentMaxBytes}`;
    throw errors.RECORD_LIST_TOO_LARGE.because(message);
  }
  return { batch: stored, recordCount: count, maxTimestamp: storedMax, logAppendTimeMs: isAppendTime ? nowMs : -1 };
}

function checkSize(b: Buffer, rules: AppendRules): void {
  if (b.length <= rules.maxMessageBytes) return;
  throw errors.MESSAGE_TOO_LARGE.because(`record batch of ${b.length} bytes exceeds ${rules.maxMessageBytes}`);
}

function checkHeader(b: Buffer, rules: AppendRules): void {
  if (batch.baseOffset(b) !== 0) invalid(`base offset ${batch.baseOffset(b)}, 0 is expected`);
  checkSize(b, rules);
  if (!batch.crcMatches(b)) throw errors.CORRUPT_MESSAGE.because(whyCorrupt(b));
  const codec = batch.codec(b);
  if (codec > codecs.zstd) throw errors.UNSUPPORTED_COMPRESSION_TYPE.because(`codec ${codec} is not one of 0–4`);
  const offsets = batch.nextOffset(b);
  const count = batch.recordCount(b);
  if (offsets <= 0) invalid(`last offset delta ${offsets - 1}`);
  if (count <= 0) invalid(`record count ${count}`);
  if (offsets !== count) invalid(`${offsets} offsets for ${count} records`);
  if (batch.isControl(b)) invalid('control batch, which clients may not write');
  const producerId = batch.producerId(b);
  if (producerId < 0) return;
  if (producerId > Number.MAX_SAFE_INTEGER) invalid(`producer id ${producerId} exceeds ${Number.MAX_SAFE_INTEGER}`);
  if (batch.baseSequence(b) < 0) invalid(`base sequence ${batch.baseSequence(b)} with producer id ${producerId}`);
}

function invalid(message: string): never {
  throw errors.INVALID_RECORD.because(message);
}

function whyCorrupt(b: Buffer): string {
  const computed = Buffer.from(b);
  batch.updateCrc(computed);
  return `record batch has CRC ${batch.crc(b)}, its bytes have ${batch.crc(computed)}`;
}

/** Goes through a batch that has a record at fault once more, to say which and why. */
function refuse(
  records: Iterable<LogRecord>,
  claimsAppendTime: boolean,
  rules: AppendRules,
  nowMs: number,
): RecordsRefused {
  const earliest = earliestTimestamp(rules, nowMs);
  const latest = latestTimestamp(rules, nowMs);
  const recordErrors: RecordError[] = [];
  let refused = 0;
  let isOutOfTime = false;
  let batchIndex = -1;
  for (const { key, timestamp } of records) {
    batchIndex++;
    let message: string;
    if (rules.compacted && key === null) message = 'no key, which every record of a compacted topic needs';
    else if (rules.timestampType === 'CreateTime' && timestamp !== -1) {
      if (timestamp >= earliest && timestamp <= latest) continue;
      message = `timestamp ${timestamp} is not within ${earliest} and ${latest}`;
      isOutOfTime = true;
    } else if (claimsAppendTime) {
      message = 'timestamp type LogAppendTime, which only the broker may set';
      isOutOfTime = true;
    } else continue;
    refused++;
    if (recordErrors.length < recordErrorsMax) recordErrors.push({ batchIndex, batchIndexErrorMessage: message });
  }
  const error = isOutOfTime ? errors.INVALID_TIMESTAMP : errors.INVALID_RECORD;
  return new RecordsRefused(error, `${refused} of ${batchIndex + 1} records refused`, recordErrors);
}

/** The batch with the topic's timestamp type and this largest timestamp: a copy. */
function restamp(b: Buffer, isAppendTime: boolean, maxTimestamp: number): Buffer {
  const copy = Buffer.from(b);
  const appendTimeBit = isAppendTime ? batch.attributeBits.logAppendTime : 0;
  copy.writeUInt16BE((batch.attributes(b) & knownBits) | appendTimeBit, batch.fieldAt.attributes);
  writeLong(copy, batch.fieldAt.maxTimestamp, maxTimestamp);
  batch.updateCrc(copy);
  return copy;
}

/** The batch with the topic's codec and offset deltas 0, 1, 2 …, as Kafka builds it. */
function rebuild(records: Iterable<LogRecord>, b: Buffer, rules: AppendRules, nowMs: number): Buffer {
  const codec = batch.codec(b);
  try {
    return buildBatch(records, {
      producerId: batch.producerId(b),
      producerEpoch: batch.producerEpoch(b),
      baseSequence: batch.baseSequence(b),
      transactional: batch.isTransactional(b),
      codec: rules.codec ?? (codec as 1 | 2 | 3 | 4),
      levels: rules.levels,
      logAppendTimeMs: rules.timestampType === 'LogAppendTime' ? nowMs : undefined,
    });
  } catch (error) {
    // Timestamps of LogAppendTime topics mean nothing and are not looked at before they have to be written again.
    if (error instanceof EncodeError) return invalid(`record batch cannot be rebuilt: ${error.message}`);
    throw error;
  }
}
