/**
 * AssignReplicasToDirs (73): a broker tells the controller which of its log directories hold which replicas
 * (KIP-858).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, uuid } from '../../protocol/schema';

export const assignReplicasToDirs = defineExchange({
  key: 73,
  name: 'AssignReplicasToDirs',
  versions: '0',
  flexible: '0+',
  request: {
    brokerId: int32(),
    brokerEpoch: long().default(-1),
    directories: array({
      id: uuid(),
      topics: array({ topicId: uuid(), partitions: array({ partitionIndex: int32() }) }),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    directories: array({
      id: uuid(),
      topics: array({ topicId: uuid(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
    }),
  },
});
