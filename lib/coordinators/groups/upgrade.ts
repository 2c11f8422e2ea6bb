/**
 * A classic group becomes a consumer group while its members go on (KIP-848): for the first member of the consumer
 * protocol that joins it. Called by migration.ts.
 *
 * Its members stay, as they are: what their leader assigned is what they have, and what they should have until a new target
 * assignment is made; the epoch of all is the generation. From then on they are members of the classic protocol in a consumer group (classic-members.ts).
 * Whoever waits in a join or a sync is told to join again.
 */
import { errors } from '../../errors';
import { readAssignment, readSubscription, type Subscription } from '../../protocol/consumer-protocol';
import type { MetadataImage } from '../../storage/metadata-image';
import type { ClassicGroup, ClassicMember } from './classic-group';
import { chosenProtocol, metadataOf } from './classic-protocols';
import { consumerProtocolType } from './classic-queries';
import { classicTombstone } from './classic-record';
import { foldConsumer } from './consumer-fold';
import {
  assignmentOf,
  type ConsumerGroup,
  type ConsumerMember,
  type EpochAssignment,
  newConsumerGroup,
  subscribedNames,
} from './consumer-group';
import { consumerRecords } from './consumer-records';
import { groupTopics } from './consumer-subscriptions';
import type { GroupRecordDraft } from './group-records';
import { hashTopics } from './metadata-hash';
import { allowsUpgrade } from './migration-policy';
import { refusedJoin, refusedSync } from './refusals';
import { answer, arm, disarm, type Effect, type World } from './step';

export interface Upgrade {
  readonly group: ConsumerGroup;
  /** What makes the group in the log, in place of the classic one. */
  readonly records: readonly GroupRecordDraft[];
  /** Answers for those who wait, and timers. */
  readonly effects: readonly Effect[];
}

/** The group as a consumer group, or why it cannot become one. */
export function upgrade(classic: ClassicGroup, world: World): Upgrade | string {
  const { image, config } = world;
  const { groupId, generationId } = classic;
  const most = config['group.consumer.max.size'];
  if (!allowsUpgrade(config)) return 'group.consumer.migration.policy does not allow upgrades';
  if (classic.protocolType !== consumerProtocolType) return `its members are of type '${classic.protocolType ?? ''}'`;
  if (classic.members.size > most) return `it has ${classic.members.size} members, a consumer group ${most} at most`;

  const members = upgradedMembers(classic, image);
  if (typeof members === 'string') return members;
  const group: ConsumerGroup = {
    ...newConsumerGroup(groupId),
    // What the leader assigned may be half of what it meant to, and nobody would notice if a static member came back.
    groupEpoch: generationId + 1,
    members,
    assignmentEpoch: generationId,
    targetAssignment: new Map([...members].map(([memberId, { assigned }]) => [memberId, assignmentOf(assigned)])),
  };
  const hashed = { ...group, metadataHash: hashTopics(groupTopics(group, image), image) };
  const made = consumerRecords(hashed);
  return {
    group: foldConsumer(null, made)!,
    records: [classicTombstone(classic), ...made],
    effects: [...calledOff(classic), ...timers(classic)],
  };
}

function upgradedMembers(classic: ClassicGroup, image: MetadataImage): Map<string, ConsumerMember> | string {
  const protocolName = commonProtocol(classic);
  const members = new Map<string, ConsumerMember>();
  const taken = new Map<string, Set<number>>();
  for (const member of classic.members.values()) {
    const { memberId } = member;
    const subscription = readSubscription(metadataOf(member, protocolName) ?? nothing);
    if (subscription === null) return `the subscription of member '${memberId}' cannot be read`;
    const assignment = member.assignment.length === 0 ? noAssignment : readAssignment(member.assignment);
    if (assignment === null) return `the assignment of member '${memberId}' cannot be read`;
    if ((assignment.userData?.length ?? 0) > 0 && !isRedundant(classic.protocolName))
      return `the assignment of member '${memberId}' has user data`;
    const assigned = assignedOf(assignment.assignedPartitions, classic.generationId, image, taken);
    members.set(memberId, upgraded(member, classic.generationId, subscription, assigned));
  }
  return members;
}

/**
 * Whether an assignor's user data may be lost, which no assignor on the broker understands. librdkafka sends with an
 * assignment which partitions its member had before and in which generation, once there was a rebalance; the group knows
 * as much. Kafka refuses these groups.
 */
function isRedundant(protocolName: string | null): boolean {
  return protocolName === 'cooperative-sticky' || protocolName === 'sticky';
}

const nothing = Buffer.alloc(0);
const noAssignment = { assignedPartitions: [], userData: null };

/** The chosen protocol; in the middle of a rebalance some may have come that do not have it. */
function commonProtocol(classic: ClassicGroup): string | null {
  const { protocolName, members } = classic;
  for (const member of members.values()) if (metadataOf(member, protocolName) === null) return chosenProtocol(classic);
  return protocolName;
}

/** By topic id; of what two members have been assigned the first one has it. */
function assignedOf(
  topicPartitions: readonly { topic: string; partitions: readonly number[] }[],
  epoch: number,
  { topicsByName }: MetadataImage,
  taken: Map<string, Set<number>>,
): EpochAssignment {
  const assigned = new Map<string, Map<number, number>>();
  for (const { topic, partitions } of topicPartitions) {
    const image = topicsByName.get(topic);
    if (image === undefined) continue;
    const { id } = image;
    const gone = taken.get(id) ?? new Set();
    taken.set(id, gone);
    const epochs = assigned.get(id) ?? new Map<number, number>();
    for (const partition of partitions) {
      if (image.partitions[partition] === undefined || gone.has(partition)) continue;
      gone.add(partition);
      epochs.set(partition, epoch);
    }
    if (epochs.size > 0) assigned.set(id, epochs);
  }
  return assigned;
}

function upgraded(
  { memberId, groupInstanceId, clientId, clientHost, rebalanceTimeoutMs, sessionTimeoutMs, protocols }: ClassicMember,
  epoch: number,
  { topics, rackId }: Subscription,
  assigned: EpochAssignment,
): ConsumerMember {
  return {
    memberId,
    instanceId: groupInstanceId,
    rackId: rackId === '' ? null : rackId,
    clientId,
    clientHost,
    subscribedTopicNames: subscribedNames(topics),
    subscribedTopicRegex: null,
    rebalanceTimeoutMs,
    serverAssignor: null,
    classic: { sessionTimeoutMs, supportedProtocols: protocols },
    memberEpoch: epoch,
    previousMemberEpoch: epoch,
    state: 'STABLE',
    assigned,
    pendingRevocation: new Map(),
  };
}

/** Joins and syncs wait for the end of a rebalance that never comes. */
function calledOff({ members }: ClassicGroup): Effect[] {
  const error = errors.REBALANCE_IN_PROGRESS;
  return [...members.values()].flatMap(({ memberId, joining, syncing }) => [
    ...(joining === null ? [] : [answer(joining, refusedJoin(error, memberId))]),
    ...(syncing === null ? [] : [answer(syncing, refusedSync(error))]),
  ]);
}

/** Members that have been told their id and have not come yet may come to the consumer group just as well. */
function timers({ members, pendingMembers }: ClassicGroup): Effect[] {
  const waiting = [...pendingMembers, ...members.keys()].map((memberId) => disarm('pending', memberId));
  const sessions = [...members.values()].map((member) => arm('session', member.memberId, member.sessionTimeoutMs));
  return [disarm('join', ''), disarm('sync', ''), ...waiting, ...sessions];
}
