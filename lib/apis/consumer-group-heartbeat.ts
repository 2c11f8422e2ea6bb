/**
 * ConsumerGroupHeartbeat (68): a member of a group of the consumer protocol (KIP-848) joins, stays, tells what it owns,
 * is told what it is assigned, or leaves: all of it by member epochs.
 *
 * Fields that are null say that nothing has changed since the last heartbeat, in both directions. With an error the
 * answer says the error and its message, and nothing else. Refused with UNSUPPORTED_VERSION where the protocol is not
 * offered (`group.coordinator.rebalance.protocols`, `group.version`).
 *
 * Versions: 0–1. 1: subscriptions by regular expression, and member ids that clients make up.
 */
import { errors } from '../errors';
import { defineApi } from '../protocol/api';
import { array, int16, int32, string, struct, uuid } from '../protocol/schema';
import { clientOf } from './shared/client';
import { demandConsumerProtocol } from './shared/consumer-protocol';

const topicPartitions = () => array({ topicId: uuid(), partitions: array(int32()) });

export const consumerGroupHeartbeat = defineApi({
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    instanceId: string().nullable().default(null),
    rackId: string().nullable().default(null),
    rebalanceTimeoutMs: int32().default(-1),
    subscribedTopicNames: array(string()).nullable().default(null),
    subscribedTopicRegex: string().since(1).nullable().default(null),
    serverAssignor: string().nullable().default(null),
    topicPartitions: topicPartitions().nullable().default(null),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
    memberId: string().nullable().default(null),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    assignment: struct({ topicPartitions: topicPartitions() }).nullable().default(null),
  },

  refuse: (_body, error) => ({
    errorCode: error.code,
    errorMessage: error.message,
    memberEpoch: 0,
    heartbeatIntervalMs: 0,
  }),

  async handle(body, scope, services) {
    demandConsumerProtocol(services);
    const { version } = scope;
    const request = { ...body, client: clientOf(scope), version };
    const { error, memberId, memberEpoch, heartbeatIntervalMs, assignment } =
      await services.groups.consumerGroupHeartbeat(request);
    if (!error.is(errors.NONE)) throw error;
    const rows = assignment && [...assignment].map(([topicId, partitions]) => ({ topicId, partitions }));
    return {
      errorCode: 0,
      memberId,
      memberEpoch,
      heartbeatIntervalMs,
      assignment: rows && { topicPartitions: rows },
    };
  },
});
