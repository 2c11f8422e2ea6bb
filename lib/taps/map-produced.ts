/**
 * The half of `mapRecords` on the way in: requests of Produce, and their answers where some of their partitions did not
 * get as far as the broker. Called by map-records.ts.
 */
import { produce } from '../apis/produce';
import { errors, Hangup, KafkaError } from '../errors';
import type { Later, ReplyBody, RequestBody } from '../pipeline/bodies';
import type { LiveConnection } from '../pipeline/connection';
import { onReply } from '../pipeline/on-reply';
import { onRequest } from '../pipeline/on-request';
import type { Frame, Request, Taps } from '../pipeline/seams';
import { Answer } from '../protocol/api';
import * as batch from '../records/batch';
import { codecs } from '../records/compression';
import type { LogRecord } from '../records/record';
import { RecordsRefused } from '../records/records-refused';
import { type MappedRecords, mapBatch, producedBatch, renumbered } from './mapped-batch';
import type { Mapping } from './passing-record';
import { perConnection } from './per-connection';
import { ProducedSequences } from './produced-sequences';

type ProduceBody = RequestBody<typeof produce.request>;
type AskedTopic = ProduceBody['topicData'][number];
type Asked = AskedTopic['partitionData'][number];
type ProduceAnswer = ReplyBody<typeof produce.response>;
type AnsweredTopic = ProduceAnswer['responses'][number];
type Row = AnsweredTopic['partitionResponses'][number];

/** What becomes of a partition's batch. */
interface Outcome {
  /** What goes on to the broker; null: nothing. */
  readonly asked: Asked | null;
  /** Whether that is what the client sent. */
  readonly isSame: boolean;
  /** What the client is told, of what the broker says. */
  readonly answer: (row: Row) => Row;
}

/** A request whose answer has to be put together. */
interface Split {
  readonly body: ProduceBody;
  readonly outcomes: readonly Outcome[];
}

const stageName = 'map-produced';

/** @param maxProducers see ProducedSequences */
export function mapProduced(mapping: Mapping, maxProducers: number): Taps {
  const sequences = new ProducedSequences(maxProducers);
  const split = new WeakMap<Frame, Split>();
  const like = onRequest(produce, stageName, () => {});
  const requests = perConnection(like, (connection) =>
    onRequest(produce, stageName, (body, request) => {
      const isAbout = (topic: AskedTopic) => {
        const name = mapping.names.nameOf(topic, connection);
        return name === null || mapping.isChosen(name);
      };
      if (!body.topicData.some(isAbout)) return undefined;
      const of = { ...mapping, sequences, request, connection };
      const outcomes = body.topicData.flatMap((topic) => {
        const name = of.names.nameOf(topic, connection);
        return topic.partitionData.map((asked) => mapPartition(asked, name, of));
      });
      const goOn = (all: readonly Outcome[]) => passOn(body, all, request, split);
      if (outcomes.some((outcome) => outcome instanceof Promise)) return Promise.all(outcomes).then(goOn);
      return goOn(outcomes as Outcome[]);
    }),
  );
  const replies = onReply(produce, stageName, (body, { request }) => {
    const known = split.get(request.frame);
    return known === undefined ? undefined : { ...body, responses: answered(known, body.responses) };
  });
  return { requests: [requests], replies: [replies] };
}

interface Produced extends Mapping {
  readonly sequences: ProducedSequences;
  readonly request: Request;
  readonly connection: LiveConnection;
}

/** The request with what is left of it, or its answer where that is nothing. */
function passOn(body: ProduceBody, outcomes: readonly Outcome[], request: Request, split: WeakMap<Frame, Split>) {
  if (outcomes.every(({ isSame }) => isSame)) return undefined;
  let at = 0;
  const topicData = body.topicData.map((topic) => ({
    ...topic,
    partitionData: topic.partitionData.flatMap(() => outcomes[at++]!.asked ?? []),
  }));
  const left = topicData.filter(({ partitionData }) => partitionData.length > 0);
  if (left.length === 0)
    return new Answer<typeof produce.response>({ responses: answered({ body, outcomes }, []) as never });
  split.set(request.frame, { body, outcomes });
  return { ...body, topicData: left };
}

