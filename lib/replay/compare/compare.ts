/**
 * Holds an answer of the new broker against the recorded one, field by field, and learns from it what the new broker calls
 * things.
 *
 * An id that nobody knew yet is learned, and is then the same by definition; from then on it must be called the same again.
 * Elements of arrays pair by what they name (align.ts). What always holds: neither body is changed, and every field of
 * either is looked at.
 */

import type { Body } from '../../capture/recorded';
import { compareBatches } from '../ids/batch-ids';
import type { IdKind } from '../ids/id-kinds';
import type { IdPlace, LearnedIds } from '../ids/learned-ids';
import { rewriteOpaque } from '../ids/opaque-ids';
import { brokerName } from '../ids/rewrite-ids';
import { type FieldShape, placeIn, type StructShape } from '../shape';
import { align } from './align';
import { type ReasonOf, sets } from './may-differ';

export interface Difference {
  /** Such as `topics[orders].partitions[0].errorCode`; elements by what names them. */
  readonly path: string;
  /** The same with the API and without positions: `Metadata.topics.partitions.errorCode`. */
  readonly field: string;
  /** With ids as the new broker calls them; undefined: it is only there in the other. */
  readonly recorded: unknown;
  readonly replayed: unknown;
  /** Of records, in what they differ; else null. */
  readonly what: string | null;
  /** Why it may differ; null: it may not. */
  readonly reason: string | null;
}

export interface Comparing {
  readonly ids: LearnedIds;
  readonly reasonOf: ReasonOf;
  /** Takes positions that the new broker has told its client of otherwise; for `follow` (../ids/learned-ids.ts). */
  readonly moved?: Moved[];
}

/** An offset by which a client goes on, as each of two brokers has told it. */
export interface Moved {
  readonly kind: IdKind;
  readonly place: IdPlace;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

/** Where offsets are given out. */
const given = 'Produce.responses.partitionResponses.baseOffset';
/** Where clients are told from which offset on they are to read. */
const positions: ReadonlySet<string> = new Set([
  'ListOffsets.topics.partitions.offset',
  'OffsetFetch.topics.partitions.committedOffset',
  'OffsetFetch.groups.topics.partitions.committedOffset',
]);

/**
 * @param name of the API
 * @param place of the answer: what its request was about
 */
export function compareBodies(
  name: string,
  shape: StructShape,
  recorded: Body,
  replayed: Body,
  place: IdPlace,
  comparing: Comparing,
): Difference[] {
  const comparison = new Comparison(name, comparing);
  comparison.struct(shape, recorded, replayed, place, { path: '', field: name });
  return comparison.found;
}

interface At {
  readonly path: string;
  readonly field: string;
}

class Comparison {
  readonly found: Difference[] = [];
  private readonly ids: LearnedIds;
  private readonly reasonOf: ReasonOf;
  private readonly name: string;
  private readonly moved: Moved[];

  constructor(name: string, { ids, reasonOf, moved = [] }: Comparing) {
    this.name = name;
    this.moved = moved;
    this.ids = ids;
    this.reasonOf = reasonOf;
  }

  struct(shape: StructShape, recorded: Body, replayed: Body, outer: IdPlace, at: At): void {
    const place = placeIn(recorded, outer, this.ids);
    for (const field of shape.fields) {
      const [was, is] = [recorded[field.name], replayed[field.name]];
      const inner = {
        path: at.path === '' ? field.name : `${at.path}.${field.name}`,
        field: `${at.field}.${field.name}`,
      };
      if (isAbsent(was) || isAbsent(is)) {
        if (isAbsent(was) !== isAbsent(is)) this.differ(inner, was, is);
      } else this.field(field, was, is, place, inner, recorded);
    }
  }

  private field(field: FieldShape, was: unknown, is: unknown, place: IdPlace, at: At, struct: Body): void {
    switch (field.is) {
      case 'struct':
        return this.struct(field.shape, was as Body, is as Body, place, at);
      case 'structs':
        return this.structs(field.shape, was as readonly Body[], is as readonly Body[], place, at);
      case 'values':
        return this.values(field, was as readonly unknown[], is as readonly unknown[], place, at);
      default:
        return this.value(field, was, is, place, at, struct);
    }
  }

  private structs(shape: StructShape, was: readonly Body[], is: readonly Body[], place: IdPlace, at: At): void {
    for (const { recorded, replayed, label } of align(was, is, shape, this.ids)) {
      const inner = { path: `${at.path}[${label}]`, field: at.field };
      if (recorded !== null && replayed !== null) this.struct(shape, recorded, replayed, place, inner);
      else this.differ(inner, recorded ?? undefined, replayed ?? undefined);
    }
  }

  private values(
    { name, kind }: Extract<FieldShape, { is: 'value' | 'values' }>,
    was: readonly unknown[],
    is: readonly unknown[],
    place: IdPlace,
    at: At,
  ): void {
    // They are learned where they stand alone: here a conflict could not be told from another order.
    const expected = kind === null ? was : was.map((one) => this.ids.get(kind, place, one));
    const [a, b] = sets.has(name) ? [sorted(expected), sorted(is)] : [expected, is];
    if (a.length !== b.length || a.some((one, i) => one !== b[i])) this.differ(at, expected, is);
  }

  private value(
    { name, type, kind }: Extract<FieldShape, { is: 'value' | 'values' }>,
    was: unknown,
    is: unknown,
    place: IdPlace,
    at: At,
    struct: Body,
  ): void {
    if (kind !== null) return this.id(kind, was, is, place, at);
    if (type === 'records') {
      const why = compareBatches(was as Buffer, is as Buffer, place, this.ids);
      if (why !== null) this.differ(at, was, is, why);
    } else if (type === 'bytes') {
      const expected = rewriteOpaque(name, was as Buffer, place, this.ids);
      if (!expected.equals(is as Buffer)) this.differ(at, expected, is);
    } else {
      const expected = name === 'resourceName' ? brokerName(was as string, struct, this.ids) : was;
      if (!Object.is(expected, is)) this.differ(at, expected, is);
    }
  }

  private id(kind: IdKind, was: unknown, is: unknown, place: IdPlace, at: At): void {
    // An offset is only given out where records are appended. Elsewhere a shift is told, since it may be a fault, and a client
    // goes on from what it was told.
    const teaches = !kind.shifts || at.field === given;
    const expected = this.ids.get(kind, place, was);
    const isCalledSo = teaches && this.learn(kind, place, was, is);
    // What does not move with the records, such as the start of a log that was there before, is the same as it was.
    const isSame = isCalledSo || is === expected || (kind.shifts === true && is === was);
    if (isSame) return;
    this.differ(at, expected, is);
    if (positions.has(at.field)) this.moved.push({ kind, place, recorded: was, replayed: is });
  }

  /** @returns whether it is called as it was, or is called something for the first time */
  private learn(kind: IdKind, place: IdPlace, was: unknown, is: unknown): boolean {
    if (kind.isNone(was) || kind.isNone(is)) return false;
    return this.ids.learn(kind, place, was, is);
  }

  private differ(at: At, recorded: unknown, replayed: unknown, what: string | null = null): void {
    this.found.push({ ...at, recorded, replayed, what, reason: this.reasonOf(`${this.name}.${at.path}`) });
  }
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function sorted(values: readonly unknown[]): readonly unknown[] {
  return [...values].sort();
}
