/**
 * DeleteRecords (21): moves the start of partitions up, so that the records before it are gone (KIP-107).
 *
 * Versions: 0–2, all alike but for their encoding.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, string } from '../../protocol/schema';

export const deleteRecords = defineExchange({
  key: 21,
  name: 'DeleteRecords',
  versions: '0-2',
  flexible: '2+',
  request: {
    topics: array({ name: string(), partitions: array({ partitionIndex: int32(), offset: long() }) }),
    timeoutMs: int32(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), lowWatermark: long(), errorCode: int16() }),
    }),
  },
});
