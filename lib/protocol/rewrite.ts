/**
 * Walks and changes bodies by their schema: what prefixes topics, maps hosts and ids, or blanks times, in any API.
 *
 * What is wanted of which field is asked once, when a rewriter is made; from then on it visits only the parts of a body
 * that hold such fields. It never changes a body in place: where something differs, a new struct or array holds it, and
 * everything else, the whole body included, is the very object that was given.
 */
import type { AnyField, Draft, Schema } from './schema';

/** A field, or the elements of an array, at one place of a schema. */
export interface FieldAt {
  /** The field's name; of elements that of their array. */
  readonly name: string;
  /** As in `topics[].partitions[].committedOffset`; elements end in `[]`. */
  readonly path: string;
  /** Names of the fields around it, outermost first: `['topics', 'partitions']`. */
  readonly parents: readonly string[];
  readonly field: AnyField;
}

/** A struct as bodies hold it: field name → value. */
export type Struct = Readonly<Record<string, unknown>>;

/**
 * Gives the value that takes the place of `value`, which may be the same. Never asked about null nor about what a draft
 * leaves out; a field that the version does not carry has its default. `siblings` is the struct that holds the field, of
 * elements that of their array, as it was before anything in it changed.
 */
export type Change<C> = (value: unknown, context: C, siblings: Struct) => unknown;

/** What is wanted of a field; null: nothing, as far as it alone is concerned. */
type Choice<C> = (at: FieldAt) => Change<C> | null;

/**
 * Every field of a schema, outer ones before inner ones. An array is there twice: `topics`, and for its elements `topics[]`,
 * whose field is the element's.
 */
export function fieldsOf(schema: Schema): FieldAt[] {
  const found: FieldAt[] = [];
  rewriter(schema, (at) => {
    found.push(at);
    return null;
  });
  return found;
}

/**
 * Makes what rewrites bodies of a schema. `change` is asked once for each field, as `fieldsOf` lists them, and gives null
 * for those that stay as they are. Where fields inside each other change, the outer one is given what the inner ones made.
 */
export function rewriter<S extends Schema, C = void>(
  schema: S,
  change: Choice<C>,
): <B extends Draft<S>>(body: B, context: C) => B {
  const visit = structVisit(schema, '', [], change);
  return <B extends Draft<S>>(body: B, context: C) => (visit === null ? body : (visit(body, context, body) as B));
}

/** `prefix` stands before the names of the fields in their paths. */
function structVisit<C>(
  fields: Schema,
  prefix: string,
  parents: readonly string[],
  change: Choice<C>,
): Change<C> | null {
  const visits = Object.entries(fields).flatMap(([name, field]) => {
    const visit = fieldVisit({ name, path: prefix + name, parents, field }, change);
    return visit === null ? [] : { name, visit };
  });
  if (visits.length === 0) return null;
  return (value, context) => {
    const before = value as Struct;
    let after: Record<string, unknown> | null = null;
    for (const { name, visit } of visits) {
      const old = before[name];
      if (old === null || old === undefined) continue;
      const made = visit(old, context, before);
      if (!Object.is(made, old)) (after ??= { ...before })[name] = made;
    }
    return after ?? before;
  };
}

/** What to do with a value of a field that is neither null nor left out; null: nothing. */
function fieldVisit<C>(at: FieldAt, change: Choice<C>): Change<C> | null {
  const own = change(at);
  const inner = innerVisit(at, change);
  if (own === null || inner === null) return own ?? inner;
  return (value, context, siblings) => own(inner(value, context, siblings), context, siblings);
}

function innerVisit<C>(at: FieldAt, change: Choice<C>): Change<C> | null {
  const { kind } = at.field.declared;
  if (kind.is === 'struct') return structVisit(kind.fields, `${at.path}.`, [...at.parents, at.name], change);
  if (kind.is !== 'array') return null;
  const visit = fieldVisit({ ...at, path: `${at.path}[]`, field: kind.element }, change);
  if (visit === null) return null;
  return (value, context, siblings) => {
    const before = value as readonly unknown[];
    let after: unknown[] | null = null;
    for (let i = 0; i < before.length; i++) {
      const old = before[i];
      if (old === null || old === undefined) continue;
      const made = visit(old, context, siblings);
      if (!Object.is(made, old)) (after ??= before.slice())[i] = made;
    }
    return after ?? before;
  };
}
