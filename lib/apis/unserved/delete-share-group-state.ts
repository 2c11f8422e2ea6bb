/**
 * DeleteShareGroupState (86): a group coordinator deletes the share state of partitions (KIP-932).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, string, uuid } from '../../protocol/schema';

export const deleteShareGroupState = defineExchange({
  key: 86,
  name: 'DeleteShareGroupState',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array({ topicId: uuid(), partitions: array({ partition: int32() }) }),
  },
  response: {
    results: array({
      topicId: uuid(),
      partitions: array({ partition: int32(), errorCode: int16(), errorMessage: string().nullable().default(null) }),
    }),
  },
});
