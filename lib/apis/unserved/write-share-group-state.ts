/**
 * WriteShareGroupState (85): the leader of a partition has its share state kept (KIP-932).
 *
 * Versions: 0–1. 1: how many records behind the start are done with.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int8, int16, int32, long, string, uuid } from '../../protocol/schema';

export const writeShareGroupState = defineExchange({
  key: 85,
  name: 'WriteShareGroupState',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        stateEpoch: int32(),
        leaderEpoch: int32(),
        startOffset: long(),
        deliveryCompleteCount: int32().since(1).default(-1),
        stateBatches: array({ firstOffset: long(), lastOffset: long(), deliveryState: int8(), deliveryCount: int16() }),
      }),
    }),
  },
  response: {
    results: array({
      topicId: uuid(),
      partitions: array({ partition: int32(), errorCode: int16(), errorMessage: string().nullable().default(null) }),
    }),
  },
});
