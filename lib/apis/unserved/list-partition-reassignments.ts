/**
 * ListPartitionReassignments (46): the partitions that are on their way to other brokers (KIP-455).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, string } from '../../protocol/schema';

export const listPartitionReassignments = defineExchange({
  key: 46,
  name: 'ListPartitionReassignments',
  versions: '0',
  flexible: '0+',
  request: {
    timeoutMs: int32().default(60000),
    topics: array({ name: string(), partitionIndexes: array(int32()) })
      .nullable()
      .default(null),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        replicas: array(int32()),
        addingReplicas: array(int32()),
        removingReplicas: array(int32()),
      }),
    }),
  },
});
