/**
 * Vote (52): a controller asks the others for their votes, to become the leader of the quorum (KIP-595).
 *
 * Versions: 0–2. 1: voters are told apart by their directories (KIP-853). 2: asks first whether it would win
 * (KIP-996).
 */
import { zeroUuid } from '../../protocol/bytes';
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int16, int32, long, string, uint16, uuid } from '../../protocol/schema';

export const vote = defineExchange({
  key: 52,
  name: 'Vote',
  versions: '0-2',
  flexible: '0+',
  request: {
    clusterId: string().nullable().default(null),
    voterId: int32().since(1).default(-1),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        replicaEpoch: int32(),
        replicaId: int32(),
        replicaDirectoryId: uuid().since(1).default(zeroUuid),
        voterDirectoryId: uuid().since(1).default(zeroUuid),
        lastOffsetEpoch: int32(),
        lastOffset: long(),
        preVote: bool().since(2).default(false),
      }),
    }),
  },
  response: {
    errorCode: int16(),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
        voteGranted: bool(),
      }),
    }),
    nodeEndpoints: array({ nodeId: int32(), host: string(), port: uint16() }).tag(0, 1),
  },
});
