/**
 * What Kafka defines of an API: its key, its versions and its two messages. A served API (api.ts) is one and has what
 * answers it besides; one file of lib/apis/unserved declares one alone. Whoever only reads traffic needs no more.
 */
import { type Codec, compile } from './compile';
import { compileLocator, type Locate } from './locator';
import { covers, parseVersions, type Schema, type Versions } from './schema';

export interface ExchangeDefinition<Q extends Schema, R extends Schema> {
  /** The int16 by which requests name the API. */
  readonly key: number;
  /** Kafka's spelling, such as `ListOffsets`. */
  readonly name: string;
  /** Versions that are known, such as `3-13`; of a served API those that are answered. */
  readonly versions: string;
  /** Flexible versions of both messages, such as `9+`, or `none` (KIP-482). */
  readonly flexible: string;
  readonly request: Q;
  readonly response: R;
}

export interface Exchange<Q extends Schema = Schema, R extends Schema = Schema> {
  readonly key: number;
  readonly name: string;
  readonly versions: Versions;
  readonly request: Q;
  readonly response: R;
  /** Whether this version's messages are flexible; asked for versions that are not known as well. */
  isFlexible(version: number): boolean;
  /** Header version of the response. */
  responseHeader(version: number): 0 | 1;
  requestCodec(version: number): Codec<Q>;
  responseCodec(version: number): Codec<R>;
  /** What finds the records in a request; null if that version has none. */
  requestLocator(version: number): Locate | null;
  /** The same of a response. */
  responseLocator(version: number): Locate | null;
}

const apiVersionsKey = 18;

/** Turns a definition into an exchange; codecs are compiled when a version is first used. */
export function defineExchange<Q extends Schema, R extends Schema>(
  definition: ExchangeDefinition<Q, R>,
): Exchange<Q, R> {
  const { key, name, request, response } = definition;
  const flexible = parseVersions(definition.flexible);
  const isFlexible = (version: number) => covers(flexible, version);
  return Object.freeze({
    key,
    name,
    versions: rangeOf(definition.versions, name),
    request,
    response,
    isFlexible,
    responseHeader: (version: number) => (isFlexible(version) && key !== apiVersionsKey ? 1 : 0),
    requestCodec: compiledOnce(compile<Q>, request, isFlexible),
    responseCodec: compiledOnce(compile<R>, response, isFlexible),
    requestLocator: compiledOnce(compileLocator, request, isFlexible),
    responseLocator: compiledOnce(compileLocator, response, isFlexible),
  });
}

/** The versions that a text such as `3-13` stands for. */
export function rangeOf(text: string, name: string): Versions {
  const versions = parseVersions(text);
  if (versions === null) throw new TypeError(`${name} has no version`);
  return versions;
}

function compiledOnce<S extends Schema, M>(
  make: (schema: S, version: number, flexible: boolean) => M,
  schema: S,
  isFlexible: (version: number) => boolean,
) {
  const made: M[] = [];
  return (version: number): M => {
    const known = made[version];
    return known === undefined ? (made[version] = make(schema, version, isFlexible(version))) : known;
  };
}
