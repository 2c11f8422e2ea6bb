/**
 * The types in which users' stages see messages: an API's own bodies, which nobody may change in place.
 */
import type { Answer } from '../protocol/api';
import type { Draft, Infer, Schema } from '../protocol/schema';
import type { Reply, Request } from './seams';

/** A value that may be read and copied, not changed; bytes are as they are. */
export type Fixed<T> = T extends Uint8Array | string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer E)[]
    ? readonly Fixed<E>[]
    : { readonly [N in keyof T]: Fixed<T[N]> };

/** A request's body as a stage sees it: every field is there. */
export type RequestBody<Q extends Schema> = Fixed<Infer<Q>>;
/** An answer's body as a stage sees it: fields with a default may be left out. */
export type ReplyBody<R extends Schema> = Fixed<Draft<R>>;

/** A request of one API. */
export interface RequestOf<Q extends Schema> extends Request {
  readonly body: RequestBody<Q>;
}

/** A reply of one API. */
export interface ReplyOf<Q extends Schema, R extends Schema> extends Reply {
  readonly request: RequestOf<Q>;
  readonly body: ReplyBody<R>;
}

/** Of an API that the stage does not name. */
export type AnyBody = Readonly<Record<string, unknown>>;

/** Now, or by way of a promise. */
export type Later<T> = T | Promise<T>;

/**
 * What a stage may make of a message: a new body; an answer (at `requests`: at once, without the broker); null for no
 * answer at all; nothing, which leaves it as it is.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement leaves the message as it is
export type Made<Body, R extends Schema> = Body | Answer<R> | null | undefined | void;
