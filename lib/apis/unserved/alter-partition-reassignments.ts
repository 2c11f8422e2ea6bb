/**
 * AlterPartitionReassignments (45): moves partitions to other brokers, or calls off moves under way (KIP-455).
 *
 * Versions: 0–1. 1: says whether the number of replicas may change.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int16, int32, string } from '../../protocol/schema';

export const alterPartitionReassignments = defineExchange({
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: '0-1',
  flexible: '0+',
  request: {
    timeoutMs: int32().default(60000),
    allowReplicationFactorChange: bool().since(1).default(true),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), replicas: array(int32()).nullable().default(null) }),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    allowReplicationFactorChange: bool().since(1).default(true),
    errorCode: int16(),
    errorMessage: string().nullable(),
    responses: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), errorCode: int16(), errorMessage: string().nullable() }),
    }),
  },
});
