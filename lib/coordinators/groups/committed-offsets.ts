/**
 * The offsets that groups have committed, as the records of one partition of `__consumer_offsets` say (OffsetManager).
 * Owned by shard.ts, which applies every record that is written. Everybody else reads.
 *
 * What always holds: a group or a topic without offsets has no entry.
 *
 * Not done: offsets of open transactions.
 */
import { zeroUuid } from '../../uuid';
import type { GroupRecord, GroupRecordDraft } from './group-records';
import type { CommittedOffset, GroupOffsets, OffsetToCommit } from './requests';

export type OffsetRecord = GroupRecord<'OffsetCommit' | 'LegacyOffsetCommit'>;

const nothing: GroupOffsets = new Map();

export class CommittedOffsets {
  private readonly byGroup = new Map<string, Map<string, Map<number, CommittedOffset>>>();

  /** The live map of a group, empty if it has none. */
  of(groupId: string): GroupOffsets {
    return this.byGroup.get(groupId) ?? nothing;
  }

  /** Groups that have offsets. */
  get groupIds(): Iterable<string> {
    return this.byGroup.keys();
  }

  /** What a record says that was read or is being written. */
  apply({ key, value }: OffsetRecord | GroupRecordDraft<'OffsetCommit'>): void {
    if (value === null) {
      this.remove(key.group, key.topic, key.partition);
      return;
    }
    const topics = entry(this.byGroup, key.group, () => new Map<string, Map<number, CommittedOffset>>());
    const partitions = entry(topics, key.topic, () => new Map<number, CommittedOffset>());
    partitions.set(key.partition, {
      offset: value.offset,
      leaderEpoch: ('leaderEpoch' in value ? value.leaderEpoch : undefined) ?? -1,
      metadata: value.metadata,
      // An int64 that no number can hold would not go with the clock's.
      commitTimestampMs: Number(value.commitTimestamp),
      expireTimestampMs: Number(('expireTimestamp' in value ? value.expireTimestamp : undefined) ?? -1),
      topicId: ('topicId' in value ? value.topicId : undefined) ?? zeroUuid,
    });
  }

  private remove(group: string, topic: string, partition: number): void {
    const topics = this.byGroup.get(group);
    const partitions = topics?.get(topic);
    partitions?.delete(partition);
    if (partitions?.size === 0) topics?.delete(topic);
    if (topics?.size === 0) this.byGroup.delete(group);
  }
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = make()));
  return found;
}

/** Version of the record that can say when an offset is to go. */
const expiringVersion = 1;

/** The record of one committed offset. */
export function offsetRecord(
  group: string,
  { topic, topicId, partition, offset, leaderEpoch, metadata }: OffsetToCommit,
  nowMs: number,
  retentionTimeMs: number,
): GroupRecordDraft<'OffsetCommit'> {
  const key = { group, topic, partition };
  const commitTimestamp = nowMs;
  if (retentionTimeMs < 0)
    return { name: 'OffsetCommit', key, value: { offset, leaderEpoch, metadata, commitTimestamp, topicId } };
  // The version that can say this has no room for the rest.
  const value = { offset, metadata, commitTimestamp, expireTimestamp: expiryOf(nowMs, retentionTimeMs) };
  return { name: 'OffsetCommit', key, value, version: expiringVersion };
}

/** A client may ask for more than there are numbers for. */
function expiryOf(nowMs: number, retentionTimeMs: number): number {
  return Math.min(nowMs + Number(retentionTimeMs), Number.MAX_SAFE_INTEGER);
}

/** The record that takes a committed offset away. */
export function offsetTombstone(group: string, topic: string, partition: number): GroupRecordDraft<'OffsetCommit'> {
  return { name: 'OffsetCommit', key: { group, topic, partition }, value: null };
}

/** Every committed offset of a group, one by one. */
export function* offsetsIn(offsets: GroupOffsets): Generator<CommittedOffset & { topic: string; partition: number }> {
  for (const [topic, partitions] of offsets)
    for (const [partition, committed] of partitions) yield { ...committed, topic, partition };
}

export function isOffsetRecord(record: GroupRecord): record is OffsetRecord {
  return record.name === 'OffsetCommit' || record.name === 'LegacyOffsetCommit';
}
