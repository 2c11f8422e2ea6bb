/**
 * EndQuorumEpoch (54): a leader of the quorum steps down and names who should follow it (KIP-595).
 *
 * Versions: 0–1. 1: directories of the candidates, and where the leader can be reached (KIP-853).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, string, uint16, uuid } from '../../protocol/schema';

export const endQuorumEpoch = defineExchange({
  key: 54,
  name: 'EndQuorumEpoch',
  versions: '0-1',
  flexible: '1+',
  request: {
    clusterId: string().nullable().default(null),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        leaderId: int32(),
        leaderEpoch: int32(),
        preferredSuccessors: array(int32()).until(0).default([]),
        preferredCandidates: array({ candidateId: int32(), candidateDirectoryId: uuid() }).since(1).default([]),
      }),
    }),
    leaderEndpoints: array({ name: string(), host: string(), port: uint16() }).since(1).default([]),
  },
  response: {
    errorCode: int16(),
    topics: array({
      topicName: string(),
      partitions: array({ partitionIndex: int32(), errorCode: int16(), leaderId: int32(), leaderEpoch: int32() }),
    }),
    nodeEndpoints: array({ nodeId: int32(), host: string(), port: uint16() }).tag(0, 1),
  },
});
