/**
 * Fetch (1): reads record batches from partitions, and waits for them where there are none yet.
 *
 * A session (coordinators/fetch-sessions.ts) says which partitions a request is about. If what could be read is less than
 * `minBytes`, and nothing else is to be told, the call is parked until enough has been written or `maxWaitMs` are over.
 * Then every partition is read in order, whole batches only, within the limits of the partition, the request and
 * `fetch.max.bytes`; the first batch of the first partition that has one is answered whatever its size. Records before
 * the offset asked for are part of a batch, and clients drop them. read_committed reads up to the last stable offset and
 * is told which transactions were aborted.
 *
 * Versions: 4–18. 5: log start offset. 7: sessions, an error for the whole answer. 9: leader epochs. 10: zstd; before it a
 * partition with zstd batches is UNSUPPORTED_COMPRESSION_TYPE. 12: a reader that went astray learns where (KIP-595).
 * 13: topics by id; an unknown id is an error of its partitions. 16: who leads instead, where an epoch is out of date.
 *
 * Not done: followers. A request with a replica id is served like a consumer's.
 */
import type { AskedPartition, FetchContext, SessionRequest } from '../coordinators/fetch-sessions';
import { errors, KafkaError } from '../errors';
import { Answer, type Answered, defineApi } from '../protocol/api';
import { maxLong, zeroUuid } from '../protocol/bytes';
import {
  array,
  type Draft,
  type Infer,
  int8,
  int16,
  int32,
  long,
  records,
  string,
  struct,
  uuid,
} from '../protocol/schema';
import type { Scope } from '../protocol/scope';
import * as batch from '../records/batch';
import { codecs } from '../records/compression';
import type { Services } from '../services';
import type { Isolation, PartitionLog } from '../storage/engine';
import { nameMaxLength } from '../topic-names';
import { thisBroker } from './shared/brokers';
import { isolationOf } from './shared/isolation';
import { fence } from './shared/leader-epoch';
import { availableBytes, parkForBytes } from './shared/park';
import {
  type PartitionRead,
  type PartitionReads,
  type PartitionRecords,
  readPartitions,
} from './shared/partition-reads';

const request = {
  clusterId: string().tag(0, 12).nullable().default(null),
  replicaId: int32().until(14).default(-1),
  replicaState: struct({
    replicaId: int32().default(-1),
    replicaEpoch: long().default(-1),
  }).tag(1, 15),
  maxWaitMs: int32(),
  minBytes: int32(),
  maxBytes: int32().default(2147483647),
  isolationLevel: int8().default(0),
  sessionId: int32().since(7).default(0),
  sessionEpoch: int32().since(7).default(-1),
  topics: array({
    topic: string().until(12).default(''),
    topicId: uuid().since(13).default(zeroUuid),
    partitions: array({
      partition: int32(),
      currentLeaderEpoch: int32().since(9).default(-1),
      fetchOffset: long(),
      lastFetchedEpoch: int32().since(12).default(-1),
      logStartOffset: long().since(5).default(-1),
      partitionMaxBytes: int32(),
      replicaDirectoryId: uuid().tag(0, 17),
      highWatermark: long().tag(1, 18).default(maxLong),
    }),
  }),
  forgottenTopicsData: array({
    topic: string().until(12).default(''),
    topicId: uuid().since(13).default(zeroUuid),
    partitions: array(int32()),
  })
    .since(7)
    .default([]),
  rackId: string().since(11).default(''),
};

const response = {
  throttleTimeMs: int32().default(0),
  errorCode: int16().since(7),
  sessionId: int32().since(7).default(0),
  responses: array({
    topic: string().until(12),
    topicId: uuid().since(13),
    partitions: array({
      partitionIndex: int32(),
      errorCode: int16(),
      highWatermark: long(),
      lastStableOffset: long().default(-1),
      logStartOffset: long().since(5).default(-1),
      divergingEpoch: struct({
        epoch: int32().default(-1),
        endOffset: long().default(-1),
      }).tag(0, 12),
      currentLeader: struct({
        leaderId: int32().default(-1),
        leaderEpoch: int32().default(-1),
      }).tag(1, 12),
      snapshotId: struct({
        endOffset: long().default(-1),
        epoch: int32().default(-1),
      }).tag(2, 12),
      abortedTransactions: array({
        producerId: long(),
        firstOffset: long(),
      }).nullable(),
      preferredReadReplica: int32().since(11).default(-1),
      records: records().nullable(),
    }),
  }),
  nodeEndpoints: array({
    nodeId: int32(),
    host: string(),
    port: int32(),
    rack: string().nullable().default(null),
  }).tag(0, 16),
};

