/**
 * Who should have which partition: the target assignment of a consumer group, made by an assignor on the broker
 * (org.apache.kafka.coordinator.group.modern.TargetAssignmentBuilder). Called by consumer-member.ts.
 */
import type { Config } from '../../config';
import type { MetadataImage, TopicImage } from '../../storage/metadata-image';
import { type Assignor, type AssignorMember, type AssignorTopic, assignorOf } from './assignors/assignor';
import { type ConsumerGroup, noAssignment } from './consumer-group';
import { assignmentEpochRecord, targetRecord } from './consumer-records';
import { subscribedTopicIds } from './consumer-subscriptions';
import type { GroupRecord } from './group-records';
import type { Assignment } from './requests';
import type { World } from './step';

/**
 * Whether a new target assignment may be made: the group has changed, and the last one was made long enough ago
 * (KIP-1263), so that many who come at once are assigned at once. Who is alone need not wait for anybody.
 */
export function isAssignmentDue(group: ConsumerGroup, intervalMs: number, { nowMs }: World): boolean {
  if (group.groupEpoch <= group.assignmentEpoch) return false;
  if (group.members.size === 1) return true;
  const sinceMs = nowMs - group.assignmentTimestampMs;
  // Less than nothing: the clock was set back.
  return sinceMs >= intervalMs || sinceMs < 0;
}

/** Makes a new target assignment: a record for each member for whom it is another than before, and its epoch. */
export function assign(group: ConsumerGroup, { image, config, nowMs }: World): GroupRecord[] {
  const { groupId, targetAssignment } = group;
  const topics = new Map<string, AssignorTopic>();
  const targets = assignorFor(group, config)(membersOf(group, image, topics), topics);
  const records: GroupRecord[] = [];
  for (const [memberId, target] of targets) {
    const before = targetAssignment.get(memberId);
    if (before === undefined || !isSame(before, target)) records.push(targetRecord(groupId, memberId, target));
  }
  return [...records, assignmentEpochRecord(groupId, group.groupEpoch, nowMs)];
}

/** The assignor that most members ask for; null where nobody asks for one. */
export function preferredAssignor(group: ConsumerGroup): string | null {
  const votes = new Map<string, number>();
  for (const { serverAssignor } of group.members.values())
    if (serverAssignor !== null) votes.set(serverAssignor, (votes.get(serverAssignor) ?? 0) + 1);
  let [preferred, most] = [null as string | null, 0];
  for (const [name, count] of votes) if (count > most) [preferred, most] = [name, count];
  return preferred;
}

/** A group from another broker may ask for an assignor that is not here. */
function assignorFor(group: ConsumerGroup, config: Config): Assignor {
  const names = [preferredAssignor(group), ...config['group.consumer.assignors'], 'uniform'];
  for (const name of names) {
    const assignor = name === null ? undefined : assignorOf(name);
    if (assignor !== undefined) return assignor;
  }
  throw new Error('there is no assignor');
}

/** Adds to `topics` those that they subscribe to. */
function membersOf(group: ConsumerGroup, image: MetadataImage, topics: Map<string, AssignorTopic>) {
  const members = new Map<string, AssignorMember>();
  for (const member of group.members.values()) {
    const { memberId, instanceId, rackId } = member;
    const topicIds = subscribedTopicIds(member, group.regexes, image);
    for (const id of topicIds) if (!topics.has(id)) topics.set(id, topicOf(image.topicsById.get(id)!, image));
    const assigned = group.targetAssignment.get(memberId) ?? noAssignment;
    members.set(memberId, { memberId, instanceId, rackId, topicIds, assigned });
  }
  return members;
}

function topicOf({ id, name, partitions }: TopicImage, { brokers }: MetadataImage): AssignorTopic {
  const racks = (partition: number): string[] =>
    (partitions[partition]?.replicas ?? []).flatMap((nodeId) => brokers.get(nodeId)?.rack ?? []);
  return { id, name, partitions: partitions.length, racks };
}

function isSame(a: Assignment, b: Assignment): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId);
    if (others?.length !== partitions.length || partitions.some((partition, i) => others[i] !== partition))
      return false;
  }
  return true;
}
