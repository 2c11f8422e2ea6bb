/**
 * What can be asked of a consumer group without changing it: who may commit and read offsets, and how it looks. Called
 * by group.ts and group-step.ts.
 */
import { errors, type KafkaError } from '../../errors';
import { mapKey } from '../../map-key';
import type { MetadataImage } from '../../storage/metadata-image';
import { zeroUuid } from '../../uuid';
import {
  assignmentOf,
  type ConsumerGroup,
  type ConsumerGroupState,
  type ConsumerMember,
  type EpochAssignment,
  noAssignment,
} from './consumer-group';
import { preferredAssignor } from './consumer-target';
import type { Assignment, CommitRequest, DescribedConsumerGroup, OffsetFetchRequest, OffsetToCommit } from './requests';

/**
 * Why who commits may not; null: they may. Who is no member may commit to a group that has none. A member may be behind
 * its epoch for partitions that it has had since (KIP-1251).
 *
 * @param image where topic ids are looked up that the request does not have
 */
export function checkConsumerCommit(
  group: ConsumerGroup,
  { memberId, generationIdOrMemberEpoch: epoch, knowsMemberEpochs, offsets }: CommitRequest,
  image: MetadataImage | null = group.seen,
): KafkaError | null {
  if (epoch < 0 && group.members.size === 0) return null;
  const member = group.members.get(memberId);
  if (member === undefined) return unknownMember(group, memberId);
  if (member.classic === null && !knowsMemberEpochs)
    return errors.UNSUPPORTED_VERSION.because('members of the consumer protocol commit with version 9 or above');
  if (epoch < member.memberEpoch && epoch >= 0 && offsets.every((offset) => hadBy(member, offset, epoch, image)))
    return null;
  return checkEpoch(member, epoch);
}

/** Whether the member had the partition in this epoch, and has it still. */
function hadBy(member: ConsumerMember, offset: OffsetToCommit, epoch: number, image: MetadataImage | null): boolean {
  const topicId = offset.topicId === zeroUuid ? image?.topicsByName.get(offset.topic)?.id : offset.topicId;
  if (topicId === undefined) return false;
  const has = (assignment: EpochAssignment) => assignment.get(topicId)?.get(offset.partition);
  const assignedIn = has(member.assigned) ?? has(member.pendingRevocation);
  return assignedIn !== undefined && epoch >= assignedIn;
}

/** Why who reads offsets may not; null: they may. */
export function checkConsumerFetch(
  group: ConsumerGroup,
  { memberId, memberEpoch }: Pick<OffsetFetchRequest, 'memberId' | 'memberEpoch'>,
): KafkaError | null {
  if (memberId === null && memberEpoch < 0) return null;
  const member = memberId === null ? undefined : group.members.get(memberId);
  return member === undefined ? unknownMember(group, memberId ?? '') : checkEpoch(member, memberEpoch);
}

function unknownMember({ groupId }: ConsumerGroup, memberId: string): KafkaError {
  return errors.UNKNOWN_MEMBER_ID.because(`member '${memberId}' is not in group '${groupId}'`);
}

function checkEpoch({ memberEpoch, classic }: ConsumerMember, epoch: number): KafkaError | null {
  if (epoch === memberEpoch) return null;
  if (classic !== null) return errors.ILLEGAL_GENERATION.because(`generation ${epoch}, it is ${memberEpoch}`);
  return errors.STALE_MEMBER_EPOCH.because(`member epoch ${epoch}, it is ${memberEpoch}`);
}

export function consumerGroupState({ members, groupEpoch, assignmentEpoch }: ConsumerGroup): ConsumerGroupState {
  if (members.size === 0) return 'Empty';
  if (groupEpoch > assignmentEpoch) return 'Assigning';
  for (const { state, memberEpoch } of members.values())
    if (state !== 'STABLE' || memberEpoch !== assignmentEpoch) return 'Reconciling';
  return 'Stable';
}

/** Whether a member subscribes to the topic, by name or by an expression that stands for it. */
export function consumerSubscribes(group: ConsumerGroup, topicName: string): boolean {
  let topics = gathered.get(group);
  if (topics === undefined) gathered.set(group, (topics = subscribedNames(group)));
  return topics.has(mapKey(topicName));
}

/** Groups never change, so what was gathered of one stays true. */
const gathered = new WeakMap<ConsumerGroup, ReadonlySet<string>>();

function subscribedNames({ members, regexes }: ConsumerGroup): ReadonlySet<string> {
  const topics = new Set<string>();
  for (const { subscribedTopicNames, subscribedTopicRegex } of members.values()) {
    for (const name of subscribedTopicNames) topics.add(mapKey(name));
    if (subscribedTopicRegex === null) continue;
    for (const name of regexes.get(subscribedTopicRegex)?.topics ?? []) topics.add(mapKey(name));
  }
  return topics;
}

/**
 * The group as ConsumerGroupDescribe shows it; partitions of topics that are gone are left out.
 *
 * @param defaultAssignor of which it is said to be where no member asks for one
 */
export function describeConsumer(
  group: ConsumerGroup,
  { topicsById }: MetadataImage,
  defaultAssignor = 'uniform',
): DescribedConsumerGroup {
  const { groupId, groupEpoch, assignmentEpoch, targetAssignment } = group;
  const shown = (assignment: Assignment): Assignment =>
    new Map([...assignment].filter(([topicId]) => topicsById.has(topicId)));
  const members = [...group.members.values()].map((member) => ({
    memberId: member.memberId,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.memberEpoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: member.subscribedTopicNames,
    // As Kafka has it, who subscribes to none has an empty one.
    subscribedTopicRegex: member.subscribedTopicRegex ?? '',
    assignment: shown(assignmentOf(member.assigned)),
    targetAssignment: shown(targetAssignment.get(member.memberId) ?? noAssignment),
    memberType: member.classic === null ? 1 : 0,
  }));
  const assignorName = preferredAssignor(group) ?? defaultAssignor;
  return { groupId, state: consumerGroupState(group), groupEpoch, assignmentEpoch, assignorName, members };
}
