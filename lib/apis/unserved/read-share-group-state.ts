/**
 * ReadShareGroupState (84): the leader of a partition reads the share state that was kept for it (KIP-932).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int8, int16, int32, long, string, uuid } from '../../protocol/schema';

export const readShareGroupState = defineExchange({
  key: 84,
  name: 'ReadShareGroupState',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array({ topicId: uuid(), partitions: array({ partition: int32(), leaderEpoch: int32() }) }),
  },
  response: {
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string().nullable().default(null),
        stateEpoch: int32(),
        startOffset: long(),
        stateBatches: array({ firstOffset: long(), lastOffset: long(), deliveryState: int8(), deliveryCount: int16() }),
      }),
    }),
  },
});
