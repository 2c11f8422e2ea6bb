/**
 * TxnOffsetCommit (28): commits offsets of a group as a part of a transaction: they count once it is committed.
 *
 * Versions: 0–6. 2: leader epochs. 3: members and their generations (KIP-447). 5: adds the group to the
 * transaction by itself (KIP-890). 6: topic ids instead of names (KIP-1319).
 */
import { zeroUuid } from '../../protocol/bytes';
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, string, uuid } from '../../protocol/schema';

export const txnOffsetCommit = defineExchange({
  key: 28,
  name: 'TxnOffsetCommit',
  versions: '0-6',
  flexible: '3+',
  request: {
    transactionalId: string(),
    groupId: string(),
    producerId: long(),
    producerEpoch: int16(),
    generationIdOrMemberEpoch: int32().since(3).default(-1),
    memberId: string().since(3).default(''),
    groupInstanceId: string().since(3).nullable().default(null),
    topics: array({
      name: string().until(5).default(''),
      topicId: uuid().since(6).default(zeroUuid),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: long(),
        committedLeaderEpoch: int32().since(2).default(-1),
        committedMetadata: string().nullable(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    topics: array({
      name: string().until(5).default(''),
      topicId: uuid().since(6).default(zeroUuid),
      partitions: array({ partitionIndex: int32(), errorCode: int16() }),
    }),
  },
});
