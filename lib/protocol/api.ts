/**
 * What a served API is: an exchange of two messages (exchange.ts) and what answers it. One file of lib/apis defines one with
 * `defineApi`; the pipeline knows APIs only through this interface, so `apis` and `pipeline` meet here and nowhere else.
 */
import type { KafkaError } from '../errors';
import type { Services } from '../services';
import { defineExchange, type Exchange, type ExchangeDefinition, rangeOf } from './exchange';
import { covers, type Draft, type Infer, type Schema, type Versions } from './schema';
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

  constructor(body: Draft<R>, release: () => void = () => {}) {
    this.body = body;
    this.release = release;
  }
}

/** What a handler gives: a body, a body that holds memory, or null for no answer at all (acks=0). */
export type Answered<R extends Schema> = Draft<R> | Answer<R> | null;

export interface ApiDefinition<Q extends Schema, R extends Schema> extends ExchangeDefinition<Q, R> {
  /** Versions that ApiVersions lists, where that differs from what is answered (Produce, KAFKA-18659). */
  readonly advertised?: string;
  readonly order?: Order;
  /**
   * The answer, in version 0, to a request of a version that is not served. Only ApiVersions has one (KIP-511): it is
   * how a client that guessed too high learns what to ask; any other API hangs up, as Kafka does.
   */
  refuseVersion?(): Draft<R>;
  /** The answer that says the same error everywhere this API can carry one. */
  refuse(body: Infer<Q>, error: KafkaError): Draft<R>;
  /** The answer to a request. Throws, or rejects with, a KafkaError, a Hangup, or a bug. */
  handle(body: Infer<Q>, scope: Scope, services: Services): Answered<R> | Promise<Answered<R>>;
  /** Whether the client waits for an answer to this request; all do, but for Produce with acks=0. */
  isAnswered?(body: Infer<Q>): boolean;
}

export interface Api<Q extends Schema = Schema, R extends Schema = Schema> extends Exchange<Q, R> {
  readonly advertised: Versions;
  readonly order: Order;
  refuseVersion?(): Draft<R>;
  refuse(body: Infer<Q>, error: KafkaError): Draft<R>;
  handle(body: Infer<Q>, scope: Scope, services: Services): Answered<R> | Promise<Answered<R>>;
  isAnswered?(body: Infer<Q>): boolean;
}

/** Turns a definition into an API; codecs are compiled when a version is first used. */
export function defineApi<Q extends Schema, R extends Schema>(definition: ApiDefinition<Q, R>): Api<Q, R> {
  const exchange = defineExchange(definition);
  const { advertised, order = 'exclusive', refuseVersion, refuse, handle, isAnswered } = definition;
  return Object.freeze({
    ...exchange,
    advertised: advertised === undefined ? exchange.versions : rangeOf(advertised, exchange.name),
    order,
    refuseVersion,
    refuse,
    handle,
    isAnswered,
  });
}

/** Whether the API answers this version. */
export function serves(api: Pick<Api, 'versions'>, version: number): boolean {
  return covers(api.versions, version);
}
