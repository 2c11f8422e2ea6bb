/**
 * DeleteShareGroupOffsets (92): makes a share group forget topics (KIP-932).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, string, uuid } from '../../protocol/schema';

export const deleteShareGroupOffsets = defineExchange({
  key: 92,
  name: 'DeleteShareGroupOffsets',
  versions: '0',
  flexible: '0+',
  request: {
    groupId: string(),
    topics: array({ topicName: string() }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
    responses: array({
      topicName: string(),
      topicId: uuid(),
      errorCode: int16(),
      errorMessage: string().nullable().default(null),
    }),
  },
});
