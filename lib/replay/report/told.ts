/**
 * Differences as reports tell them: a path and both sides in a line each. Elements of one array that only one side has are
 * told together, because a topic that is there or not there has dozens of partitions and configurations.
 */
import { many } from '../../text';
import type { Difference } from '../compare/compare';
import { sides } from './said';

export interface Told {
  readonly path: string;
  readonly recorded: string;
  readonly replayed: string;
  /** Why it may differ; null: it must not. */
  readonly reason: string | null;
}

/** Fewer are told one by one. */
const togetherMin = 3;
const namesMax = 12;

export function toldOf(differences: readonly Difference[]): readonly Told[] {
  const groups = new Map<string, Difference[]>();
  for (const [i, one] of differences.entries()) {
    const key = arrayKeyOf(one) ?? String(i);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group) => (group.length < togetherMin ? group.map(single) : [together(group)]));
}

/** The same for elements that are told together; null for what is none that only one side has. */
function arrayKeyOf({ path, recorded, replayed, reason }: Difference): string | null {
  if (!path.endsWith(']') || (recorded !== undefined && replayed !== undefined)) return null;
  return `${arrayOf(path)}\0${recorded === undefined}\0${reason}`;
}

/** The path of the array around an element. */
function arrayOf(path: string): string {
  return path.slice(0, path.lastIndexOf('['));
}

function single(one: Difference): Told {
  const [recorded, replayed] = sides(one);
  return { path: one.path, recorded, replayed, reason: one.reason };
}

function together(group: readonly Difference[]): Told {
  const { path, recorded, reason } = group[0]!;
  const array = arrayOf(path);
  const names = group.slice(0, namesMax).map((one) => one.path.slice(array.length + 1, -1));
  const there = `${many(group.length, 'element')}: ${names.join(', ')}${group.length > namesMax ? ' …' : ''}`;
  const isExtra = recorded === undefined;
  return { path: array, recorded: isExtra ? 'missing' : there, replayed: isExtra ? there : 'missing', reason };
}
