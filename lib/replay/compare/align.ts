/**
 * Which element of a recorded array is which of a new one: by what names it (../shape.ts), whatever the order.
 *
 * Those with the same name pair by the ids that are known of them, and what is then left in order. Elements without any
 * name pair by their position.
 */

import type { Body } from '../../capture/recorded';
import { type LearnedIds, nowhere } from '../ids/learned-ids';
import type { StructShape } from '../shape';

/** Both elements, or the one that has no other. */
export interface Pair {
  readonly recorded: Body | null;
  readonly replayed: Body | null;
  /** What to call it in a path: its name (of a topic that goes by its id, where it is known), or its position. */
  readonly label: string;
}

export function align(
  recorded: readonly Body[],
  replayed: readonly Body[],
  shape: StructShape,
  ids: LearnedIds,
): readonly Pair[] {
  if (shape.keys.length === 0 && shape.idKeys.length === 0) return byPosition(recorded, replayed);
  const free = new Map<string, Body[]>();
  for (const one of replayed) {
    const name = nameOf(one, shape);
    const same = free.get(name);
    if (same === undefined) free.set(name, [one]);
    else same.push(one);
  }
  const pairs: Pair[] = [];
  const late: Body[] = [];
  for (const one of recorded) {
    const same = free.get(nameOf(one, shape)) ?? [];
    const at = same.findIndex((other) => isSameById(one, other, shape, ids));
    if (at < 0) late.push(one);
    else pairs.push({ recorded: one, replayed: same.splice(at, 1)[0]!, label: labelOf(one, shape, ids) });
  }
  for (const one of late) {
    const other = free.get(nameOf(one, shape))?.shift() ?? null;
    pairs.push({ recorded: one, replayed: other, label: labelOf(one, shape, ids) });
  }
  for (const left of free.values())
    for (const one of left) pairs.push({ recorded: null, replayed: one, label: labelOf(one, shape, ids) });
  return pairs;
}

function byPosition(recorded: readonly Body[], replayed: readonly Body[]): readonly Pair[] {
  const length = Math.max(recorded.length, replayed.length);
  return Array.from({ length }, (_, i) => ({
    recorded: recorded[i] ?? null,
    replayed: replayed[i] ?? null,
    label: String(i),
  }));
}

function nameOf(struct: Body, { keys }: StructShape): string {
  return keys.map((key) => String(struct[key])).join('\0');
}

function isSameById(recorded: Body, replayed: Body, { idKeys }: StructShape, ids: LearnedIds): boolean {
  return idKeys.every(({ name, kind }) => ids.get(kind, nowhere, recorded[name]) === replayed[name]);
}

function labelOf(struct: Body, { keys, idKeys }: StructShape, ids: LearnedIds): string {
  const names = [...keys, ...idKeys.map(({ name }) => name)].map((key) => ids.topicOf(String(struct[key])));
  return names.find((name) => name !== '' && name !== 'null') ?? '';
}
