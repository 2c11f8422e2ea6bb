/**
 * Metadata (3): the brokers of the cluster, its topics, and who leads their partitions.
 *
 * Topics are asked for by name, by id (then all of them are), or altogether. A name that does not exist is created on the
 * spot where broker and request allow it, and is in the answer like any other; Kafka creates it afterwards and first
 * answers UNKNOWN_TOPIC_OR_PARTITION, which clients take as well. So do we for too many at once. Brokers have the address of the listener that the
 * request came in on.
 *
 * Versions: 0–13. Before 1 an empty list asks for all topics, from 1 on null does. 0: a partition with a replica that
 * cannot be reached is an error. 4: the client says whether topics may be created. 5: offline replicas. 6: a leader
 * without this listener is LISTENER_NOT_FOUND, before it LEADER_NOT_AVAILABLE. 8: authorized operations, those of the
 * cluster up to 10. 10: topic ids are answered, and from 12 on may be asked for. 13: an error for the whole answer.
 */
import { errors } from '../errors';
import { unique } from '../map-key';
import { defineApi } from '../protocol/api';
import { zeroUuid } from '../protocol/bytes';
import { array, bool, type Draft, type Infer, int16, int32, string, uuid } from '../protocol/schema';
import type { Scope } from '../protocol/scope';
import type { Services } from '../services';
import type { TopicImage } from '../storage/metadata-image';
import { isInternalTopic, isLegalTopicName } from '../topic-names';
import { authorizedOperations } from './shared/authorized-operations';
import { brokersOf } from './shared/brokers';
import { type PartitionRow, partitionRows } from './shared/partition-rows';

const request = {
  topics: array({
    topicId: uuid().since(10).default(zeroUuid),
    name: string().nullable(10),
  }).nullable(1),
  allowAutoTopicCreation: bool().since(4).default(true),
  includeClusterAuthorizedOperations: bool().since(8).until(10).default(false),
  includeTopicAuthorizedOperations: bool().since(8).default(false),
};

const response = {
  throttleTimeMs: int32().since(3).default(0),
  brokers: array({
    nodeId: int32(),
    host: string(),
    port: int32(),
    rack: string().since(1).nullable().default(null),
  }),
  clusterId: string().since(2).nullable().default(null),
  controllerId: int32().since(1).default(-1),
  topics: array({
    errorCode: int16(),
    name: string().nullable(12),
    topicId: uuid().since(10),
    isInternal: bool().since(1).default(false),
    partitions: array({
      errorCode: int16(),
      partitionIndex: int32(),
      leaderId: int32(),
      leaderEpoch: int32().since(7).default(-1),
      replicaNodes: array(int32()),
      isrNodes: array(int32()),
      offlineReplicas: array(int32()).since(5),
    }),
    topicAuthorizedOperations: int32().since(8).default(authorizedOperations.notRequested),
  }),
  clusterAuthorizedOperations: int32().since(8).until(10).default(authorizedOperations.notRequested),
  errorCode: int16().since(13).default(0),
};

type Request = Infer<typeof request>;
type Response = Draft<typeof response>;
type TopicRow = Response['topics'][number];

/** Partitions that one request may create; the controller's limit for those that ask for them outright. */
const maxPartitions = 10_000;

export const metadata = defineApi({
  key: 3,
  name: 'Metadata',
  versions: '0-13',
  flexible: '9+',
  request,
  response,

  refuse: ({ topics }, { code }) => ({
    brokers: [],
    topics: (topics ?? []).map(({ name, topicId }) => ({ errorCode: code, name: name ?? '', topicId, partitions: [] })),
    errorCode: code,
  }),

  handle(body, scope, services) {
    const toCreate = checked(body, scope.version, services);
    return toCreate.length === 0 ? answer(body, scope, services) : createAndAnswer(toCreate, body, scope, services);
  },
});

