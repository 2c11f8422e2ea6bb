/**
 * Groups as their records have them: what a shard knows once it has read its partition. Called by shard.ts.
 *
 * Where the log has records of two types for one name, the group is what the last of them says; a conversion takes the
 * records of the type before away, so that happens in damaged logs only.
 */
import { newClassicGroup } from './classic-group';
import { foldClassic } from './classic-record';
import { foldConsumer } from './consumer-fold';
import type { ForeignGroup, Group } from './group';
import { type GroupRecord, groupIdOf } from './group-records';
import type { GroupType } from './requests';

/**
 * @param records the latest of each key, in the order of the log
 * @param committing groups that are there even if no record says so: open transactions commit to them
 * @param nowMs since when groups are said to be there of which only offsets are kept
 */
export function foldGroups(
  records: Iterable<GroupRecord>,
  committing: Iterable<string>,
  nowMs: number,
): Map<string, Group> {
  const recordsOf = new Map<string, Map<GroupType, GroupRecord[]>>();
  for (const record of records) {
    const id = groupIdOf(record.key);
    let ofGroup = recordsOf.get(id);
    if (ofGroup === undefined) recordsOf.set(id, (ofGroup = new Map()));
    const type = typeOf(record);
    const ofType = ofGroup.get(type) ?? [];
    // The type that spoke last stands last.
    ofGroup.delete(type);
    ofGroup.set(type, ofType);
    ofType.push(record);
  }
  const groups = new Map<string, Group>();
  for (const [id, ofGroup] of recordsOf) {
    for (const [type, ofType] of ofGroup) {
      const group = foldGroup(id, type, ofType);
      if (group !== null) groups.set(id, group);
    }
    // Offsets of nobody: a group that only commits.
    if (!groups.has(id) && ofGroup.has('classic')) groups.set(id, newClassicGroup(id, nowMs));
  }
  for (const id of committing) if (!groups.has(id)) groups.set(id, newClassicGroup(id, nowMs));
  return groups;
}

function typeOf({ name }: GroupRecord): GroupType {
  if (name.startsWith('Consumer')) return 'consumer';
  if (name.startsWith('Share')) return 'share';
  return name.startsWith('Streams') ? 'streams' : 'classic';
}

function foldGroup(groupId: string, type: GroupType, records: readonly GroupRecord[]): Group | null {
  if (type === 'consumer') return foldConsumer(null, records);
  if (type === 'share' || type === 'streams') return foldForeign(groupId, type, records);
  let group = null;
  for (const record of records) if (record.name === 'GroupMetadata') group = foldClassic(group, record);
  return group;
}

function foldForeign(groupId: string, type: 'share' | 'streams', records: readonly GroupRecord[]): ForeignGroup | null {
  const members = new Set<string>();
  for (const { key } of records) if ('memberId' in key) members.add(key.memberId);
  const isThere = records.some(({ name }) => name === 'ShareGroupMetadata' || name === 'StreamsGroupMetadata');
  return isThere ? { type, groupId, members } : null;
}
