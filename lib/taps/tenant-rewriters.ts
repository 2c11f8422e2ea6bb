/**
 * What becomes of an API's bodies between a tenant and the broker: names get the prefix on their way in and lose it on
 * their way out, and what an answer says of others is left out. Made of the schemas, once for each API; the parts of a
 * body that hold no name are not visited.
 *
 * What names a thing by itself is found by `nameKindOf`. What does so in another way is listed here, by API and path.
 */
import type { Api } from '../protocol/api';
import { isTopicId, nameKindOf } from '../protocol/named-fields';
import { type Change, type FieldAt, rewriter, type Struct } from '../protocol/rewrite';
import { type AnyField, covers, type Draft, type Schema } from '../protocol/schema';
import type { Tenant } from './tenant';
import { type Carried, type Rename, renamed } from './tenant-assignments';
import { regexToBroker, regexToClient } from './tenant-regex';
import { refuseDeletingAll, resourceFieldOf, resourceToBroker, resourceToClient } from './tenant-resources';

export interface Passing {
  readonly tenant: Tenant;
  /** Of the message. */
  readonly version: number;
  /** Of the group of a JoinGroup or SyncGroup; null where nobody says. */
  readonly protocolType: string | null;
}

/** Gives the very body where nothing changes. Throws a KafkaError for a request that no tenant may ask. */
export type Rewrite = (body: object, passing: Passing) => object;
type Choice = (at: FieldAt) => Change<Passing> | null;

/** Fields that Kafka's definitions do not call names, and that name things all the same. */
const keys: Readonly<Record<string, readonly string[]>> = {
  // A group, a transaction, or a group with a topic's id and partition behind it: by its beginning always a name.
  FindCoordinator: ['key', 'coordinatorKeys[]', 'coordinators[].key'],
};

/** Expressions over names. */
const regexes: readonly string[] = ['subscribedTopicRegex', 'sourceTopicRegex', 'transactionalIdPattern'];

/** Bytes with names inside, where the body says the type of the group. */
const carried: Readonly<Record<string, Carried>> = {
  'JoinGroup protocols[].metadata': 'subscription',
  'JoinGroup members[].metadata': 'subscription',
  'SyncGroup assignments[].assignment': 'assignment',
  'SyncGroup assignment': 'assignment',
};

/** Answers that give a group of the tenant's topics by their ids alone: they are its own. */
const givenById: readonly string[] = ['ConsumerGroupHeartbeat', 'ShareGroupHeartbeat', 'OffsetFetch'];

/** In the place of what is not the tenant's, until the list around it leaves it out. */
const strange = Symbol('of another tenant');

/** How requests of an API reach the broker. */
export function toBroker({ name, request }: Pick<Api, 'name' | 'request'>): Rewrite {
  return made(request, (at) => requestChange(name, at));
}

/** How answers of an API reach the tenant. */
export function toClient({ name, response }: Pick<Api, 'name' | 'response'>): Rewrite {
  return made(response, (at) => answerChange(name, at));
}

function made(schema: Schema, choice: Choice): Rewrite {
  const rewrite = rewriter<Schema, Passing>(schema, (at) => inItsVersions(at, choice(at)));
  return (body, passing) => rewrite(body as Draft<Schema>, passing);
}

/** What a version does not carry has its default, which names nothing. */
function inItsVersions({ field }: FieldAt, change: Change<Passing> | null): Change<Passing> | null {
  const { versions } = field.declared;
  if (change === null) return null;
  return (value, passing, siblings) => (covers(versions, passing.version) ? change(value, passing, siblings) : value);
}

function isKey(api: string, { path }: Pick<FieldAt, 'path'>): boolean {
  return keys[api]?.includes(path) ?? false;
}

function requestChange(api: string, at: FieldAt): Change<Passing> | null {
  const { name, path, field } = at;
  const { kind } = field.declared;
  if (isTopicId(at)) return (id, { tenant }) => tenant.ids.toBroker(id as string);
  const bytes = carried[`${api} ${path}`];
  if (bytes !== undefined) return inside(bytes, ({ tenant }) => tenant.toBroker);
  if (api === 'DeleteAcls' && path === 'filters[]') return (filter) => refuseDeletingAll(filter as Struct);
  const resource = resourceFieldOf(at);
  if (resource !== null) return (value, { tenant }, siblings) => resourceToBroker(resource, value, tenant, siblings);
  if (kind.is !== 'string') return null;
  if (regexes.includes(name)) return (regex, { tenant }) => regexToBroker(regex as string, tenant.prefix);
  // To go on with a listing from its beginning.
  if (path === 'cursor.topicName') return (value, { tenant }) => tenant.prefix + value;
  const kindOfName = nameKindOf(at);
  if (kindOfName === null && !isKey(api, at)) return null;
  // No topic has an empty name, which the broker is to say; a group may have one.
  const isTopic = kindOfName === 'topic';
  return (value, { tenant }) => (isTopic && value === '' ? value : tenant.toBroker(value as string));
}

