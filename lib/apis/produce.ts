/**
 * Produce (0): appends record batches to partitions, one batch to each.
 *
 * Every batch is checked and submitted before anything is awaited, so that requests which follow each other on a
 * connection stay in order although they overlap. A partition fails by itself, and nothing of its batch is written. The
 * answer comes once everything is in the log. acks 1 and −1 are the same on a single replica; acks 0 is never answered,
 * so that any failure ends the connection, which is how the client learns of it. No topic is created.
 *
 * Checks come in Kafka's order: topic and partition; the shape of the records; acks; the broker's own topics, which only
 * `__admin_client` may write to; transactions; replicas in sync; the batch itself (records/validate.ts); its sequence
 * numbers, where the partition is written (storage). Failures up to those of the batch as a whole tell no log start.
 *
 * Versions: 3–13; 0–2 are advertised and not answered (KAFKA-18659: librdkafka would stop compressing). 5: log start
 * offset. 7: zstd. 8: which records are at fault (KIP-467). 10: who leads instead, which nobody does. 13: topics by id.
 *
 * Not done: transactions. A transactional batch without a transactional id refuses the request with
 * TRANSACTIONAL_ID_AUTHORIZATION_FAILED; one with an id is INVALID_PRODUCER_ID_MAPPING, as from any producer that never
 * initialised that id.
 */
import { errors, Hangup, KafkaError } from '../errors';
import { type Answered, defineApi } from '../protocol/api';
import { zeroUuid } from '../protocol/bytes';
import { array, type Draft, type Infer, int16, int32, long, records, string, struct, uuid } from '../protocol/schema';
import type { Scope } from '../protocol/scope';
import * as batch from '../records/batch';
import { RecordsRefused } from '../records/records-refused';
import { type AppendRules, appendRules } from '../records/rules';
import { singleBatch, validateBatch } from '../records/validate';
import type { Services } from '../services';
import type { PartitionLog, Topic } from '../storage/engine';
import type { TopicConfig } from '../topic-config';

const request = {
  transactionalId: string().nullable().default(null),
  acks: int16(),
  timeoutMs: int32(),
  topicData: array({
    name: string().until(12).default(''),
    topicId: uuid().since(13).default(zeroUuid),
    partitionData: array({
      index: int32(),
      records: records().nullable(),
    }),
  }),
};

const response = {
  responses: array({
    name: string().until(12),
    topicId: uuid().since(13),
    partitionResponses: array({
      index: int32(),
      errorCode: int16(),
      baseOffset: long(),
      logAppendTimeMs: long().default(-1),
      logStartOffset: long().since(5).default(-1),
      recordErrors: array({
        batchIndex: int32(),
        batchIndexErrorMessage: string().nullable().default(null),
      })
        .since(8)
        .default([]),
      errorMessage: string().since(8).nullable().default(null),
      currentLeader: struct({
        leaderId: int32().default(-1),
        leaderEpoch: int32().default(-1),
      }).tag(0, 10),
    }),
  }),
  throttleTimeMs: int32().default(0),
  nodeEndpoints: array({
    nodeId: int32(),
    host: string(),
    port: int32(),
    rack: string().nullable().default(null),
  }).tag(0, 10),
};

type Request = Infer<typeof request>;
type Asked = Request['topicData'][number]['partitionData'][number];
type Response = Draft<typeof response>;
type TopicRow = Response['responses'][number];
type Row = TopicRow['partitionResponses'][number];

/** One request while it is worked on. */
interface Producing {
  readonly body: Request;
  readonly scope: Scope;
  readonly services: Services;
}

/** The only client that may write to the broker's own topics. */
const adminClientId = '__admin_client';

/** Errors of a batch as a whole, with which Kafka tells no log start offset. */
const withoutLogStart = new Set([
  errors.CORRUPT_MESSAGE.code,
  errors.UNKNOWN_TOPIC_OR_PARTITION.code,
  errors.NOT_LEADER_OR_FOLLOWER.code,
  errors.MESSAGE_TOO_LARGE.code,
  errors.RECORD_LIST_TOO_LARGE.code,
  errors.KAFKA_STORAGE_ERROR.code,
  errors.UNKNOWN_TOPIC_ID.code,
]);

export const produce = defineApi({
  key: 0,
  name: 'Produce',
  versions: '3-13',
  advertised: '0-13',
  flexible: '9+',
  order: 'pipelined',
  request,
  response,

  refuse: ({ topicData }, error) => ({
    responses: topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index }) => ({
        ...failedRow(index, error, null),
        errorMessage: error.message,
      })),
    })),
  }),

  isAnswered: ({ acks }) => acks !== 0,

  handle(body, scope, services) {
    const { topicData, acks, transactionalId } = body;
    if (transactionalId === null && hasTransactionalBatch(topicData)) {
      const refused = errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
      if (acks === 0) throw new Hangup(`Produce with acks=0 failed: ${refused}`);
      throw refused;
    }
    const producing = { body, scope, services };
    if (topicData.length === 1 && topicData[0]!.partitionData.length === 1) return produceOne(producing);
    return produceMany(producing);
  },
});

/** Most requests are about one partition: no array to wait for, and one promise besides that of the append. */
function produceOne(producing: Producing): Answered<typeof response> | Promise<Answered<typeof response>> {
  const { acks, topicData } = producing.body;
  const { name, topicId, partitionData } = topicData[0]!;
  return append(producing, findTopic(producing, name, topicId), partitionData[0]!, (row) =>
    answer(acks, [{ name, topicId, partitionResponses: [row] }]),
  );
}

