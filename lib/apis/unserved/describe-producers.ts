/**
 * DescribeProducers (61): the producers that partitions know of, with their epochs, sequences and open
 * transactions (KIP-664).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, string } from '../../protocol/schema';

export const describeProducers = defineExchange({
  key: 61,
  name: 'DescribeProducers',
  versions: '0',
  flexible: '0+',
  request: {
    topics: array({ name: string(), partitionIndexes: array(int32()) }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string().nullable().default(null),
        activeProducers: array({
          producerId: long(),
          producerEpoch: int32(),
          lastSequence: int32().default(-1),
          lastTimestamp: long().default(-1),
          coordinatorEpoch: int32(),
          currentTxnStartOffset: long().default(-1),
        }),
      }),
    }),
  },
});
