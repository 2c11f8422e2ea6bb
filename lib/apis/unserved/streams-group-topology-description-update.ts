/**
 * StreamsGroupTopologyDescriptionUpdate (93): a member of a streams group describes its topology to the broker,
 * after a heartbeat has asked for it (KIP-1331).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int8, int16, int32, string, struct } from '../../protocol/schema';

const topologyDescriptionNode = {
  name: string(),
  nodeType: int8(),
  sourceTopics: array(string()),
  sinkTopic: string().nullable().default(null),
  stores: array(string()),
  successors: array(string()),
};

export const streamsGroupTopologyDescriptionUpdate = defineExchange({
  key: 93,
  name: 'StreamsGroupTopologyDescriptionUpdate',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    memberId: string(),
    topologyEpoch: int32(),
    topologyDescription: struct({
      subtopologies: array({ subtopologyId: string(), nodes: array(topologyDescriptionNode) }),
      globalStores: array({ source: struct(topologyDescriptionNode), processor: struct(topologyDescriptionNode) }),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
  },
});
