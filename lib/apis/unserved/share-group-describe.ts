/**
 * ShareGroupDescribe (77): share groups with their members and what these are assigned (KIP-932).
 *
 * Versions: 1.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int16, int32, string, struct, uuid } from '../../protocol/schema';

export const shareGroupDescribe = defineExchange({
  key: 77,
  name: 'ShareGroupDescribe',
  versions: '1',
  flexible: '0+',
  request: {
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    groups: array({
      errorCode: int16(),
      errorMessage: string().nullable().default(null),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      assignorName: string(),
      members: array({
        memberId: string(),
        rackId: string().nullable().default(null),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        assignment: struct({
          topicPartitions: array({ topicId: uuid(), topicName: string(), partitions: array(int32()) }),
        }),
      }),
      authorizedOperations: int32().default(-2147483648),
    }),
  },
});