async function produceMany(producing: Producing): Promise<Answered<typeof response>> {
  // Everything is submitted while this list is made; only then is anything awaited.
  const topics = producing.body.topicData.map(({ name, topicId, partitionData }) => {
    const topic = findTopic(producing, name, topicId);
    return { name, topicId, rows: partitionData.map((asked) => append(producing, topic, asked, (row) => row)) };
  });
  const responses: TopicRow[] = [];
  for (const { name, topicId, rows } of topics)
    responses.push({ name, topicId, partitionResponses: await Promise.all(rows) });
  return answer(producing.body.acks, responses);
}

function findTopic({ scope, services }: Producing, name: string, topicId: string): Topic | KafkaError {
  if (scope.version < 13) return services.topics.byName(name) ?? errors.UNKNOWN_TOPIC_OR_PARTITION;
  return services.topics.byId(topicId) ?? errors.UNKNOWN_TOPIC_ID;
}

function answer(acks: number, responses: TopicRow[]): Answered<typeof response> {
  if (acks !== 0) return { responses };
  for (const { name, topicId, partitionResponses } of responses) {
    const failed = partitionResponses.find(({ errorCode }) => errorCode !== 0);
    if (failed === undefined) continue;
    const topic = topicId === zeroUuid ? name : topicId;
    throw new Hangup(`Produce with acks=0 failed: error ${failed.errorCode} in partition ${failed.index} of ${topic}`);
  }
  return null;
}

/** Checks one partition's batch and submits it; `finish` gets the partition's row, at once where it fails at once. */
function append<T>(
  producing: Producing,
  topic: Topic | KafkaError,
  { index, records }: Asked,
  finish: (row: Row) => T,
): T | Promise<T> {
  const { scope, services } = producing;
  const log = topic instanceof KafkaError ? undefined : topic.partition(index);
  let told: PartitionLog | null = null;
  const failed = (error: unknown): Row => {
    if (error instanceof KafkaError) return failedRow(index, error, told);
    services.logger.error({ err: error, connection: scope.connection.id }, 'Produce failed');
    return failedRow(index, errors.UNKNOWN_SERVER_ERROR, told);
  };
  try {
    if (topic instanceof KafkaError) throw topic;
    if (log === undefined) throw errors.UNKNOWN_TOPIC_OR_PARTITION;
    const single = singleBatch(records, scope.version);
    checkRequest(producing, topic, single);
    told = log;
    checkReplicas(producing, log);
    const { batch } = validateBatch(single, rulesOf(topic.config, services), services.scheduler.now());
    return services.appends.submit({ log, batch }).then(
      ({ baseOffset, logAppendTimeMs, logStartOffset }) =>
        finish({ index, errorCode: 0, baseOffset, logAppendTimeMs, logStartOffset }),
      (error) => finish(failed(error)),
    );
  } catch (error) {
    return finish(failed(error));
  }
}

/** What the request as a whole may not do in this topic. */
function checkRequest({ body, scope }: Producing, topic: Topic, single: Buffer): void {
  if (body.acks < -1 || body.acks > 1) throw errors.INVALID_REQUIRED_ACKS;
  if (topic.internal && scope.clientId !== adminClientId) throw errors.INVALID_TOPIC_EXCEPTION;
  if (batch.isTransactional(single)) throw errors.INVALID_PRODUCER_ID_MAPPING;
}

function checkReplicas({ body, services }: Producing, log: PartitionLog): void {
  if (log.offline !== null) throw log.offline;
  const wanted = log.topic.config['min.insync.replicas'];
  if (body.acks !== -1 || wanted === 1) return;
  const image = services.metadata().topicsByName.get(log.topic.name)?.partitions[log.partition];
  // More replicas than a partition has cannot be wanted of it.
  if (image !== undefined && image.isr.length < Math.min(wanted, image.replicas.length))
    throw errors.NOT_ENOUGH_REPLICAS;
}

function hasTransactionalBatch(topicData: Request['topicData']): boolean {
  for (const { partitionData } of topicData) {
    for (const { records } of partitionData) {
      if (records === null || records.length < batch.fieldAt.lastOffsetDelta || batch.magic(records) !== 2) continue;
      if (batch.isTransactional(records)) return true;
    }
  }
  return false;
}

const rules = new WeakMap<TopicConfig, AppendRules>();

/** A topic's configuration is replaced when it changes, and its rules with it. */
function rulesOf(topicConfig: TopicConfig, { config }: Services): AppendRules {
  let found = rules.get(topicConfig);
  if (found === undefined) {
    found = appendRules(topicConfig, config['millrace.decompressed.batch.max.bytes']);
    rules.set(topicConfig, found);
  }
  return found;
}

/** @param log where it is known and its log start may be told, else null */
function failedRow(index: number, error: KafkaError, log: PartitionLog | null): Row {
  const logStartOffset = log === null || withoutLogStart.has(error.code) ? -1 : log.logStartOffset;
  const row = { index, errorCode: error.code, baseOffset: -1, logAppendTimeMs: -1, logStartOffset };
  if (!(error instanceof RecordsRefused)) return row;
  return { ...row, recordErrors: error.recordErrors, errorMessage: error.message };
}
