/**
 * DescribeTopicPartitions (75): topics and their partitions in pages (KIP-966).
 *
 * Topics come in the order of their names, by UTF-16 code units; an empty list asks for all of them. A page ends after as
 * many partitions as the request and `max.request.partition.size.limit` allow, at least one, with a cursor that says
 * where the next page begins. Authorized operations are always there, asked for or not, even of unknown topics.
 *
 * Versions: 0.
 */
import { errors } from '../errors';
import { unique } from '../map-key';
import { defineApi } from '../protocol/api';
import { zeroUuid } from '../protocol/bytes';
import { array, bool, type Draft, type Infer, int16, int32, string, struct, uuid } from '../protocol/schema';
import type { Services } from '../services';
import { isInternalTopic, isLegalTopicName } from '../topic-names';
import { authorizedOperations } from './shared/authorized-operations';
import { partitionRows } from './shared/partition-rows';

const request = {
  topics: array({
    name: string(),
  }),
  responsePartitionLimit: int32().default(2000),
  cursor: struct({
    topicName: string(),
    partitionIndex: int32(),
  })
    .nullable()
    .default(null),
};

const response = {
  throttleTimeMs: int32().default(0),
  topics: array({
    errorCode: int16(),
    name: string().nullable(),
    topicId: uuid(),
    isInternal: bool().default(false),
    partitions: array({
      errorCode: int16(),
      partitionIndex: int32(),
      leaderId: int32(),
      leaderEpoch: int32().default(-1),
      replicaNodes: array(int32()),
      isrNodes: array(int32()),
      eligibleLeaderReplicas: array(int32()).nullable().default(null),
      lastKnownElr: array(int32()).nullable().default(null),
      offlineReplicas: array(int32()),
    }),
    topicAuthorizedOperations: int32().default(authorizedOperations.notRequested),
  }),
  nextCursor: struct({
    topicName: string(),
    partitionIndex: int32(),
  })
    .nullable()
    .default(null),
};

type Request = Infer<typeof request>;
type TopicRow = Draft<typeof response>['topics'][number];

export const describeTopicPartitions = defineApi({
  key: 75,
  name: 'DescribeTopicPartitions',
  versions: '0',
  flexible: '0+',
  request,
  response,

  refuse: ({ topics }, { code }) => ({
    topics: topics.map(({ name }) => ({ errorCode: code, name, topicId: zeroUuid, partitions: [] })),
  }),

  handle(body, { connection }, services) {
    const { topicsByName } = services.metadata();
    const rowOf = partitionRows(services, connection.listener);
    const limit = services.config['max.request.partition.size.limit'];
    let left = Math.max(1, Math.min(limit, body.responsePartitionLimit));
    const topics: TopicRow[] = [];
    for (const name of namesFrom(body, services)) {
      if (left === 0) return { topics, nextCursor: { topicName: name, partitionIndex: 0 } };
      const topic = topicsByName.get(name);
      if (topic === undefined) {
        topics.push(missing(name));
        continue;
      }
      const from = body.cursor?.topicName === name ? body.cursor.partitionIndex : 0;
      const partitions = topic.partitions.slice(from, from + left);
      left -= partitions.length;
      topics.push({
        errorCode: 0,
        name,
        topicId: topic.id,
        isInternal: isInternalTopic(name),
        partitions: partitions.map((partition) => ({
          ...rowOf(name, partition),
          eligibleLeaderReplicas: partition.eligibleLeaderReplicas,
          lastKnownElr: partition.lastKnownElr,
        })),
        topicAuthorizedOperations: authorizedOperations.topic,
      });
      const next = from + partitions.length;
      if (next < topic.partitions.length) return { topics, nextCursor: { topicName: name, partitionIndex: next } };
    }
    return { topics };
  },
});

/** The topics asked for, from the cursor's on, in order. */
function namesFrom({ topics, cursor }: Request, services: Services): string[] {
  const all = topics.length === 0;
  const names = all ? services.metadata().topicsByName.keys() : topics.map(({ name }) => name);
  const first = cursor?.topicName ?? '';
  const left = unique(names)
    .filter((name) => name >= first)
    .sort(byCodeUnits);
  if (cursor !== null && !all && !left.includes(first))
    throw errors.INVALID_REQUEST.because(`the cursor's topic ${first} is not among those asked for`);
  if (cursor !== null && cursor.partitionIndex < 0)
    throw errors.INVALID_REQUEST.because(`the cursor's partition is ${cursor.partitionIndex}, allowed is 0 and up`);
  return left;
}

/** As Java compares strings. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function missing(name: string): TopicRow {
  const { code } = isLegalTopicName(name) ? errors.UNKNOWN_TOPIC_OR_PARTITION : errors.INVALID_TOPIC_EXCEPTION;
  return {
    errorCode: code,
    name,
    topicId: zeroUuid,
    isInternal: isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations: authorizedOperations.topic,
  };
}
