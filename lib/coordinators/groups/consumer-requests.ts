/**
 * What is wrong with a ConsumerGroupHeartbeat: with the request by itself, with a group that is not there, with who
 * says it is which member in which epoch (org.apache.kafka.coordinator.group.GroupCoordinatorService and
 * GroupMetadataManager). Called by consumer-step.ts before anything changes.
 */
import type { Config } from '../../config';
import { errors, type KafkaError } from '../../errors';
import { assignorOf } from './assignors/assignor';
import { type ConsumerGroup, type ConsumerMember, staticMember } from './consumer-group';
import type { OwnedPartitions } from './consumer-reconcile';
import type { ConsumerHeartbeatRequest } from './requests';

/** Epochs of requests that are no epochs. */
export const joinEpoch = 0;
export const leaveEpoch = -1;
export const leaveForAWhileEpoch = -2;

/**
 * Clients make up their ids, and those are keys of maps that are copied: very long ones would take quadratic time
 * (map-key.ts). Kafka's clients send 22 characters; no id that the broker gives has more than some 1000.
 */
export const memberIdMaxLength = 2000;

/** What is wrong with the request by itself; null: nothing. */
export function checkHeartbeat(request: ConsumerHeartbeatRequest, config: Config): KafkaError | null {
  const { memberEpoch, rebalanceTimeoutMs, topicPartitions, serverAssignor } = request;
  const fault = (message: string) => errors.INVALID_REQUEST.because(message);
  // Up to version 0 the broker gives new members their ids.
  const needsId = request.version >= 1 || memberEpoch > 0 || memberEpoch === leaveEpoch;
  if (needsId && isBlank(request.memberId)) return fault('member id is empty');
  if (request.memberId.length > memberIdMaxLength)
    return fault(`member id of ${request.memberId.length} characters, ${memberIdMaxLength} at most`);
  for (const name of ['groupId', 'instanceId', 'rackId'] as const)
    if (request[name] !== null && isBlank(request[name])) return fault(`${name} is empty`);
  if (memberEpoch < leaveForAWhileEpoch) return fault(`member epoch ${memberEpoch}, −2 is the least`);
  if (memberEpoch === joinEpoch) {
    if (rebalanceTimeoutMs === -1) return fault('who joins must say its rebalance timeout');
    if (topicPartitions === null || topicPartitions.length > 0) return fault('who joins must own no partitions');
    if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null)
      return fault('who joins must subscribe to topic names or to a regular expression');
  }
  if (memberEpoch === leaveForAWhileEpoch && request.instanceId === null)
    return fault('who leaves for a while must have an instance id');
  if (serverAssignor !== null && !isOffered(serverAssignor, config))
    return errors.UNSUPPORTED_ASSIGNOR.because(
      `assignor '${serverAssignor}' is not offered, ${config['group.consumer.assignors'].join(', ')} are`,
    );
  return null;
}

/** As Java's `trim` sees it, to which every control character is blank, and no other space than the plain one. */
function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x20) return false;
  return true;
}

function isOffered(name: string, config: Config): boolean {
  return assignorOf(name) !== undefined && config['group.consumer.assignors'].includes(name);
}

/** What is wrong where there is no such group; null: the request makes one. */
export function refuseWithoutGroup({ groupId, memberEpoch }: ConsumerHeartbeatRequest): KafkaError | null {
  return memberEpoch === joinEpoch ? null : errors.GROUP_ID_NOT_FOUND.because(`consumer group '${groupId}' not found`);
}

/** Who sends a request: a member, a newcomer, or a static member that comes back under another id. */
export type Sender =
  | { readonly is: 'member'; readonly member: ConsumerMember }
  | { readonly is: 'newcomer' }
  | { readonly is: 'successor'; readonly of: ConsumerMember }
  | { readonly is: 'refused'; readonly error: KafkaError };

/** Who joins, or heartbeats. */
export function senderOf(
  group: ConsumerGroup,
  memberId: string,
  { memberEpoch, instanceId, topicPartitions }: ConsumerHeartbeatRequest,
  config: Config,
): Sender {
  const member = instanceId === null ? group.members.get(memberId) : staticMember(group, instanceId);
  if (memberEpoch !== joinEpoch) {
    const error = notMember(group, member, memberId, instanceId) ?? fenced(member!, memberEpoch, topicPartitions);
    return error === null ? { is: 'member', member: member! } : { is: 'refused', error };
  }
  if (member === undefined) {
    const known = group.members.get(memberId);
    if (known !== undefined) return { is: 'member', member: known };
    const most = config['group.consumer.max.size'];
    if (group.members.size < most) return { is: 'newcomer' };
    return refused(errors.GROUP_MAX_SIZE_REACHED.because(`group '${group.groupId}' has ${most} members, its most`));
  }
  // Who asks again, because it did not hear, is the same member still.
  if (member.memberId === memberId) return { is: 'member', member };
  // The classic protocol has no way to say that one leaves for a while.
  if (member.memberEpoch === leaveForAWhileEpoch || member.classic !== null) return { is: 'successor', of: member };
  return refused(
    errors.UNRELEASED_INSTANCE_ID.because(`instance id '${instanceId}' belongs to member '${member.memberId}'`),
  );
}

/** Who leaves, for good or for a while. */
export function leaverOf(group: ConsumerGroup, { memberId, instanceId }: ConsumerHeartbeatRequest): Sender {
  const member = instanceId === null ? group.members.get(memberId) : staticMember(group, instanceId);
  const error = notMember(group, member, memberId, instanceId);
  return error === null ? { is: 'member', member: member! } : { is: 'refused', error };
}

function refused(error: KafkaError): Sender {
  return { is: 'refused', error };
}

function notMember(
  { groupId }: ConsumerGroup,
  member: ConsumerMember | undefined,
  memberId: string,
  instanceId: string | null,
): KafkaError | null {
  if (member === undefined) {
    const who = instanceId === null ? `member '${memberId}'` : `instance id '${instanceId}'`;
    return errors.UNKNOWN_MEMBER_ID.because(`${who} is not in group '${groupId}'`);
  }
  if (member.memberId === memberId) return null;
  return errors.FENCED_INSTANCE_ID.because(`instance id '${instanceId}' belongs to member '${member.memberId}' now`);
}

/** A member may be one epoch behind, if the answer that said so was lost: then it owns nothing that it should not. */
function fenced(member: ConsumerMember, epoch: number, owned: OwnedPartitions): KafkaError | null {
  const { memberEpoch, previousMemberEpoch } = member;
  if (epoch === memberEpoch) return null;
  if (epoch < memberEpoch && epoch === previousMemberEpoch && ownsNoOther(member, owned)) return null;
  return errors.FENCED_MEMBER_EPOCH.because(
    `member epoch ${epoch}, it is ${memberEpoch}: give up all partitions and join again`,
  );
}

function ownsNoOther({ assigned }: ConsumerMember, owned: OwnedPartitions): boolean {
  if (owned === null) return false;
  return owned.every(({ topicId, partitions }) => {
    const epochs = assigned.get(topicId);
    return epochs !== undefined && partitions.every((partition) => epochs.has(partition));
  });
}
