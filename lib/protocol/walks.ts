/**
 * Looks at chosen fields in bodies of any schema: topics, error codes, ids. What is looked at is worked out once for each
 * schema, and a body that has none of it need not be decoded.
 */
import { type FieldAt, fieldsOf, rewriter, type Struct } from './rewrite';
import type { Schema } from './schema';

/** Looks at a value, which is never null; `siblings` as for a `Change`. */
export type Look<C> = (value: unknown, context: C, siblings: Struct) => void;

/** Looks at the chosen fields of one body, in its order. */
export type Walk<C> = (body: Struct, context: C) => void;

export class Walks<C> {
  private readonly choose: (at: FieldAt) => Look<C> | null;
  private readonly made = new WeakMap<Schema, Walk<C> | null>();

  /** @param choose asked once for each field of each schema; null for a field that is of no interest */
  constructor(choose: (at: FieldAt) => Look<C> | null) {
    this.choose = choose;
  }

  /** Null where a schema has no field of interest. */
  of(schema: Schema): Walk<C> | null {
    let walk = this.made.get(schema);
    if (walk === undefined) this.made.set(schema, (walk = this.make(schema)));
    return walk;
  }

  private make(schema: Schema): Walk<C> | null {
    const looks = new Map(fieldsOf(schema).map((at) => [at.path, this.choose(at)]));
    if ([...looks.values()].every((look) => look === null)) return null;
    return rewriter<Schema, C>(schema, ({ path }) => {
      const look = looks.get(path) ?? null;
      if (look === null) return null;
      return (value, context, siblings) => {
        look(value, context, siblings);
        return value;
      };
    });
  }
}