/** Checks what is asked, and gives the names that are to be created. */
function checked({ topics, allowAutoTopicCreation }: Request, version: number, services: Services): string[] {
  if (topics === null) return [];
  let byId = false;
  for (const { name, topicId } of topics) {
    if (topicId !== zeroUuid) byId = true;
    else if (name === null) throw errors.INVALID_REQUEST.because('a topic with neither name nor id');
    if (version < 12 && (name === null || topicId !== zeroUuid))
      throw errors.INVALID_REQUEST.because(`version ${version} asks for topics by name only`);
  }
  if (byId || !allowAutoTopicCreation || !services.config['auto.create.topics.enable']) return [];
  const { topicsByName } = services.metadata();
  const names = unique(topics.map(({ name }) => name ?? ''));
  const missing = names.filter((name) => !topicsByName.has(name) && isLegalTopicName(name));
  return missing.length * services.config['num.partitions'] > maxPartitions ? [] : missing;
}

async function createAndAnswer(names: string[], body: Request, scope: Scope, services: Services): Promise<Response> {
  const outcomes = await services.controller.createTopicsOnDemand(names);
  for (const [i, outcome] of outcomes.entries())
    if ('refused' in outcome) services.logger.debug(`topic ${names[i]} was not created on demand: ${outcome.refused}`);
  return answer(body, scope, services);
}

function answer(body: Request, { version, connection }: Scope, services: Services): Response {
  const rowOf = partitionRows(services, connection.listener);
  const operations = operationsOf(body);
  const describe = (topic: TopicImage): TopicRow => ({
    errorCode: 0,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition) => asVersionSays(rowOf(topic.name, partition), version)),
    topicAuthorizedOperations: operations,
  });
  return {
    brokers: brokersOf(services, connection.listener).filter(({ fenced }) => !fenced),
    clusterId: services.clusterId,
    controllerId: services.nodeId,
    topics: selected(body, version, services, describe),
    clusterAuthorizedOperations: body.includeClusterAuthorizedOperations
      ? authorizedOperations.cluster
      : authorizedOperations.notRequested,
  };
}

/** The topics that were asked for, each once. */
function selected(
  body: Request,
  version: number,
  services: Services,
  describe: (topic: TopicImage) => TopicRow,
): TopicRow[] {
  const { topics } = body;
  const { topicsByName, topicsById } = services.metadata();
  if (topics === null || (version === 0 && topics.length === 0)) return [...topicsByName.values()].map(describe);
  const ids = new Set(topics.map(({ topicId }) => topicId).filter((id) => id !== zeroUuid));
  if (ids.size > 0) {
    return [...ids].map((topicId) => {
      const topic = topicsById.get(topicId);
      if (topic !== undefined) return describe(topic);
      return { errorCode: errors.UNKNOWN_TOPIC_ID.code, name: null, topicId, partitions: [] };
    });
  }
  return unique(topics.map(({ name }) => name ?? '')).map((name) => {
    const topic = topicsByName.get(name);
    if (topic !== undefined) return describe(topic);
    return {
      errorCode: (isLegalTopicName(name) ? errors.UNKNOWN_TOPIC_OR_PARTITION : errors.INVALID_TOPIC_EXCEPTION).code,
      name,
      topicId: zeroUuid,
      isInternal: isInternalTopic(name),
      partitions: [],
      topicAuthorizedOperations: operationsOf(body),
    };
  });
}

function operationsOf({ includeTopicAuthorizedOperations }: Request): number {
  return includeTopicAuthorizedOperations ? authorizedOperations.topic : authorizedOperations.notRequested;
}

/** Older versions know fewer errors of a partition, and the oldest one more. */
function asVersionSays(row: PartitionRow, version: number): PartitionRow {
  if (row.errorCode === errors.LISTENER_NOT_FOUND.code && version < 6)
    return { ...row, errorCode: errors.LEADER_NOT_AVAILABLE.code };
  if (version > 0 || row.offlineReplicas.length === 0) return row;
  const online = (id: number) => !row.offlineReplicas.includes(id);
  return {
    ...row,
    errorCode: row.errorCode === 0 ? errors.REPLICA_NOT_AVAILABLE.code : row.errorCode,
    replicaNodes: row.replicaNodes.filter(online),
    isrNodes: row.isrNodes.filter(online),
  };
}
