/**
 * What an API is: its key, its versions, its two messages and what answers it. One file of lib/apis defines one with
 * `defineApi`; the pipeline knows APIs only through this interface, so `apis` and `pipeline` meet here and nowhere else.
 */
import type { KafkaError } from '../errors';
import type { Services } from '../services';
import { type Codec, compile } from './compile';
import { covers, type Draft, type Infer, parseVersions, type Schema, type Versions } from './schema';
import type { Scope } from './scope';

/** `exclusive`: the connection's next call waits for the answer. `pipelined`: calls may overlap, answers keep order. */
export type Order = 'exclusive' | 'pipelined';

/**
 * An answer that holds memory for as long as it is being sent. A handler that answers with one no longer touches what it
 * lent; whoever sends the answer calls `release` once, when the bytes have left or nobody wants them any more. Plain
 * bodies hold nothing.
 */
export class Answer<R extends Schema> {
  readonly body: Draft<R>;
  /** Hands the memory back; afterwards the body's byte fields must not be read. */
  readonly release: () => void;

  constructor(body: Draft<R>, release: () => void) {
    this.body = body;
    this.release = release;
  }
}

/** What a handler gives: a body, a body that holds memory, or null for no answer at all (acks=0). */
export type Answered<R extends Schema> = Draft<R> | Answer<R> | null;

export interface ApiDefinition<Q extends Schema, R extends Schema> {
  /** The int16 by which requests name the API. */
  readonly key: number;
  /** Kafka's spelling, such as `ListOffsets`. */
  readonly name: string;
  /** Versions that are answered, such as `3-13`. */
  readonly versions: string;
  /** Versions that ApiVersions lists, where that differs from what is answered (Produce, KAFKA-18659). */
  readonly advertised?: string;
  /** Flexible versions of both messages, such as `9+`, or `none` (KIP-482). */
  readonly flexible: string;
  readonly order?: Order;
  readonly request: Q;
  readonly response: R;
  /**
   * The answer, in version 0, to a request of a version that is not served. Only ApiVersions has one (KIP-511): it is
   * how a client that guessed too high learns what to ask; any other API hangs up, as Kafka does.
   */
  refuseVersion?(): Draft<R>;
  /** The answer that says the same error everywhere this API can carry one. */
  refuse(body: Infer<Q>, error: KafkaError): Draft<R>;
  /** The answer to a request. Throws, or rejects with, a KafkaError, a Hangup, or a bug. */
  handle(body: Infer<Q>, scope: Scope, services: Services): Answered<R> | Promise<Answered<R>>;
}

export interface Api<Q extends Schema = Schema, R extends Schema = Schema> {
  readonly key: number;
  readonly name: string;
  readonly versions: Versions;
  readonly advertised: Versions;
  readonly order: Order;
  readonly request: Q;
  readonly response: R;
  refuseVersion?(): Draft<R>;
  refuse(body: Infer<Q>, error: KafkaError): Draft<R>;
  handle(body: Infer<Q>, scope: Scope, services: Services): Answered<R> | Promise<Answered<R>>;
  /** Whether this version's messages are flexible; asked for versions that are not served as well. */
  isFlexible(version: number): boolean;
  /** Header version of the response. */
  responseHeader(version: number): 0 | 1;
  requestCodec(version: number): Codec<Q>;
  responseCodec(version: number): Codec<R>;
}

const apiVersionsKey = 18;

/** Turns a definition into an API; codecs are compiled when a version is first used. */
export function defineApi<Q extends Schema, R extends Schema>(definition: ApiDefinition<Q, R>): Api<Q, R> {
  const { key, name, request, response } = definition;
  const versions = rangeOf(definition.versions, name);
  const flexible = parseVersions(definition.flexible);
  const isFlexible = (version: number) => covers(flexible, version);
  return Object.freeze({
    key,
    name,
    versions,
    advertised: definition.advertised === undefined ? versions : rangeOf(definition.advertised, name),
    order: definition.order ?? 'exclusive',
    request,
    response,
    refuseVersion: definition.refuseVersion,
    refuse: definition.refuse,
    handle: definition.handle,
    isFlexible,
    responseHeader: (version: number) => (isFlexible(version) && key !== apiVersionsKey ? 1 : 0),
    requestCodec: compiledOnce(request, isFlexible),
    responseCodec: compiledOnce(response, isFlexible),
  });
}

function rangeOf(text: string, name: string): Versions {
  const versions = parseVersions(text);
  if (versions === null) throw new TypeError(`${name} serves no version`);
  return versions;
}

function compiledOnce<S extends Schema>(schema: S, isFlexible: (version: number) => boolean) {
  const codecs: Codec<S>[] = [];
  return (version: number) => (codecs[version] ??= compile(schema, version, isFlexible(version)));
}

/** Whether the API answers this version. */
export function serves(api: Pick<Api, 'versions'>, version: number): boolean {
  return covers(api.versions, version);
}
