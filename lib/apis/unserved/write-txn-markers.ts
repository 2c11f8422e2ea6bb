/**
 * WriteTxnMarkers (27): a transaction coordinator has the end of transactions written to partitions; admin clients
 * abort hanging ones with it.
 *
 * Versions: 1–2. 2: which version of transactions the marker belongs to.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int8, int16, int32, long, string } from '../../protocol/schema';

export const writeTxnMarkers = defineExchange({
  key: 27,
  name: 'WriteTxnMarkers',
  versions: '1-2',
  flexible: '1+',
  request: {
    markers: array({
      producerId: long(),
      producerEpoch: int16(),
      transactionResult: bool(),
      topics: array({ name: string(), partitionIndexes: array(int32()) }),
      coordinatorEpoch: int32(),
      transactionVersion: int8().since(2).default(0),
    }),
  },
  response: {
    markers: array({
      producerId: long(),
      topics: array({ name: string(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
    }),
  },
});
