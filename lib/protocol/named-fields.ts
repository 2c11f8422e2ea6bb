/**
 * What fields of Kafka's messages stand for: which name a topic, a group or a transaction, which are ids of topics, which say
 * errors. Told by the names of the fields, so that a new API is covered by its declaration. Pure; called by whoever looks at
 * bodies of any API.
 *
 * A spec holds it to what Kafka's own definitions say (`entityType`), over every message of every API.
 */
import type { FieldAt, Struct } from './rewrite';

export type NameKind = 'topic' | 'group' | 'transaction';

const kinds: Readonly<Record<string, NameKind>> = {
  topic: 'topic',
  topicName: 'topic',
  topicNames: 'topic',
  subscribedTopicNames: 'topic',
  sinkTopic: 'topic',
  sourceTopics: 'topic',
  repartitionSinkTopics: 'topic',
  groupId: 'group',
  groupIds: 'group',
  groupsNames: 'group',
  groups: 'group',
  transactionalId: 'transaction',
  transactionalIds: 'transaction',
  v3AndBelowTransactionalId: 'transaction',
};

/** Lists whose elements have a topic's name under `name`. */
const topicLists: readonly string[] = [
  'topics',
  'topicData',
  'topicResults',
  'v3AndBelowTopics',
  'resultsByTopicV3AndBelow',
  'repartitionSourceTopics',
  'stateChangelogTopics',
  // of answers to Produce, DeleteTopics and AlterPartitionReassignments, and to CreatePartitions
  'responses',
  'results',
];

/** `resourceType` of a topic, beside `resourceName`; `keyType` of a group, beside FindCoordinator's keys. */
const topicResource = 2;
const groupKey = 0;

/** What a text field, or the elements of a list of texts, name; null: nothing of these. */
export function nameKindOf({ name, parents, field }: Pick<FieldAt, 'name' | 'parents' | 'field'>): NameKind | null {
  if (field.declared.kind.is !== 'string') return null;
  if (name === 'name') return topicLists.includes(parents.at(-1) ?? '') ? 'topic' : null;
  return kinds[name] ?? null;
}

/** What the bytes of a field carry where a group speaks the consumer protocol of classic groups; null: not that. */
export function carriedBy({ name, field }: Pick<FieldAt, 'name' | 'field'>): 'subscription' | 'assignment' | null {
  if (field.declared.kind.is !== 'bytes') return null;
  if (name === 'metadata' || name === 'memberMetadata') return 'subscription';
  return name === 'assignment' || name === 'memberAssignment' ? 'assignment' : null;
}

/** Whether a field is the id of a topic. */
export function isTopicId({ name, field }: Pick<FieldAt, 'name' | 'field'>): boolean {
  return field.declared.kind.is === 'uuid' && name === 'topicId';
}

/** Whether a field may name a topic, depending on what stands beside it (`namesTopic`). */
export function isResourceName({ name }: FieldAt): boolean {
  return name === 'resourceName';
}

/** Whether the resource that a struct names is a topic. */
export function namesTopic(siblings: Struct): boolean {
  return siblings['resourceType'] === topicResource;
}

/** Whether a field of FindCoordinator may be the id of a group, depending on what stands beside it (`namesGroup`). */
export function isCoordinatorKey({ name, parents, field }: FieldAt): boolean {
  const isKey = name === 'coordinatorKeys' || (name === 'key' && parents.length === 0);
  return isKey && field.declared.kind.is === 'string';
}

/** Whether the coordinators asked for are those of groups. */
export function namesGroup(siblings: Struct): boolean {
  return siblings['keyType'] === groupKey;
}

/** The name of the topic whose id stands in a struct, if it is there too. */
export function topicBeside(siblings: Struct): string | null {
  for (const name of ['name', 'topic', 'topicName']) {
    const value = siblings[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

export function isErrorCode({ name, field }: FieldAt): boolean {
  return /errorCode$/i.test(name) && field.declared.kind.is === 'int16';
}
