/**
 * UpdateRaftVoter (82): a voter tells the leader of the quorum where it can be reached and what it supports
 * (KIP-853).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, string, struct, uint16, uuid } from '../../protocol/schema';

export const updateRaftVoter = defineExchange({
  key: 82,
  name: 'UpdateRaftVoter',
  versions: '0',
  flexible: '0+',
  request: {
    clusterId: string().nullable(),
    currentLeaderEpoch: int32(),
    voterId: int32(),
    voterDirectoryId: uuid(),
    listeners: array({ name: string(), host: string(), port: uint16() }),
    kRaftVersionFeature: struct({ minSupportedVersion: int16(), maxSupportedVersion: int16() }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    currentLeader: struct({
      leaderId: int32().default(-1),
      leaderEpoch: int32().default(-1),
      host: string(),
      port: int32(),
    }).tag(0, 0),
  },
});
