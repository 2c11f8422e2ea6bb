/**
 * The changes of a consumer group, each as the records that make it: who its members are, which topics it follows, what
 * a member has, who goes. Pure; called by consumer-step.ts for members of the consumer protocol, by classic-members.ts
 * and classic-member-join.ts for those of the classic one, and by consumer-member.ts for both. consumer-turn.ts folds
 * the records.
 */
import type { MetadataImage } from '../../storage/metadata-image';
import { foldConsumer } from './consumer-fold';
import type { ConsumerGroup, ConsumerMember, EpochAssignment } from './consumer-group';
import { noAssignment, noPartitions, subscribedNames } from './consumer-group';
import { type OwnedPartitions, reconcile } from './consumer-reconcile';
import {
  currentAssignmentRecord,
  groupEpochRecord,
  memberRecord,
  memberTombstones,
  partitionMetadataTombstone,
  regexTombstone,
  targetRecord,
} from './consumer-records';
import { groupTopics, mustLookUp, regexRecords, subscribedTopicIds } from './consumer-subscriptions';
import type { GroupRecord } from './group-records';
import { hashTopics } from './metadata-hash';
import type { World } from './step';

/** What a member says of itself with every heartbeat: null, and −1, stand for what it said before. */
export interface MemberUpdate {
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly subscribedTopicNames: readonly string[] | null;
  /** Empty for none. */
  readonly subscribedTopicRegex: string | null;
  readonly serverAssignor: string | null;
  readonly classic: ConsumerMember['classic'];
}

/** The member with what it says now: the same object where that is nothing new. */
export function updated(member: ConsumerMember, update: MemberUpdate): ConsumerMember {
  const instanceId = update.instanceId ?? member.instanceId;
  const rackId = update.rackId ?? member.rackId;
  const serverAssignor = update.serverAssignor ?? member.serverAssignor;
  const { clientId, clientHost, classic, subscribedTopicRegex: regex } = update;
  const rebalanceTimeoutMs = update.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : update.rebalanceTimeoutMs;
  const subscribedTopicNames = namesOf(member, update);
  const subscribedTopicRegex = regex === null ? member.subscribedTopicRegex : regex === '' ? null : regex;
  // Nearly every heartbeat has no news, and making an object costs more than all the rest of it.
  if (
    instanceId === member.instanceId &&
    rackId === member.rackId &&
    serverAssignor === member.serverAssignor &&
    clientId === member.clientId &&
    clientHost === member.clientHost &&
    classic === member.classic &&
    rebalanceTimeoutMs === member.rebalanceTimeoutMs &&
    subscribedTopicNames === member.subscribedTopicNames &&
    subscribedTopicRegex === member.subscribedTopicRegex
  )
    return member;
  const said = { instanceId, rackId, serverAssignor, clientId, clientHost, classic, rebalanceTimeoutMs };
  return { ...member, ...said, subscribedTopicNames, subscribedTopicRegex };
}

/** Sorts before it compares: names are a client's own, and may be any text. */
function namesOf({ subscribedTopicNames: before }: ConsumerMember, { subscribedTopicNames }: MemberUpdate) {
  if (subscribedTopicNames === null) return before;
  const names = subscribedNames(subscribedTopicNames);
  return areSame(names, before) ? before : names;
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, i) => name === b[i]));
}

export function hasSameSubscription(a: ConsumerMember, b: ConsumerMember): boolean {
  return a.subscribedTopicRegex === b.subscribedTopicRegex && areSame(a.subscribedTopicNames, b.subscribedTopicNames);
}

/** Adds a member, or puts down what `updated` made of it; nothing if that is nothing new. */
export function memberChange({ groupId, members }: ConsumerGroup, member: ConsumerMember): GroupRecord[] {
  return members.get(member.memberId) === member ? [] : [memberRecord(groupId, member)];
}