function answerChange(api: string, at: FieldAt): Change<Passing> | null {
  const { name, path, field } = at;
  const { kind } = field.declared;
  if (isTopicId(at)) return learning(api);
  const bytes = carried[`${api} ${path}`];
  if (bytes !== undefined) return inside(bytes, ({ tenant }) => tenant.toClient);
  if (api === 'DescribeGroups' && path === 'groups[]') return describedGroup;
  if (api === 'DescribeTopicPartitions' && path === 'nextCursor') return nextCursor;
  if (kind.is === 'array') return listsNames(api, at, kind.element) ? withoutStrange : null;
  const resource = resourceFieldOf(at);
  if (resource !== null)
    return (value, { tenant }, siblings) => resourceToClient(resource, value, tenant, siblings) ?? strange;
  if (kind.is !== 'string') return null;
  if (regexes.includes(name)) return (regex, { tenant }) => regexToClient(regex as string, tenant.prefix) ?? '';
  if (nameKindOf(at) === null && !isKey(api, at)) return null;
  // An answer about a topic that the broker knows by nothing names it by nothing.
  return (value, { tenant }) => (value === '' ? value : (tenant.toClient(value as string) ?? strange));
}

/** Whether elements of a list can turn out to be strange: names, and structs with a name of their own. */
function listsNames(api: string, { name, path, parents }: FieldAt, element: AnyField): boolean {
  const { kind } = element.declared;
  if (kind.is === 'string') return nameKindOf({ name, parents, field: element }) !== null || regexes.includes(name);
  if (kind.is !== 'struct') return false;
  return Object.entries(kind.fields).some(([own, field]) => {
    const isName = nameKindOf({ name: own, parents: [...parents, name], field }) !== null;
    return isName || resourceFieldOf({ name: own }) === 'name' || isKey(api, { path: `${path}[].${own}` });
  });
}

function withoutStrange(value: unknown): unknown {
  const list = value as readonly unknown[];
  return list.some(isStrange) ? list.filter((element) => !isStrange(element)) : list;
}

function isStrange(element: unknown): boolean {
  if (typeof element !== 'object' || element === null) return element === strange;
  for (const name in element) if ((element as Struct)[name] === strange) return true;
  return false;
}

/** An id beside a name of the tenant's, or in an answer that only has the tenant's, is known from then on. */
function learning(api: string): Change<Passing> {
  const isGiven = givenById.includes(api);
  return (value, { tenant }, siblings) => {
    const id = value as string;
    const topic = siblings['name'] ?? siblings['topicName'] ?? siblings['topic'];
    const isOwn = typeof topic === 'string' && topic !== '' ? tenant.toClient(topic) !== null : isGiven;
    if (isOwn) tenant.ids.learn(id);
    return tenant.ids.toClient(id);
  };
}

function inside(what: Carried, rename: (passing: Passing) => Rename): Change<Passing> {
  return (value, passing) => renamed(value as Buffer, what, passing.protocolType, rename(passing));
}

function describedGroup(value: unknown, { tenant }: Passing): Struct {
  const group = value as { readonly protocolType: string; readonly members: readonly Struct[] };
  const told = (member: Struct, field: string, what: Carried) =>
    renamed(member[field] as Buffer, what, group.protocolType, tenant.toClient);
  const members = group.members.map((member) => ({
    ...member,
    memberMetadata: told(member, 'memberMetadata', 'subscription'),
    memberAssignment: told(member, 'memberAssignment', 'assignment'),
  }));
  return { ...group, members };
}

/**
 * Where to go on with a listing, in the order of the names. What is between the tenant's names and before them, the
 * tenant is not told: it goes on with its first one, or has seen all.
 */
function nextCursor(_value: unknown, { tenant }: Passing, siblings: Struct): unknown {
  const { topicName, partitionIndex } = siblings['nextCursor'] as { topicName: string; partitionIndex: number };
  const own = tenant.toClient(topicName);
  if (own !== null) return { topicName: own, partitionIndex };
  return topicName < tenant.prefix ? { topicName: '', partitionIndex: 0 } : null;
}
