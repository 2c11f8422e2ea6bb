/**
 * What others ask of a classic group without changing it: group.ts for describing, and for which
 * topics it reads; group-step.ts for commits.
 */
import { errors, type KafkaError } from '../../errors';
import { mapKey } from '../../map-key';
import { readSubscription } from '../../protocol/consumer-protocol';
import { type ClassicGroup, checkGeneration } from './classic-group';
import { metadataOf } from './classic-protocols';
import type { CommitRequest, DescribedClassicGroup } from './requests';
import { arm, type Effect } from './step';

/** The protocol type of consumers, whose metadata is known to be a Subscription. */
export const consumerProtocolType = 'consumer';

const nothing = Buffer.alloc(0);

/** As DescribeGroups shows it: what the members said only in a stable group, what they are assigned always. */
export function describeClassic(group: ClassicGroup): DescribedClassicGroup {
  const { groupId, state, protocolType, protocolName } = group;
  const isStable = state === 'Stable';
  return {
    groupId,
    state,
    protocolType: protocolType ?? '',
    protocolData: isStable ? (protocolName ?? '') : '',
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: (isStable ? metadataOf(member, protocolName) : null) ?? nothing,
      memberAssignment: member.assignment,
    })),
  };
}

/**
 * Whether a commit is taken: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION or REBALANCE_IN_PROGRESS if not,
 * else null. Nobody in particular may commit as long as the group is empty.
 */
export function checkClassicCommit(group: ClassicGroup, request: CommitRequest): KafkaError | null {
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: generationId } = request;
  if (generationId < 0 && group.state === 'Empty') return null;
  if (generationId < 0 && memberId === '' && groupInstanceId === null) return errors.UNKNOWN_MEMBER_ID;
  const error = checkGeneration(group, request, generationId);
  if (error !== null) return error;
  // The assignment of this generation is not known yet.
  return group.state === 'CompletingRebalance' ? errors.REBALANCE_IN_PROGRESS : null;
}

/** What is to be done because a member was heard of, with a commit say. Nothing for somebody who is no member. */
export function keepAlive(group: ClassicGroup, memberId: string): Effect[] {
  const member = group.members.get(memberId);
  return member === undefined ? [] : [arm('session', memberId, member.sessionTimeoutMs)];
}

/**
 * Whether members of the group read the topic, as far as can be known: only consumers say so, and where one of them says
 * it in bytes that cannot be decoded, or nothing is chosen yet, it may be any topic.
 */
export function classicSubscribes(group: ClassicGroup, topic: string): boolean {
  if (group.protocolType !== consumerProtocolType || group.members.size === 0) return false;
  const topics = subscribedTopics(group);
  return topics === null || topics.has(mapKey(topic));
}

/** Groups never change, so what was read of one stays true. */
const read = new WeakMap<ClassicGroup, ReadonlySet<string> | null>();

/** Null where it cannot be known. */
function subscribedTopics(group: ClassicGroup): ReadonlySet<string> | null {
  let topics = read.get(group);
  if (topics === undefined) read.set(group, (topics = readTopics(group)));
  return topics;
}

function readTopics(group: ClassicGroup): ReadonlySet<string> | null {
  const topics = new Set<string>();
  for (const member of group.members.values()) {
    const metadata = metadataOf(member, group.protocolName);
    const subscription = metadata === null ? null : readSubscription(metadata);
    if (subscription === null) return null;
    for (const topic of subscription.topics) topics.add(mapKey(topic));
  }
  return topics;
}
