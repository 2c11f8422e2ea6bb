/**
 * FetchSnapshot (59): a follower of the quorum reads a snapshot of the metadata (KIP-630).
 *
 * Versions: 0–1. 1: directories, and where the leader can be reached (KIP-853).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, records, string, struct, uint16, uuid } from '../../protocol/schema';

export const fetchSnapshot = defineExchange({
  key: 59,
  name: 'FetchSnapshot',
  versions: '0-1',
  flexible: '0+',
  request: {
    clusterId: string().nullable().tag(0, 0).default(null),
    replicaId: int32().default(-1),
    maxBytes: int32().default(2147483647),
    topics: array({
      name: string(),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32(),
        snapshotId: struct({ endOffset: long(), epoch: int32() }),
        position: long(),
        replicaDirectoryId: uuid().tag(0, 1),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    topics: array({
      name: string(),
      partitions: array({
        index: int32(),
        errorCode: int16(),
        snapshotId: struct({ endOffset: long(), epoch: int32() }),
        currentLeader: struct({ leaderId: int32(), leaderEpoch: int32() }).tag(0, 0),
        size: long(),
        position: long(),
        unalignedRecords: records(),
      }),
    }),
    nodeEndpoints: array({ nodeId: int32(), host: string(), port: uint16() }).tag(0, 1),
  },
});
