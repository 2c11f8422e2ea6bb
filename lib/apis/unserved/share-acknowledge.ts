/**
 * ShareAcknowledge (79): says what became of records that ShareFetch lent: accepted, released or rejected
 * (KIP-932).
 *
 * Versions: 1–2. 2: renewed too.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int8, int16, int32, long, string, struct, uuid } from '../../protocol/schema';

export const shareAcknowledge = defineExchange({
  key: 79,
  name: 'ShareAcknowledge',
  versions: '1-2',
  flexible: '0+',
  request: {
    groupId: string().nullable().default(null),
    memberId: string().nullable(),
    shareSessionEpoch: int32(),
    isRenewAck: bool().since(2).default(false),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        acknowledgementBatches: array({ firstOffset: long(), lastOffset: long(), acknowledgeTypes: array(int8()) }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
    acquisitionLockTimeoutMs: int32().since(2).default(0),
    responses: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string().nullable().default(null),
        currentLeader: struct({ leaderId: int32(), leaderEpoch: int32() }),
      }),
    }),
    nodeEndpoints: array({ nodeId: int32(), host: string(), port: int32(), rack: string().nullable().default(null) }),
  },
});
