/**
 * StreamsGroupDescribe (89): streams groups with their topology, members and tasks (KIP-1071).
 *
 * Versions: 0–1. 1: the description of the topology (KIP-1331) and the assignor.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int8, int16, int32, long, string, struct, uint16 } from '../../protocol/schema';

const topicInfo = {
  name: string(),
  partitions: int32(),
  replicationFactor: int16(),
  topicConfigs: array({ key: string(), value: string() }),
};

const taskOffset = { subtopologyId: string(), partition: int32(), offset: long() };

const taskIds = { subtopologyId: string(), partitions: array(int32()) };

const assignment = { activeTasks: array(taskIds), standbyTasks: array(taskIds), warmupTasks: array(taskIds) };

const topologyDescriptionNode = {
  name: string(),
  nodeType: int8(),
  sourceTopics: array(string()),
  sinkTopic: string().nullable().default(null),
  stores: array(string()),
  successors: array(string()),
};

export const streamsGroupDescribe = defineExchange({
  key: 89,
  name: 'StreamsGroupDescribe',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
    includeTopologyDescription: bool().since(1).default(false),
  },
  response: {
    throttleTimeMs: int32().default(0),
    groups: array({
      errorCode: int16(),
      errorMessage: string().nullable().default(null),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      topology: struct({
        epoch: int32(),
        subtopologies: array({
          subtopologyId: string(),
          sourceTopics: array(string()),
          repartitionSinkTopics: array(string()),
          stateChangelogTopics: array(topicInfo),
          repartitionSourceTopics: array(topicInfo),
        })
          .nullable()
          .default(null),
      })
        .nullable()
        .default(null),
      members: array({
        memberId: string(),
        memberEpoch: int32(),
        instanceId: string().nullable().default(null),
        rackId: string().nullable().default(null),
        clientId: string(),
        clientHost: string(),
        topologyEpoch: int32(),
        processId: string(),
        userEndpoint: struct({ host: string(), port: uint16() }).nullable().default(null),
        clientTags: array({ key: string(), value: string() }),
        taskOffsets: array(taskOffset),
        taskEndOffsets: array(taskOffset),
        assignment: struct(assignment),
        targetAssignment: struct(assignment),
        isClassic: bool(),
      }),
      authorizedOperations: int32().default(-2147483648),
      topologyDescription: struct({
        subtopologies: array({ subtopologyId: string(), nodes: array(topologyDescriptionNode) }),
        globalStores: array({ source: struct(topologyDescriptionNode), processor: struct(topologyDescriptionNode) }),
      })
        .since(1)
        .nullable()
        .default(null),
      topologyDescriptionStatus: int8().since(1).default(0),
      assignorName: string().since(1).nullable().default(null),
    }),
  },
});
