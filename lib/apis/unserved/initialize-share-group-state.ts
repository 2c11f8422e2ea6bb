/**
 * InitializeShareGroupState (83): a group coordinator sets where the share state of partitions begins (KIP-932).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, string, uuid } from '../../protocol/schema';

export const initializeShareGroupState = defineExchange({
  key: 83,
  name: 'InitializeShareGroupState',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({ partition: int32(), stateEpoch: int32(), startOffset: long() }),
    }),
  },
  response: {
    results: array({
      topicId: uuid(),
      partitions: array({ partition: int32(), errorCode: int16(), errorMessage: string().nullable().default(null) }),
    }),
  },
});