type R = typeof response;
type Request = Infer<typeof request>;
type Response = Draft<typeof response>;
type TopicRow = Response['responses'][number] & { partitions: Row[] };
type Row = Response['responses'][number]['partitions'][number] & { logStartOffset: number };

/** One partition that is to be fetched: what to read, or else what there is to say without reading. */
type Planned = { readonly asked: AskedPartition } & (
  | { readonly read: PartitionRead; readonly row: null }
  | { readonly read: null; readonly row: Row }
);

/** One request while it is worked on. */
interface Fetching {
  readonly body: Request;
  readonly scope: Scope;
  readonly services: Services;
  readonly isolation: Isolation;
  readonly context: FetchContext;
  /** Bytes of records that the answer may have. */
  readonly maxBytes: number;
}

const noRecords = Buffer.alloc(0);

export const fetch = defineApi({
  key: 1,
  name: 'Fetch',
  versions: '4-18',
  flexible: '12+',
  request,
  response,

  refuse: ({ topics, sessionId }, error) => ({
    errorCode: error.code,
    sessionId,
    responses: topics.map(({ topic, topicId, partitions }) => ({
      topic,
      topicId,
      partitions: partitions.map(({ partition }) => unreadRow(partition, error)),
    })),
  }),

  handle(body, scope, services) {
    const isolation = isolationOf(body.isolationLevel);
    const context = services.fetchSessions.open(sessionRequest(body, scope.version));
    if (context.refused !== null) return { errorCode: context.refused.code, sessionId: 0, responses: [] };
    const maxBytes = Math.min(body.maxBytes, services.config['fetch.max.bytes']);
    const fetching: Fetching = { body, scope, services, isolation, context, maxBytes };
    const planned = plan(fetching);
    const wantedBytes = wanted(fetching, planned);
    if (wantedBytes === 0) return readAndAnswer(fetching, planned);
    const { scheduler } = services;
    const { signal } = scope;
    const reads = planned.flatMap(({ read }) => read ?? []);
    return parkForBytes(reads, { wantedBytes, isolation, waitMs: body.maxWaitMs, scheduler, signal }).then(() =>
      readAndAnswer(fetching, plan(fetching)),
    );
  },
});

function sessionRequest(
  { sessionId, sessionEpoch, topics, forgottenTopicsData }: Request,
  version: number,
): SessionRequest {
  const partitions: AskedPartition[] = [];
  for (const { topic } of [...topics, ...forgottenTopicsData]) {
    // Sessions remember names: none that no topic can have (see map-key.ts).
    if (topic.length > nameMaxLength) throw errors.INVALID_TOPIC_EXCEPTION;
  }
  for (const { topic, topicId, partitions: ofTopic } of topics) {
    for (const { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, partitionMaxBytes: maxBytes } of ofTopic)
      partitions.push({ topic, topicId, partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch, maxBytes });
  }
  const forgotten = forgottenTopicsData.flatMap(({ topic, topicId, partitions: ofTopic }) =>
    ofTopic.map((partition) => ({ topic, topicId, partition })),
  );
  return { sessionId, sessionEpoch, byId: version >= 13, partitions, forgotten };
}

function plan({ context, scope, services }: Fetching): Planned[] {
  const byId = scope.version >= 13;
  return context.partitions.map((asked) => {
    const topic = byId ? services.topics.byId(asked.topicId) : services.topics.byName(asked.topic);
    const log = topic?.partition(asked.partition);
    if (log === undefined) {
      const unknown = byId && topic === undefined ? errors.UNKNOWN_TOPIC_ID : errors.UNKNOWN_TOPIC_OR_PARTITION;
      return { asked, read: null, row: unreadRow(asked.partition, unknown) };
    }
    const row = check(asked, log, scope.version, services);
    if (row !== null) return { asked, read: null, row };
    return { asked, read: { log, offset: asked.fetchOffset, maxBytes: asked.maxBytes }, row };
  });
}

