/**
 * The shape of a message for whoever replays and compares: its fields with the kinds of ids that they hold, what of a struct
 * says where an id belongs, and what tells the elements of an array apart. Made of a schema once.
 */

import type { Body } from '../capture/recorded';
import type { AnyField, Primitive, Schema } from '../protocol/schema';
import { type IdKind, idKindOf } from './ids/id-kinds';
import type { IdPlace, LearnedIds } from './ids/learned-ids';

export type FieldShape =
  | { readonly is: 'struct'; readonly name: string; readonly shape: StructShape }
  | { readonly is: 'structs'; readonly name: string; readonly shape: StructShape }
  | { readonly is: 'value' | 'values'; readonly name: string; readonly type: Primitive; readonly kind: IdKind | null };

export interface StructShape {
  readonly fields: readonly FieldShape[];
  /** Fields that say which one of several a struct is, as far as they are the same in every broker. */
  readonly keys: readonly string[];
  /** The same, ids that live in a broker. */
  readonly idKeys: readonly { readonly name: string; readonly kind: IdKind }[];
}

/** What names something in Kafka's messages, wherever it stands in an array. */
const keyNames = new Set([
  'apiKey',
  'entityType',
  'groupId',
  'key',
  'name',
  'partition',
  'partitionId',
  'partitionIndex',
  'index',
  'resourceName',
  'resourceType',
  'source',
  'topic',
  'topicName',
  'transactionalId',
  'user',
  'mechanism',
  'principal',
  'operation',
  'host',
  'permissionType',
  'patternType',
  'entityName',
  'instanceId',
  'groupInstanceId',
]);
const idKeyNames = new Set(['topicId', 'memberId', 'nodeId', 'brokerId', 'producerId', 'replicaId']);
/** Names of an array in which an element's address may differ: it must not tell brokers apart. */
const addressed = new Set(['brokers', 'nodeEndpoints', 'coordinators', 'listeners', 'members']);

const shapes = new WeakMap<Schema, StructShape>();

export function shapeOf(schema: Schema): StructShape {
  let shape = shapes.get(schema);
  if (shape === undefined) shapes.set(schema, (shape = structShape(schema, '')));
  return shape;
}

function structShape(schema: Schema, parent: string): StructShape {
  const fields = Object.entries(schema).map(([name, field]) => fieldShape(parent, name, field));
  const keys = fields.filter((field) => field.is === 'value' && field.kind === null && keyNames.has(field.name));
  const idKeys = fields.flatMap((field) =>
    field.is === 'value' && field.kind !== null && idKeyNames.has(field.name)
      ? { name: field.name, kind: field.kind }
      : [],
  );
  const names = keys.map(({ name }) => name).filter((name) => name !== 'host' || !addressed.has(parent));
  return { fields, keys: names, idKeys };
}

function fieldShape(parent: string, name: string, { declared: { kind } }: AnyField): FieldShape {
  if (kind.is === 'struct') return { is: 'struct', name, shape: structShape(kind.fields, name) };
  if (kind.is !== 'array') return { is: 'value', name, type: kind.is, kind: idKindOf(parent, name, kind.is) };
  const element = kind.element.declared.kind;
  if (element.is === 'struct') return { is: 'structs', name, shape: structShape(element.fields, name) };
  if (element.is === 'array') throw new TypeError(`${name} is an array of arrays, which no message of Kafka has`);
  return { is: 'values', name, type: element.is, kind: idKindOf(parent, name, element.is) };
}

/** Fields that say the topic, the partition, the group and the producer of the ids in and beneath their struct. */
const topicFields = ['name', 'topic', 'topicName'] as const;
const partitionFields = ['partitionIndex', 'partition', 'index', 'partitionId'] as const;
const producerFields = ['producerId', 'v3AndBelowProducerId', 'ongoingTxnProducerId'] as const;

/** The place of what stands in this struct of a recorded message, `outer` being that of the struct itself. */
export function placeIn(struct: Body, outer: IdPlace, ids: LearnedIds): IdPlace {
  const groupId = struct['groupId'];
  const group = typeof groupId === 'string' && groupId !== '' ? groupId : outer.group;
  const topic = topicIn(struct, ids) ?? outer.topic;
  const partition = firstOf(struct, partitionFields, 'number', outer.partition);
  const producerId = firstOf(struct, producerFields, 'number', outer.producerId);
  const isSame =
    group === outer.group && topic === outer.topic && partition === outer.partition && producerId === outer.producerId;
  return isSame ? outer : { group, topic, partition, producerId };
}

function topicIn(struct: Body, ids: LearnedIds): string | null {
  const name = firstOf(struct, topicFields, 'string', '');
  const { topicId } = struct;
  if (typeof topicId !== 'string') return name === '' ? null : name;
  if (name === '') return ids.topicOf(topicId);
  ids.learnTopic(topicId, name);
  return name;
}

function firstOf<T>(struct: Body, names: readonly string[], type: 'string' | 'number', otherwise: T): T {
  for (const name of names) {
    const value = struct[name];
    if (typeof value === type && value !== '' && value !== -1) return value as T;
  }
  return otherwise;
}
