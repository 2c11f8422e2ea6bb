/**
 * Taking away groups and committed offsets: when asked to, when their time is over, when their topic is gone. Pure; called
 * by shard.ts, which writes the records.
 *
 * The retention of an offset counts from when its group became empty, or from its commit where the group has no
 * members that could say (KIP-211); topics that a live group is subscribed to are kept.
 */
import type { Config } from '../../config';
import { errors, type KafkaError } from '../../errors';
import { zeroUuid } from '../../uuid';
import type { TopicPartition } from '../group-coordinator';
import { offsetsIn, offsetTombstone } from './committed-offsets';
import {
  type Group,
  isEmptyGroup,
  isForeign,
  type OwnGroup,
  offsetsMayBeDeleted,
  retentionBase,
  subscribesTo,
  tombstonesOf,
} from './group';
import type { GroupRecordDraft } from './group-records';
import type { CommittedOffset, GroupOffsets } from './requests';
import type { World } from './step';

/** What is to be written, and whether the group is gone then. */
export interface Removal {
  readonly records: readonly GroupRecordDraft[];
  readonly removesGroup: boolean;
}

/** Removes a group with all that it has committed. Throws GROUP_ID_NOT_FOUND or NON_EMPTY_GROUP. */
export function deleteGroup(group: Group | null, groupId: string, offsets: GroupOffsets): Removal {
  const own = checked(group, groupId, isEmptyGroup);
  const all = [...offsetsIn(offsets)].map(({ topic, partition }) => offsetTombstone(groupId, topic, partition));
  return { records: [...all, ...tombstonesOf(own)], removesGroup: true };
}

/** Removes some offsets of a group; one error for each. Throws GROUP_ID_NOT_FOUND or NON_EMPTY_GROUP. */
export function deleteOffsets(
  group: Group | null,
  groupId: string,
  offsets: GroupOffsets,
  partitions: readonly TopicPartition[],
): Removal & { readonly errors: KafkaError[] } {
  const own = checked(group, groupId, offsetsMayBeDeleted);
  // By what each takes away: a request may name one partition very many times.
  const records = new Map<CommittedOffset, GroupRecordDraft>();
  const outcomes = partitions.map(({ topic, partition }) => {
    if (subscribesTo(own, topic)) return errors.GROUP_SUBSCRIBED_TO_TOPIC;
    const committed = offsets.get(topic)?.get(partition);
    if (committed !== undefined) records.set(committed, offsetTombstone(groupId, topic, partition));
    return errors.NONE;
  });
  return { records: [...records.values()], removesGroup: false, errors: outcomes };
}

/** The group, if it is one that clients may take from, as `allows` has it. */
function checked(group: Group | null, groupId: string, allows: (group: OwnGroup) => boolean): OwnGroup {
  if (group === null || isForeign(group)) throw errors.GROUP_ID_NOT_FOUND.because(`group '${groupId}' not found`);
  if (!allows(group)) throw errors.NON_EMPTY_GROUP.because(`group '${groupId}' has members`);
  return group;
}

/** Offsets whose time is over, and the group itself where it is empty and has none left. */
export function expire(group: Group | null, groupId: string, offsets: GroupOffsets, world: World): Removal {
  const records: GroupRecordDraft[] = [];
  let left = 0;
  for (const committed of offsetsIn(offsets)) {
    const { topic, partition } = committed;
    const isOver = isExpired(group, committed, world) && !(group !== null && subscribesTo(group, topic));
    if (isOver) records.push(offsetTombstone(groupId, topic, partition));
    else left++;
  }
  if (left > 0 || group === null || isForeign(group) || !isEmptyGroup(group)) return { records, removesGroup: false };
  return { records: [...records, ...tombstonesOf(group)], removesGroup: true };
}

function isExpired(group: Group | null, committed: CommittedOffset, { nowMs, config }: World): boolean {
  if (committed.expireTimestampMs >= 0) return nowMs >= committed.expireTimestampMs;
  const baseMs = group === null ? committed.commitTimestampMs : retentionBase(group, committed);
  return baseMs !== null && nowMs - baseMs >= retentionMs(config);
}

function retentionMs(config: Config): number {
  return config['offsets.retention.minutes'] * 60_000;
}

/** Offsets of topics that are no more. */
export function forgetTopics(groupId: string, offsets: GroupOffsets, deleted: ReadonlyMap<string, string>): Removal {
  const records: GroupRecordDraft[] = [];
  for (const { topic, topicId, partition } of offsetsIn(offsets)) {
    const id = deleted.get(topic);
    // A topic of the same name may have been made since: what was committed for that one stays.
    if (id !== undefined && (topicId === zeroUuid || topicId === id))
      records.push(offsetTombstone(groupId, topic, partition));
  }
  return { records, removesGroup: false };
}
