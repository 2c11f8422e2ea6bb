/**
 * ReadShareGroupStateSummary (87): where the share state of partitions stands, without its batches (KIP-932).
 *
 * Versions: 0–1. 1: how many records behind the start are done with.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, string, uuid } from '../../protocol/schema';

export const readShareGroupStateSummary = defineExchange({
  key: 87,
  name: 'ReadShareGroupStateSummary',
  versions: '0-1',
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
        leaderEpoch: int32(),
        startOffset: long(),
        deliveryCompleteCount: int32().since(1).default(-1),
      }),
    }),
  },
});