/** What there is to say instead of records; null: they can be read. */
function check(asked: AskedPartition, log: PartitionLog, version: number, services: Services): Row | null {
  const { partition, currentLeaderEpoch, fetchOffset, lastFetchedEpoch } = asked;
  const refused = log.offline ?? fence(log, currentLeaderEpoch);
  if (refused !== null) {
    const row = failedRow(partition, refused);
    if (version < 16 || !refused.is(errors.FENCED_LEADER_EPOCH)) return row;
    return { ...row, currentLeader: { leaderId: services.nodeId, leaderEpoch: log.leaderEpoch } };
  }
  if (fetchOffset < log.logStartOffset || fetchOffset > log.logEndOffset)
    return failedRow(partition, errors.OFFSET_OUT_OF_RANGE);
  if (lastFetchedEpoch < 0) return null;
  const { leaderEpoch, endOffset } = log.endOffsetForEpoch(lastFetchedEpoch);
  if (leaderEpoch < 0 || endOffset < 0) return failedRow(partition, errors.OFFSET_OUT_OF_RANGE);
  if (leaderEpoch >= lastFetchedEpoch && endOffset >= fetchOffset) return null;
  return {
    ...readRow(partition, log, { records: noRecords, aborted: null }),
    divergingEpoch: { epoch: leaderEpoch, endOffset },
  };
}

/** Bytes that are worth waiting for; 0: there is something to answer now. */
function wanted({ body, maxBytes, isolation }: Fetching, planned: readonly Planned[]): number {
  if (body.maxWaitMs <= 0 || planned.length === 0) return 0;
  const wantedBytes = Math.max(0, Math.min(body.minBytes, maxBytes));
  let bytes = 0;
  for (const { read } of planned) {
    if (read === null) return 0;
    bytes += availableBytes(read, isolation);
    if (bytes >= wantedBytes) return 0;
  }
  return wantedBytes;
}

function readAndAnswer(fetching: Fetching, planned: readonly Planned[]): Answered<R> | Promise<Answered<R>> {
  const done = readPartitions(
    planned.map(({ read }) => read),
    fetching,
  );
  if (done instanceof Promise) return done.then((finished) => answer(fetching, planned, finished));
  return answer(fetching, planned, done);
}

function answer(fetching: Fetching, planned: readonly Planned[], { outcomes, release }: PartitionReads): Answered<R> {
  try {
    const body = shape(fetching, planned, outcomes);
    return release === null ? body : new Answer<R>(body, release);
  } catch (error) {
    release?.();
    throw error;
  }
}

function shape(
  { context, scope, services }: Fetching,
  planned: readonly Planned[],
  outcomes: PartitionReads['outcomes'],
) {
  const fetched = planned.map(({ asked, read, row }, i) => ({
    asked,
    row: row ?? rowOf(asked.partition, read.log, outcomes[i]!, scope.version),
  }));
  const settled = context.settle(fetched);
  const body: Response = {
    errorCode: settled.error?.code ?? 0,
    sessionId: settled.sessionId,
    responses: byTopic(settled.fetched),
  };
  if (settled.fetched.some(({ row }) => row.currentLeader !== undefined)) {
    const self = thisBroker(services, scope.connection.listener);
    body.nodeEndpoints = self === undefined ? [] : [self];
  }
  return body;
}

/** Rows in their order; those of one topic that follow each other stand together. */
function byTopic(fetched: readonly { asked: AskedPartition; row: Row }[]): TopicRow[] {
  const topics: TopicRow[] = [];
  let last: TopicRow | undefined;
  for (const { asked, row } of fetched) {
    if (last === undefined || last.topic !== asked.topic || last.topicId !== asked.topicId) {
      last = { topic: asked.topic, topicId: asked.topicId, partitions: [] };
      topics.push(last);
    }
    last.partitions.push(row);
  }
  return topics;
}

function rowOf(partition: number, log: PartitionLog, outcome: PartitionRecords | KafkaError, version: number): Row {
  if (outcome instanceof KafkaError) return failedRow(partition, outcome);
  if (version < 10 && hasZstd(outcome.records)) return unreadRow(partition, errors.UNSUPPORTED_COMPRESSION_TYPE);
  return readRow(partition, log, outcome);
}

function readRow(partitionIndex: number, log: PartitionLog, { records, aborted }: PartitionRecords): Row {
  const { highWatermark, lastStableOffset, logStartOffset } = log;
  return {
    partitionIndex,
    errorCode: 0,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    abortedTransactions: aborted,
    records,
  };
}

/** A partition that was not looked at. */
function unreadRow(partition: number, error: KafkaError): Row {
  return { ...failedRow(partition, error), abortedTransactions: [] };
}

/** A partition whose reading failed. */
function failedRow(partitionIndex: number, { code }: KafkaError): Row {
  return {
    partitionIndex,
    errorCode: code,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    abortedTransactions: null,
    records: noRecords,
  };
}

function hasZstd(records: Buffer): boolean {
  for (const at of batch.batchesOf(records)) if (batch.codec(records, at) === codecs.zstd) return true;
  return false;
}