/** A row for each partition that was asked about, in that order. */
function answered({ body, outcomes }: Split, responses: readonly AnsweredTopic[]): AnsweredTopic[] {
  let at = 0;
  return body.topicData.map(({ name, topicId, partitionData }) => {
    const rows = responses.find((topic) => topic.name === name && topic.topicId === topicId)?.partitionResponses ?? [];
    const partitionResponses = partitionData.map(({ index }) =>
      outcomes[at++]!.answer(rows.find((row) => row.index === index) ?? refusedRow(index, errors.UNKNOWN_SERVER_ERROR)),
    );
    return { name, topicId, partitionResponses };
  });
}

function mapPartition(asked: Asked, topic: string | null, of: Produced): Later<Outcome> {
  const { index, records } = asked;
  const untouched = { asked, isSame: true, answer: asIs };
  if (topic === null) return refused(asked, errors.UNKNOWN_TOPIC_ID, of);
  if (!of.isChosen(topic) || !isWhole(records)) return untouched;
  const partition = `${topic} ${index}`;
  const mapOne = (record: LogRecord) => of.map({ topic, partition: index, ...record }, of);
  const outcome = (mapped: MappedRecords): Outcome => {
    if (mapped.error !== null) {
      const message = `${mapped.refused.length} of ${mapped.had} records refused`;
      return refused(asked, new RecordsRefused(mapped.error, message, mapped.refused), of);
    }
    return kept(asked, records, mapped, partition, of) ?? untouched;
  };
  try {
    const mapped = mapBatch(records, 0, mapOne, of.maxBytes);
    if (!(mapped instanceof Promise)) return outcome(mapped);
    return mapped.then(outcome, (error) => refused(asked, error, of));
  } catch (error) {
    return refused(asked, error, of);
  }
}

function asIs(row: Row): Row {
  return row;
}

/** Whether these are one batch that the broker would look into; what else there is it refuses itself. */
function isWhole(records: Buffer | null): records is Buffer {
  if (records === null) return false;
  try {
    if (batch.wholeSize(records) === 0 || batch.magic(records) !== 2 || !batch.crcMatches(records)) return false;
  } catch {
    return false;
  }
  return !batch.isControl(records) && batch.codec(records) <= codecs.zstd;
}

/** What the broker is given of a batch; null: just that. */
function kept(asked: Asked, records: Buffer, mapped: MappedRecords, partition: string, of: Produced): Outcome | null {
  const from = { partition, producerId: batch.producerId(records), epoch: batch.producerEpoch(records) };
  const first = batch.baseSequence(records);
  const isNumbered = from.producerId >= 0 && first >= 0;
  const baseSequence = isNumbered ? of.sequences.inLog(from, first) : first;
  const left = mapped.kept.length;
  if (isNumbered) of.sequences.note(from, first, mapped.had, left);
  const { index } = asked;
  if (left === 0) return { asked: null, isSame: false, answer: () => ({ index, errorCode: 0, baseOffset: -1 }) };
  if (mapped.isSame && baseSequence === first) return null;
  const changed = mapped.isSame ? renumbered(records, baseSequence) : producedBatch(records, mapped.kept, baseSequence);
  const indexes = mapped.kept.map((one) => one.index);
  return { asked: { ...asked, records: changed }, isSame: false, answer: (row) => asCounted(row, indexes) };
}

/** Records at fault by the numbers that the producer gave them. */
function asCounted(row: Row, indexes: readonly number[]): Row {
  const { recordErrors = [] } = row;
  if (recordErrors.length === 0) return row;
  return {
    ...row,
    recordErrors: recordErrors.map((error) => ({
      ...error,
      batchIndex: indexes[error.batchIndex] ?? error.batchIndex,
    })),
  };
}

function refused({ index }: Asked, error: unknown, { request }: Produced): Outcome {
  if (!(error instanceof KafkaError)) throw error;
  // Nobody waits for an answer, and the end of the connection is how such a client learns of it.
  if (!request.api.isAnswered?.(request.body as never)) throw new Hangup(`Produce with acks=0 failed: ${error}`);
  return { asked: null, isSame: false, answer: () => refusedRow(index, error) };
}

function refusedRow(index: number, error: KafkaError): Row {
  const row = { index, errorCode: error.code, baseOffset: -1 };
  if (!(error instanceof RecordsRefused)) return { ...row, errorMessage: error.message };
  return { ...row, recordErrors: error.recordErrors, errorMessage: error.message };
}
