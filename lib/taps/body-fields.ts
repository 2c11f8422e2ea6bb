/**
 * What a body of any API says of topics and errors, found by its schema. Called by the taps that tell people about
 * requests; what is looked for where is worked out once for each schema.
 */
import { isErrorCode, isTopicId, nameKindOf } from '../protocol/named-fields';
import type { FieldAt, Struct } from '../protocol/rewrite';
import type { Schema } from '../protocol/schema';
import { Walks } from '../protocol/walks';

/** Values of the fields that are looked for, each once, in the order of the body; without `none`. */
function finder<T>(isWanted: (at: FieldAt) => boolean, none: T | null): (schema: Schema, body: unknown) => T[] {
  const walks = new Walks<Set<T>>((at) =>
    isWanted(at) ? (value, found) => void (value !== none && found.add(value as T)) : null,
  );
  return (schema, body) => {
    const found = new Set<T>();
    walks.of(schema)?.(body as Struct, found);
    return [...found];
  };
}

/** Names of the topics that a body names. */
export const topicsIn = finder<string>((at) => nameKindOf(at) === 'topic', '');

/** Ids of the topics that a body names. */
export const topicIdsIn = finder<string>(isTopicId, null);

/** The error codes of an answer, each once, without 0. */
export const errorCodesIn = finder<number>(isErrorCode, 0);
