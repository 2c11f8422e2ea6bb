/**
 * AlterReplicaLogDirs (34): moves replicas of partitions to other log directories of the same broker (KIP-113).
 *
 * Versions: 1–2, all alike but for their encoding.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, string } from '../../protocol/schema';

export const alterReplicaLogDirs = defineExchange({
  key: 34,
  name: 'AlterReplicaLogDirs',
  versions: '1-2',
  flexible: '2+',
  request: {
    dirs: array({ path: string(), topics: array({ name: string(), partitions: array(int32()) }) }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    results: array({ topicName: string(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
  },
});
