/**
 * A recorded request as the new broker is to get it: every id that the replay has learned in the place of the recorded one.
 *
 * What always holds: nothing is changed in place, and a body in which nothing is called otherwise is the very one that was
 * given, so that its bytes can be sent as they were recorded.
 */

import type { Body } from '../../capture/recorded';
import { type FieldShape, placeIn, type StructShape } from '../shape';
import { rewriteBatches } from './batch-ids';
import { idKindOf } from './id-kinds';
import { type IdPlace, type LearnedIds, nowhere } from './learned-ids';
import { rewriteOpaque } from './opaque-ids';

export function rewriteIds(body: Body, shape: StructShape, ids: LearnedIds, outer: IdPlace = nowhere): Body {
  const place = placeIn(body, outer, ids);
  let changed: Record<string, unknown> | null = null;
  for (const field of shape.fields) {
    const old = body[field.name];
    if (old === null || old === undefined) continue;
    const made = rewritten(field, old, place, ids, body);
    if (made !== old) (changed ??= { ...body })[field.name] = made;
  }
  return changed ?? body;
}

function rewritten(field: FieldShape, value: unknown, place: IdPlace, ids: LearnedIds, struct: Body): unknown {
  switch (field.is) {
    case 'struct':
      return rewriteIds(value as Body, field.shape, ids, place);
    case 'structs':
      return mapped(value as readonly Body[], (one) => rewriteIds(one, field.shape, ids, place));
    case 'values': {
      const { kind } = field;
      return kind === null ? value : mapped(value as readonly unknown[], (one) => ids.get(kind, place, one));
    }
    default:
      if (field.kind !== null) return ids.get(field.kind, place, value);
      if (field.type === 'records') return rewriteBatches(value as Buffer, place, ids);
      if (field.type === 'bytes') return rewriteOpaque(field.name, value as Buffer, place, ids);
      return field.name === 'resourceName' ? brokerName(value as string, struct, ids) : value;
  }
}

/** The same array where nothing changed. */
function mapped<T>(values: readonly T[], change: (value: T) => T): readonly T[] {
  let made: T[] | null = null;
  for (const [i, value] of values.entries()) {
    const one = change(value);
    if (one !== value) (made ??= [...values])[i] = one;
  }
  return made ?? values;
}

const nodeIds = idKindOf('', 'nodeId', 'int32')!;
/** ConfigResource.Type: BROKER, BROKER_LOGGER. */
const brokerResources = new Set([4, 8]);

/** Configurations of a broker go by its node id, as a text. */
export function brokerName(name: string, struct: Body, ids: LearnedIds): string {
  if (!brokerResources.has(struct['resourceType'] as number) || !/^\d+$/.test(name)) return name;
  return String(ids.get(nodeIds, nowhere, Number(name)));
}
