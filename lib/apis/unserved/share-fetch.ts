/**
 * ShareFetch (78): records of a share group: each is lent to one member, which acknowledges earlier ones on the
 * way (KIP-932).
 *
 * Versions: 1–2. 2: at most as many records as wanted, and acknowledgements that renew a loan.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int8, int16, int32, long, records, string, struct, uuid } from '../../protocol/schema';

export const shareFetch = defineExchange({
  key: 78,
  name: 'ShareFetch',
  versions: '1-2',
  flexible: '0+',
  request: {
    groupId: string().nullable().default(null),
    memberId: string().nullable(),
    shareSessionEpoch: int32(),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32().default(2147483647),
    maxRecords: int32(),
    batchSize: int32(),
    shareAcquireMode: int8().since(2).default(0),
    isRenewAck: bool().since(2).default(false),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        acknowledgementBatches: array({ firstOffset: long(), lastOffset: long(), acknowledgeTypes: array(int8()) }),
      }),
    }),
    forgottenTopicsData: array({ topicId: uuid(), partitions: array(int32()) }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
    acquisitionLockTimeoutMs: int32(),
    responses: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string().nullable().default(null),
        acknowledgeErrorCode: int16(),
        acknowledgeErrorMessage: string().nullable().default(null),
        currentLeader: struct({ leaderId: int32(), leaderEpoch: int32() }),
        records: records(),
        acquiredRecords: array({ firstOffset: long(), lastOffset: long(), deliveryCount: int16() }),
      }),
    }),
    nodeEndpoints: array({ nodeId: int32(), host: string(), port: int32(), rack: string().nullable().default(null) }),
  },
});
