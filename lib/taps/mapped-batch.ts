/**
 * One record batch through a function of a user: decompressed, each record changed or dropped, and put together again
 * with the same codec, producer and place. Called by map-records.ts.
 *
 * What always holds: the bytes that are given are never modified; where the function leaves every record as it is, they
 * are what comes out; nothing is decompressed beyond `maxBytes`.
 */
import { KafkaError } from '../errors';
import type { Later } from '../pipeline/bodies';
import * as batch from '../records/batch';
import { type BatchOptions, buildBatch, type RecordDraft } from '../records/build';
import type { Codec } from '../records/compression';
import { unknownControlRecord } from '../records/control';
import { writeInt, writeLong } from '../records/integers';
import { type LogRecord, recordsOf } from '../records/record';
import type { RecordError } from '../records/records-refused';

/** Fields of a record that are to be others; what is absent stays as it is. */
export type ChangedRecord = Omit<RecordDraft, 'offsetDelta'>;

/**
 * What becomes of a record: other fields, null where it is dropped, nothing where it stays as it is.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement leaves the record as it is
export type RecordOutcome = ChangedRecord | null | undefined | void;

/** A record that is there after the function has seen it. */
export interface Kept {
  /** Its place among the records that the batch had. */
  readonly index: number;
  readonly draft: RecordDraft & { readonly offsetDelta: number };
}

export interface MappedRecords {
  /** Records that the batch had, and the offset that they count from. */
  readonly had: number;
  readonly baseOffset: number;
  readonly kept: readonly Kept[];
  /** Whether every record is what it was. */
  readonly isSame: boolean;
  /** Records that the function refused, with the first error that it had; empty if none. */
  readonly refused: readonly RecordError[];
  readonly error: KafkaError | null;
}

/** Kafka's producers read them all; an answer should not outgrow its request. */
const refusedMax = 1000;

/**
 * Runs `map` over the records of the batch at `at`; at once, where it never waits.
 * @throws KafkaError INVALID_RECORD for a batch that is not what it claims to be; whatever else `map` throws
 */
export function mapBatch(
  b: Buffer,
  at: number,
  map: (record: LogRecord) => Later<RecordOutcome>,
  maxBytes: number,
): Later<MappedRecords> {
  const records = [...recordsOf(b, at, maxBytes)];
  // Old entries say the offset of their last record only.
  const baseOffset = batch.magic(b, at) < 2 ? (records[0]?.offset ?? 0) : batch.baseOffset(b, at);
  const outcomes = records.map((record) => attempted(() => map(record)));
  if (!outcomes.some((outcome) => outcome instanceof Promise))
    return gathered(records, outcomes as (RecordOutcome | KafkaError)[], baseOffset);
  return Promise.all(outcomes).then((all) => gathered(records, all, baseOffset));
}

/** What a function throws that is meant for the client is an outcome like any other. */
function attempted(work: () => Later<RecordOutcome>): Later<RecordOutcome | KafkaError> {
  try {
    const outcome = work();
    return outcome instanceof Promise ? outcome.catch(refusal) : outcome;
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  throw error;
}

function gathered(
  records: readonly LogRecord[],
  outcomes: readonly (RecordOutcome | KafkaError)[],
  baseOffset: number,
): MappedRecords {
  const kept: Kept[] = [];
  const refused: RecordError[] = [];
  let error: KafkaError | null = null;
  let isSame = true;
  for (const [index, { offset, key, value, headers, timestamp }] of records.entries()) {
    const outcome = outcomes[index];
    if (outcome instanceof KafkaError) {
      error ??= outcome;
      if (refused.length < refusedMax)
        refused.push({ batchIndex: index, batchIndexErrorMessage: outcome.message ?? outcome.name });
    } else if (outcome !== null)
      kept.push({ index, draft: { key, value, headers, timestamp, ...outcome, offsetDelta: offset - baseOffset } });
    if (outcome !== undefined) isSame = false;
  }
  return { had: records.length, baseOffset, kept, isSame, refused, error };
}

/** The batch that a producer sent, with the records that are left numbered anew. */
export function producedBatch(b: Buffer, kept: readonly Kept[], baseSequence: number): Buffer {
  return buildBatch(
    kept.map(({ draft: { offsetDelta: _, ...draft } }) => draft),
    { ...optionsOf(b, 0), baseSequence },
  );
}

/** The same batch of no producer; the very bytes where it has none. */
export function anonymous(b: Buffer): Buffer {
  if (batch.producerId(b) < 0) return b;
  const copy = Buffer.from(b);
  writeLong(copy, batch.fieldAt.producerId, -1);
  copy.writeInt16BE(-1, batch.fieldAt.producerEpoch);
  writeInt(copy, batch.fieldAt.baseSequence, -1);
  batch.updateCrc(copy);
  return copy;
}

/** The same batch with another sequence number. */
export function renumbered(b: Buffer, baseSequence: number): Buffer {
  const copy = Buffer.from(b);
  writeInt(copy, batch.fieldAt.baseSequence, baseSequence);
  batch.updateCrc(copy);
  return copy;
}

/**
 * What a reader is shown of a batch of a log: the records that are left, at their offsets, and in place of those behind
 * them a control record, so that every client goes on behind the whole batch.
 */
export function fetchedBatch(b: Buffer, at: number, { baseOffset, kept }: MappedRecords): Buffer[] {
  const last = batch.lastOffset(b, at);
  const options = { ...optionsOf(b, at), baseOffset };
  const lastKept = kept.at(-1)?.draft.offsetDelta ?? -1;
  const shown =
    kept.length === 0
      ? []
      : [
          buildBatch(
            kept.map(({ draft }) => draft),
            options,
          ),
        ];
  const behind = baseOffset + lastKept + 1;
  return behind > last ? shown : [...shown, nothingFrom(behind, last, options)];
}

/** A batch that takes up offsets and has nothing to show. */
function nothingFrom(
  baseOffset: number,
  lastOffset: number,
  { partitionLeaderEpoch, timestamp }: BatchOptions,
): Buffer {
  const offsetDelta = lastOffset - baseOffset;
  const options = { baseOffset, partitionLeaderEpoch, timestamp, control: true };
  return buildBatch([{ ...unknownControlRecord(), offsetDelta }], options);
}

function optionsOf(b: Buffer, at: number): BatchOptions {
  const isAppendTime = batch.timestampType(b, at) === 'LogAppendTime';
  return {
    partitionLeaderEpoch: batch.partitionLeaderEpoch(b, at),
    timestamp: batch.maxTimestamp(b, at),
    logAppendTimeMs: isAppendTime ? batch.maxTimestamp(b, at) : undefined,
    producerId: batch.producerId(b, at),
    producerEpoch: batch.producerEpoch(b, at),
    baseSequence: batch.baseSequence(b, at),
    transactional: batch.isTransactional(b, at),
    codec: batch.codec(b, at) as Codec,
  };
}