/** Gives a static member that comes back another id: it keeps all that it had and begins at epoch 0. */
export function replacement(group: ConsumerGroup, former: ConsumerMember, memberId: string): GroupRecord[] {
  const { groupId, targetAssignment } = group;
  const member: ConsumerMember = { ...former, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
  return [
    ...memberTombstones(groupId, former.memberId),
    memberRecord(groupId, member),
    targetRecord(groupId, memberId, targetAssignment.get(former.memberId) ?? noAssignment),
    currentAssignmentRecord(groupId, member),
  ];
}

/** Whether the topics that the group follows may look otherwise than when they were last looked at. */
export function mayHaveOtherTopics(group: ConsumerGroup, world: World): boolean {
  return group.seen !== world.image || mustLookUp(group, world);
}

/**
 * Follows subscriptions and topics: looks expressions up, and begins a new epoch where members subscribe to something
 * else or their topics have changed.
 *
 * @param hasChanged whether a member's subscription is another than before
 */
export function followTopics(group: ConsumerGroup, hasChanged: boolean, world: World): GroupRecord[] {
  const { groupId } = group;
  const records = regexRecords(group, world);
  const followed = foldConsumer(group, records)!;
  const hash = hashTopics(groupTopics(followed, world.image), world.image);
  const isOtherRegex = records.some(({ name, key, value }) => {
    if (name !== 'ConsumerGroupRegularExpression' || value === null) return false;
    const before = group.regexes.get(key.regularExpression)?.topics;
    return before?.size !== value.topics.length || value.topics.some((topic) => !before.has(topic));
  });
  if (hasChanged || isOtherRegex || hash !== group.metadataHash)
    records.push(groupEpochRecord(groupId, group.groupEpoch + 1, hash), ...withoutPartitionMetadata(group));
  return records;
}

function withoutPartitionMetadata({ groupId, hasPartitionMetadata }: ConsumerGroup): GroupRecord[] {
  return hasPartitionMetadata ? [partitionMetadataTombstone(groupId)] : [];
}

/**
 * Brings one member nearer to its target.
 *
 * @param owned what it says it owns
 * @param mayHaveUnsubscribed whether it, or the topics, changed since it was last looked at
 */
export function reconciliation(
  group: ConsumerGroup,
  member: ConsumerMember,
  owned: OwnedPartitions,
  mayHaveUnsubscribed: boolean,
  image: MetadataImage,
): GroupRecord[] {
  const { memberId, memberEpoch, state } = member;
  const targetEpoch = group.assignmentEpoch;
  if (state === 'STABLE' && memberEpoch === targetEpoch && !mayHaveUnsubscribed) return [];
  const next = reconcile(member, {
    targetEpoch,
    target: group.targetAssignment.get(memberId) ?? noAssignment,
    owned,
    subscribedTopicIds: subscribedTopicIds(member, group.regexes, image),
    mayHaveUnsubscribed,
    isHeldByAnother: heldByOthers(group, memberId),
  });
  return next === member ? [] : [currentAssignmentRecord(group.groupId, next)];
}

/** Says of a partition whether another member has it, or has yet to give it up; looks once per topic. */
function heldByOthers({ members }: ConsumerGroup, memberId: string) {
  const heldOf = new Map<string, Set<number>>();
  const add = (held: Set<number>, assignment: EpochAssignment, topicId: string) => {
    for (const partition of assignment.get(topicId)?.keys() ?? []) held.add(partition);
  };
  return (topicId: string, partition: number): boolean => {
    let held = heldOf.get(topicId);
    if (held === undefined) {
      heldOf.set(topicId, (held = new Set()));
      for (const other of members.values()) {
        if (other.memberId === memberId) continue;
        add(held, other.assigned, topicId);
        add(held, other.pendingRevocation, topicId);
      }
    }
    return held.has(partition);
  };
}

/** A static member goes for a while: it keeps what it has, and another may come in its place. */
export function departure({ groupId }: ConsumerGroup, member: ConsumerMember): GroupRecord[] {
  const zeroed = new Map([...member.assigned].map(([topicId, epochs]) => [topicId, zeros(epochs)]));
  const away = { ...member, memberEpoch: -2, assigned: zeroed, pendingRevocation: noPartitions };
  return [currentAssignmentRecord(groupId, away)];
}

/** Who comes back may commit in any epoch. */
function zeros(epochs: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...epochs.keys()].map((partition) => [partition, 0]));
}

/** Takes members out, with the expressions that nobody else subscribes to, and begins a new epoch. */
export function removal(group: ConsumerGroup, memberIds: readonly string[], { image }: World): GroupRecord[] {
  const { groupId } = group;
  const records = memberIds.flatMap((memberId) => memberTombstones(groupId, memberId));
  const left = foldConsumer(group, records)!;
  const used = new Set([...left.members.values()].map(({ subscribedTopicRegex }) => subscribedTopicRegex));
  for (const regex of left.regexes.keys()) if (!used.has(regex)) records.push(regexTombstone(groupId, regex));
  const hash = hashTopics(groupTopics(left, image), image);
  return [...records, groupEpochRecord(groupId, group.groupEpoch + 1, hash), ...withoutPartitionMetadata(group)];
}
