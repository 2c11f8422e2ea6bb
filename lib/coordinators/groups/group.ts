/**
 * A group of any type, and what can be asked of it: this file and group-step.ts are the places that decide by type.
 */
import type { KafkaError } from '../../errors';
import type { MetadataImage } from '../../storage/metadata-image';
import type { ClassicGroup } from './classic-group';
import { classicSubscribes, describeClassic } from './classic-queries';
import { classicTombstone } from './classic-record';
import type { ConsumerGroup } from './consumer-group';
import { checkConsumerFetch, consumerGroupState, consumerSubscribes, describeConsumer } from './consumer-queries';
import { consumerTombstones } from './consumer-records';
import type { GroupRecordDraft } from './group-records';
import type {
  CommittedOffset,
  DescribedClassicGroup,
  DescribedConsumerGroup,
  ListedGroup,
  OffsetFetchRequest,
} from './requests';

/** A share or streams group that the log knows of: it is listed and its name is taken. */
export interface ForeignGroup {
  readonly type: 'share' | 'streams';
  readonly groupId: string;
  readonly members: ReadonlySet<string>;
}

/** A group whose members consume, and commit offsets. */
export type OwnGroup = ClassicGroup | ConsumerGroup;
export type Group = OwnGroup | ForeignGroup;

export function isForeign(group: Group): group is ForeignGroup {
  return group.type === 'share' || group.type === 'streams';
}

export function listed(group: Group): ListedGroup {
  const { groupId, type } = group;
  if (group.type === 'classic') return { groupId, type, protocolType: group.protocolType ?? '', state: group.state };
  if (group.type === 'consumer') return { groupId, type, protocolType: 'consumer', state: consumerGroupState(group) };
  return { groupId, type, protocolType: type, state: group.members.size === 0 ? 'Empty' : 'Stable' };
}

export function describeClassicGroup(group: Group | null): DescribedClassicGroup | null {
  return group?.type === 'classic' ? describeClassic(group) : null;
}

/** @param defaultAssignor what it is said to use where no member asks for one */
export function describeConsumerGroup(
  group: Group | null,
  image: MetadataImage,
  defaultAssignor: string | undefined,
): DescribedConsumerGroup | null {
  return group?.type === 'consumer' ? describeConsumer(group, image, defaultAssignor) : null;
}

/** Whether nobody is in the group, and so it may go. */
export function isEmptyGroup(group: OwnGroup): boolean {
  return group.type === 'classic' ? group.state === 'Empty' : group.members.size === 0;
}

/** Whether offsets may be taken away one by one: members of unknown protocols might rely on any of them. */
export function offsetsMayBeDeleted(group: OwnGroup): boolean {
  return isEmptyGroup(group) || group.type === 'consumer' || group.protocolType === 'consumer';
}

/** Whether live members read this topic. */
export function subscribesTo(group: Group, topic: string): boolean {
  if (group.type === 'classic') return classicSubscribes(group, topic);
  return group.type === 'consumer' && consumerSubscribes(group, topic);
}

/** What the retention of an offset counts from, in ms; null: it does not run. */
export function retentionBase(group: Group, { commitTimestampMs }: CommittedOffset): number | null {
  if (group.type !== 'classic' || group.protocolType === null) return commitTimestampMs;
  if (group.state === 'Empty') return group.stateSinceMs < 0 ? commitTimestampMs : group.stateSinceMs;
  return group.state === 'Stable' && group.protocolType === 'consumer' ? commitTimestampMs : null;
}

/** Why who reads offsets may not; null: they may. Classic members are not asked who they are. */
export function checkFetch(group: Group | null, request: OffsetFetchRequest): KafkaError | null {
  return group?.type === 'consumer' ? checkConsumerFetch(group, request) : null;
}

/** The records that take a group away. */
export function tombstonesOf(group: OwnGroup): GroupRecordDraft[] {
  return group.type === 'classic' ? [classicTombstone(group)] : consumerTombstones(group);
}
