/**
 * BeginQuorumEpoch (53): a new leader of the quorum tells the voters that its epoch has begun (KIP-595).
 *
 * Versions: 0–1. 1: directories of voters, and where the leader can be reached (KIP-853).
 */
import { zeroUuid } from '../../protocol/bytes';
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, string, uint16, uuid } from '../../protocol/schema';

export const beginQuorumEpoch = defineExchange({
  key: 53,
  name: 'BeginQuorumEpoch',
  versions: '0-1',
  flexible: '1+',
  request: {
    clusterId: string().nullable().default(null),
    voterId: int32().since(1).default(-1),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        voterDirectoryId: uuid().since(1).default(zeroUuid),
        leaderId: int32(),
        leaderEpoch: int32(),
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
