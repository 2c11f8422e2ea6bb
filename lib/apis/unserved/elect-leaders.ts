/**
 * ElectLeaders (43): elects leaders of partitions: the preferred replicas, or any that live.
 *
 * Versions: 0–2. 1: elections that may lose records (KIP-460).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int8, int16, int32, string } from '../../protocol/schema';

export const electLeaders = defineExchange({
  key: 43,
  name: 'ElectLeaders',
  versions: '0-2',
  flexible: '2+',
  request: {
    electionType: int8().since(1).default(0),
    topicPartitions: array({ topic: string(), partitions: array(int32()) }).nullable(),
    timeoutMs: int32().default(60000),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16().since(1).default(0),
    replicaElectionResults: array({
      topic: string(),
      partitionResult: array({ partitionId: int32(), errorCode: int16(), errorMessage: string().nullable() }),
    }),
  },
});
