/**
 * Which requests a fault is about: by API, client, topic, partition, group, member, or whatever a function says. Checked
 * when it is given, so that a fault that could never happen is refused at once. Pure; called by faults.ts.
 */
import type { RequestBody } from '../pipeline/bodies';
import type { Request } from '../pipeline/seams';
import type { Api } from '../protocol/api';
import type { Schema } from '../protocol/schema';
import { checkNames, UsageError } from '../usage';
import { type Body, names, type Parts, partsOf } from './parts';

/** Which requests are meant; all that is given must be so. */
export interface Selector<Q extends Schema = Schema> {
  /** The client's `client.id`. */
  readonly clientId?: string;
  /** Requests about this topic, and of them no more than what is about it. */
  readonly topic?: string;
  /** With `topic`: only this partition. */
  readonly partition?: number;
  /** Requests about this group. */
  readonly group?: string;
  /** A member's id, or its `group.instance.id`. */
  readonly member?: string;
  /** Anything else. */
  readonly when?: (body: RequestBody<Q>, request: Request) => boolean;
}

const selectorNames = ['clientId', 'topic', 'partition', 'group', 'member', 'when'] satisfies (keyof Selector)[];

/** @throws UsageError for what cannot be meant, or not of these APIs */
export function checkSelector(selector: Selector, apis: readonly Api[] | null): void {
  if (typeof selector !== 'object' || selector === null)
    throw new UsageError(`faults.on: expected an API, or { ${selectorNames.join(', ')} }`);
  checkNames('faults.on', selector, selectorNames);
  const { topic, partition, group, member, clientId, when } = selector;
  for (const [name, value] of Object.entries({ topic, group, member, clientId })) {
    if (value !== undefined && typeof value !== 'string')
      throw new UsageError(`faults.on: ${name}: ${typeof value}, expected a text`);
  }
  if (when !== undefined && typeof when !== 'function')
    throw new UsageError(`faults.on: when: ${typeof when}, expected a function`);
  if (partition !== undefined && (!Number.isInteger(partition) || partition < 0))
    throw new UsageError(`faults.on: partition: ${partition}, expected a whole number of at least 0`);
  if (partition !== undefined && topic === undefined) throw new UsageError('faults.on: partition: of which topic?');
  for (const { name, request } of apis ?? []) {
    const { topics, groups } = names(name, request);
    if (topic !== undefined && !topics) throw new UsageError(`faults.on: topic: ${name} is about no topic`);
    if (group !== undefined && !groups) throw new UsageError(`faults.on: group: ${name} is about no group`);
    if (member !== undefined && !groups) throw new UsageError(`faults.on: member: ${name} is about no member`);
  }
}

/** The part of a request that a selector means; null: none. */
export function select(
  request: Request,
  apis: readonly Api[] | null,
  { topic, partition, group, member, clientId, when }: Selector,
  topicName: (id: string) => string | undefined,
): Parts | null {
  if (apis !== null && !apis.some(({ key }) => key === request.api.key)) return null;
  if (clientId !== undefined && clientId !== request.header.clientId) return null;
  if (member !== undefined && !isOfMember(request.body as Body, member)) return null;
  const parts = partsOf(request, { topic, partition, group }, topicName);
  return parts === null || (when !== undefined && !when(request.body as never, request)) ? null : parts;
}

function isOfMember(body: Body, member: string): boolean {
  const rows = [body, ...['members', 'groups'].flatMap((field) => (Array.isArray(body[field]) ? body[field] : []))];
  return rows.some(
    (row: Body) => row['memberId'] === member || row['groupInstanceId'] === member || row['instanceId'] === member,
  );
}

/** As a person says it: `Produce of topic orders, from client shop`. */
export function described(apis: readonly Api[] | null, selector: Selector): string {
  const { topic, partition, group, member, clientId, when } = selector;
  const what = apis === null ? 'any request' : apis.map(({ name }) => name).join(' or ');
  const of = [
    topic === undefined ? '' : ` of topic ${topic}`,
    partition === undefined ? '' : `-${partition}`,
    group === undefined ? '' : ` of group ${group}`,
    member === undefined ? '' : ` of member ${member}`,
    clientId === undefined ? '' : ` from client ${clientId}`,
    when === undefined ? '' : ' when asked for',
  ];
  return what + of.join('');
}
