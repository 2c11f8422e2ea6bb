/**
 * The answers of the group protocols that say no. Called wherever a group refuses.
 */
import { errors, type KafkaError } from '../../errors';
import type { ConsumerHeartbeatAnswer, JoinAnswer, LeaveAnswer, LeaveRequest, SyncAnswer } from './requests';

/** @param memberId what the answer says of it; Kafka names the member in some errors and in some not */
export function refusedJoin(error: KafkaError, memberId = ''): JoinAnswer {
  return {
    error,
    memberId,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    members: [],
  };
}

export function refusedSync(error: KafkaError): SyncAnswer {
  return { error, protocolType: null, protocolName: null, assignment: Buffer.alloc(0) };
}

/** The same error for everybody who wanted to leave. */
export function refusedLeave({ members }: LeaveRequest, error: KafkaError): LeaveAnswer {
  const named = members.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId, error }));
  return { error: errors.NONE, members: named };
}

export function refusedConsumerHeartbeat(error: KafkaError): ConsumerHeartbeatAnswer {
  return { error, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
}
