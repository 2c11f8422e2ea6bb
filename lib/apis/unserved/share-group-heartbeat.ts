/**
 * ShareGroupHeartbeat (76): a member of a share group joins, stays, or leaves, and hears what it is assigned
 * (KIP-932).
 *
 * Versions: 1.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, string, struct, uuid } from '../../protocol/schema';

export const shareGroupHeartbeat = defineExchange({
  key: 76,
  name: 'ShareGroupHeartbeat',
  versions: '1',
  flexible: '0+',
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    rackId: string().nullable().default(null),
    subscribedTopicNames: array(string()).nullable().default(null),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
    memberId: string().nullable().default(null),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    assignment: struct({ topicPartitions: array({ topicId: uuid(), partitions: array(int32()) }) })
      .nullable()
      .default(null),
  },
});
