/**
 * The half of `mapRecords` on the way out: answers to Fetch. Called by map-records.ts.
 */
import { fetch } from '../apis/fetch';
import { errors, KafkaError } from '../errors';
import type { Later, ReplyBody } from '../pipeline/bodies';
import type { LiveConnection } from '../pipeline/connection';
import { onReply } from '../pipeline/on-reply';
import type { Request, Taps } from '../pipeline/seams';
import * as batch from '../records/batch';
import type { LogRecord } from '../records/record';
import { fetchedBatch, type MappedRecords, mapBatch } from './mapped-batch';
import type { Mapping } from './passing-record';
import { perConnection } from './per-connection';

type FetchAnswer = ReplyBody<typeof fetch.response>;
type FetchRow = FetchAnswer['responses'][number]['partitions'][number];

const stageName = 'map-fetched';
const noRecords = Buffer.alloc(0);

export function mapFetched(mapping: Mapping): Taps {
  const like = onReply(fetch, stageName, () => {});
  const stage = perConnection(like, (connection) =>
    onReply(fetch, stageName, (body, { request }) => mapAnswer(body, { ...mapping, request, connection })),
  );
  return { replies: [stage] };
}

interface Fetched extends Mapping {
  readonly request: Request;
  readonly connection: LiveConnection;
}

function mapAnswer(body: FetchAnswer, of: Fetched): Later<FetchAnswer | undefined> {
  const rows: Later<FetchRow>[] = [];
  for (const { topic, topicId, partitions } of body.responses) {
    const name = of.names.nameOf({ name: topic, topicId }, of.connection);
    for (const row of partitions) rows.push(mapRow(row, name, of));
  }
  if (rows.some((row) => row instanceof Promise)) return Promise.all(rows).then((all) => withRows(body, all));
  return withRows(body, rows as FetchRow[]);
}

/** The answer with these rows in order; undefined where they are those that it has. */
function withRows(body: FetchAnswer, rows: readonly FetchRow[]): FetchAnswer | undefined {
  const before = body.responses.flatMap(({ partitions }) => partitions);
  if (rows.every((row, i) => row === before[i])) return undefined;
  let at = 0;
  const responses = body.responses.map((topic) => ({ ...topic, partitions: topic.partitions.map(() => rows[at++]!) }));
  return { ...body, responses };
}

function mapRow(row: FetchRow, topic: string | null, of: Fetched): Later<FetchRow> {
  const { records } = row;
  if (records == null || records.length === 0) return row;
  if (topic === null) return failed(row, errors.UNKNOWN_TOPIC_ID);
  if (!of.isChosen(topic)) return row;
  try {
    const mapped = mapAll(records, topic, row.partitionIndex, of);
    if (!(mapped instanceof Promise)) return mapped === records ? row : { ...row, records: mapped };
    return mapped.then(
      (changed) => (changed === records ? row : { ...row, records: changed }),
      (error) => failed(row, error),
    );
  } catch (error) {
    return failed(row, error);
  }
}

/** Every batch of a partition; the very bytes where none of them changed. */
function mapAll(records: Buffer, topic: string, partition: number, of: Fetched): Later<Buffer> {
  const { map, maxBytes, request, connection } = of;
  const pieces = [...batch.batchesOf(records)].map((at): Later<Buffer | Buffer[]> => {
    const whole = records.subarray(at, at + batch.sizeInBytes(records, at));
    if (batch.isControl(records, at)) return whole;
    const mapOne = (record: LogRecord) => map({ topic, partition, ...record }, { request, connection });
    const mapped = mapBatch(records, at, mapOne, maxBytes);
    const shown = (outcome: MappedRecords) => {
      if (outcome.error !== null) throw outcome.error;
      return outcome.isSame ? whole : fetchedBatch(records, at, outcome);
    };
    return mapped instanceof Promise ? mapped.then(shown) : shown(mapped);
  });
  const joined = (all: readonly (Buffer | Buffer[])[]) => {
    const isSame = all.every((piece) => Buffer.isBuffer(piece)) && sizeOf(all) === records.length;
    return isSame ? records : Buffer.concat(all.flat());
  };
  if (pieces.some((piece) => piece instanceof Promise)) return Promise.all(pieces).then(joined);
  return joined(pieces as (Buffer | Buffer[])[]);
}

/** A batch that is cut off at the end is none: nobody could read it, and nobody has looked into it. */
function sizeOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

function failed(row: FetchRow, error: unknown): FetchRow {
  if (!(error instanceof KafkaError)) throw error;
  return { ...row, errorCode: error.code, records: noRecords };
}
