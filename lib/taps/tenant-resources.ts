/**
 * Names of resources in requests and answers about configurations and ACLs: whether one is a topic's, a group's or a
 * transaction's is said by a number beside it. All else (brokers, the cluster, users) is not the tenant's own, and stays.
 *
 * An ACL for all names (`*`) is one for all names with the tenant's prefix to the broker.
 */
import { errors } from '../errors';
import type { FieldAt, Struct } from '../protocol/rewrite';
import type { Tenant } from './tenant';

/** Resource types of configurations: topics and groups (org.apache.kafka.common.config.ConfigResource). */
const configTypes: readonly unknown[] = [2, 32];
/** Resource types of ACLs: any, topics, groups and transactions (org.apache.kafka.common.resource.ResourceType). */
const aclTypes: readonly unknown[] = [1, 2, 3, 5];
const literal = 3;
const prefixed = 4;
const everyName = '*';

const nameFields: readonly string[] = ['resourceName', 'resourceNameFilter'];
const patternFields: readonly string[] = ['patternType', 'resourcePatternType', 'patternTypeFilter'];

export type ResourceField = 'name' | 'pattern';

/** What a field says of a resource; null: nothing. */
export function resourceFieldOf({ name }: Pick<FieldAt, 'name'>): ResourceField | null {
  if (nameFields.includes(name)) return 'name';
  return patternFields.includes(name) ? 'pattern' : null;
}

/** Whether the struct is about something that has a tenant's name. */
function isNamed(siblings: Struct): boolean {
  const pattern = patternFields.some((name) => name in siblings);
  const type = siblings['resourceType'] ?? siblings['resourceTypeFilter'];
  return (pattern ? aclTypes : configTypes).includes(type);
}

function said(siblings: Struct, names: readonly string[]): unknown {
  const name = names.find((each) => each in siblings);
  return name === undefined ? undefined : siblings[name];
}

/** An ACL for all names, as the tenant says it. */
function isForAll(siblings: Struct): boolean {
  return said(siblings, nameFields) === everyName && said(siblings, patternFields) === literal;
}

/** The same, as the broker says it. */
function isForPrefix({ prefix }: Tenant, siblings: Struct): boolean {
  return said(siblings, nameFields) === prefix && said(siblings, patternFields) === prefixed;
}

export function resourceToBroker(field: ResourceField, value: unknown, tenant: Tenant, siblings: Struct): unknown {
  if (!isNamed(siblings)) return value;
  if (field === 'pattern') return isForAll(siblings) ? prefixed : value;
  return isForAll(siblings) ? tenant.prefix : tenant.toBroker(value as string);
}

/** Null for the name of what is not the tenant's. */
export function resourceToClient(field: ResourceField, value: unknown, tenant: Tenant, siblings: Struct): unknown {
  if (!isNamed(siblings)) return value;
  const isAll = isForPrefix(tenant, siblings);
  if (field === 'pattern') return isAll ? literal : value;
  return isAll ? everyName : tenant.toClient(value as string);
}

/** A filter without a name would delete what is not the tenant's. @throws KafkaError INVALID_REQUEST */
export function refuseDeletingAll(filter: Struct): Struct {
  if (filter['resourceNameFilter'] === null && aclTypes.includes(filter['resourceTypeFilter']))
    throw errors.INVALID_REQUEST.because('a tenant has to name the resources whose ACLs it deletes');
  return filter;
}
