/**
 * StreamsGroupHeartbeat (88): a member of a streams group joins, stays, or leaves, tells its topology and what it
 * has done, and hears its tasks (KIP-1071).
 *
 * Versions: 0–1. 1: the answer may ask for a description of the topology, and has the acceptable lag as an int64
 * (KIP-1331).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int8, int16, int32, long, string, struct, uint16 } from '../../protocol/schema';

const topicInfo = {
  name: string(),
  partitions: int32(),
  replicationFactor: int16(),
  topicConfigs: array({ key: string(), value: string() }),
};

const taskIds = { subtopologyId: string(), partitions: array(int32()) };

const taskOffset = { subtopologyId: string(), partition: int32(), offset: long() };

const topicPartition = { topic: string(), partitions: array(int32()) };

export const streamsGroupHeartbeat = defineExchange({
  key: 88,
  name: 'StreamsGroupHeartbeat',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    endpointInformationEpoch: int32(),
    instanceId: string().nullable().default(null),
    rackId: string().nullable().default(null),
    rebalanceTimeoutMs: int32().default(-1),
    topology: struct({
      epoch: int32(),
      subtopologies: array({
        subtopologyId: string(),
        sourceTopics: array(string()),
        sourceTopicRegex: array(string()),
        stateChangelogTopics: array(topicInfo),
        repartitionSinkTopics: array(string()),
        repartitionSourceTopics: array(topicInfo),
        copartitionGroups: array({
          sourceTopics: array(int16()),
          sourceTopicRegex: array(int16()),
          repartitionSourceTopics: array(int16()),
        }),
      }),
    })
      .nullable()
      .default(null),
    activeTasks: array(taskIds).nullable().default(null),
    standbyTasks: array(taskIds).nullable().default(null),
    warmupTasks: array(taskIds).nullable().default(null),
    processId: string().nullable().default(null),
    userEndpoint: struct({ host: string(), port: uint16() }).nullable().default(null),
    clientTags: array({ key: string(), value: string() }).nullable().default(null),
    taskOffsets: array(taskOffset).nullable().default(null),
    taskEndOffsets: array(taskOffset).nullable().default(null),
    shutdownApplication: bool().default(false),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
    memberId: string(),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    acceptableRecoveryLagLegacy: int32().until(0).default(0),
    taskOffsetIntervalMs: int32(),
    acceptableRecoveryLag: long().since(1).default(-1),
    status: array({ statusCode: int8(), statusDetail: string() }).nullable(),
    activeTasks: array(taskIds).nullable().default(null),
    standbyTasks: array(taskIds).nullable().default(null),
    warmupTasks: array(taskIds).nullable().default(null),
    topologyDescriptionRequired: bool().since(1).default(false),
    endpointInformationEpoch: int32(),
    partitionsByUserEndpoint: array({
      userEndpoint: struct({ host: string(), port: uint16() }),
      activePartitions: array(topicPartition),
      standbyPartitions: array(topicPartition),
    })
      .nullable()
      .default(null),
  },
});
