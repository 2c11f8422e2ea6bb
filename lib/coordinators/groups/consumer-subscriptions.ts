/**
 * What a consumer group subscribes to: names, and regular expressions that are looked up among the topics there are
 * (KIP-848, version 1). Called by consumer-changes.ts and consumer-target.ts.
 *
 * What an expression stands for is in the log, with when it was looked up and in which metadata. It is looked up again
 * when topics came or went, and at latest after `group.consumer.regex.refresh.interval.ms`. Internal topics match like
 * any other, as they do in Kafka: only subscriptions of the classic protocol leave them out, in the client.
 *
 * Not done: leaving out topics that the member may not describe.
 */
import { KafkaError } from '../../errors';
import { compileRegex } from '../../regex';
import type { MetadataImage } from '../../storage/metadata-image';
import { removedValues } from '../../storage/sharded-map';
import type { ConsumerGroup, ConsumerMember, ResolvedRegex } from './consumer-group';
import { regexRecord, regexTombstone } from './consumer-records';
import type { GroupRecord } from './group-records';
import type { World } from './step';

/** Names that a member subscribes to, and that topics have. */
export function* subscribedTopics(
  { subscribedTopicNames, subscribedTopicRegex }: ConsumerMember,
  regexes: ConsumerGroup['regexes'],
  { topicsByName }: MetadataImage,
): Generator<string> {
  for (const name of subscribedTopicNames) if (topicsByName.has(name)) yield name;
  if (subscribedTopicRegex === null) return;
  for (const name of regexes.get(subscribedTopicRegex)?.topics ?? []) if (topicsByName.has(name)) yield name;
}

/** Ids of the topics that a member subscribes to. */
export function subscribedTopicIds(
  member: ConsumerMember,
  regexes: ConsumerGroup['regexes'],
  image: MetadataImage,
): Set<string> {
  const ids = new Set<string>();
  for (const name of subscribedTopics(member, regexes, image)) ids.add(image.topicsByName.get(name)!.id);
  return ids;
}

/** Names of the topics that any member subscribes to. */
export function groupTopics({ members, regexes }: ConsumerGroup, image: MetadataImage): Set<string> {
  const names = new Set<string>();
  for (const member of members.values()) for (const name of subscribedTopics(member, regexes, image)) names.add(name);
  return names;
}

/** Throws INVALID_REGULAR_EXPRESSION where an expression is none; those that the group knows are. */
export function checkRegex(group: ConsumerGroup | null, regex: string | null): void {
  if (regex !== null && regex !== '' && !group?.regexes.has(regex)) compileRegex(regex);
}

/** Whether what the group's expressions stand for may have changed. */
export function mustLookUp({ regexes, seen }: ConsumerGroup, { image, nowMs, config }: World): boolean {
  if (regexes.size === 0) return false;
  if (seen === null || haveOtherTopics(seen, image)) return true;
  const refreshMs = config['group.consumer.regex.refresh.interval.ms'];
  for (const { timestampMs } of regexes.values()) if (nowMs - timestampMs >= refreshMs) return true;
  return false;
}

/**
 * Brings the group's expressions up to date: those that nobody subscribes to go, new ones are looked up, and old ones
 * again where that is due.
 */
export function regexRecords(group: ConsumerGroup, world: World): GroupRecord[] {
  const { groupId, members, regexes } = group;
  const used = new Set<string>();
  for (const { subscribedTopicRegex } of members.values())
    if (subscribedTopicRegex !== null) used.add(subscribedTopicRegex);
  const records: GroupRecord[] = [];
  for (const regex of regexes.keys()) if (!used.has(regex)) records.push(regexTombstone(groupId, regex));
  if (used.size === 0) return records;
  const isDue = mustLookUp(group, world);
  for (const regex of used) {
    const known = regexes.get(regex);
    if (known !== undefined && !isDue) continue;
    const found = lookUp(regex, known, world);
    if (known === undefined || !isSame(known, found, world)) records.push(regexRecord(groupId, regex, found));
  }
  return records;
}

function lookUp(regex: string, known: ResolvedRegex | undefined, { image, nowMs }: World): ResolvedRegex {
  const topics = new Set<string>();
  try {
    const compiled = compileRegex(regex);
    for (const name of image.topicsByName.keys()) if (compiled.matches(name)) topics.add(name);
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    // Another broker has taken it; it goes on standing for what it stood for there.
    for (const name of known?.topics ?? []) topics.add(name);
  }
  return { topics, version: image.lastOffset, timestampMs: nowMs };
}

/** Whether it need not be written again: it stands for the same, and was looked up not long ago. */
function isSame(known: ResolvedRegex, found: ResolvedRegex, { nowMs, config }: World): boolean {
  if (nowMs - known.timestampMs >= config['group.consumer.regex.refresh.interval.ms']) return false;
  if (known.topics.size !== found.topics.size) return false;
  for (const name of found.topics) if (!known.topics.has(name)) return false;
  return true;
}

function haveOtherTopics(before: MetadataImage, after: MetadataImage): boolean {
  if (before.topicsByName === after.topicsByName) return false;
  for (const _ of removedValues(before.topicsByName, after.topicsByName)) return true;
  for (const _ of removedValues(after.topicsByName, before.topicsByName)) return true;
  return false;
}
