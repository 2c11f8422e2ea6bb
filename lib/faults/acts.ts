/**
 * What can happen to a request: the acts of faults, each from the request to its answer. Called by faults.ts.
 *
 * What always holds: what is carried out is begun before anything is waited for, so that requests keep their order; an
 * answer that is not given lets its memory go.
 */
import type { SchedulerLike } from 'rxjs';
import { Hangup, type KafkaError } from '../errors';
import type { Request } from '../pipeline/seams';
import { Answer } from '../protocol/api';
import type { Schema } from '../protocol/schema';
import type { Connection } from '../protocol/scope';
import { type Body, merge, type Parts } from './parts';

/** A request that a fault has met. */
export interface Met {
  readonly request: Request;
  readonly connection: Connection;
  readonly parts: Parts;
  /** Carries a request out, in whole or in part; null for an answer that nobody waits for. */
  carryOut(body: Body): unknown;
}

/** What happens to a request: gives its answer, or throws. */
export type Act = (met: Met) => unknown;

/** Answers with an error, in the API's own shape; what is not meant is carried out. */
export function fail(error: KafkaError): Act {
  return async ({ request, parts: { meant, rest }, carryOut }) => {
    if (rest === null) {
      if (!isPartial(request, meant) || !isAnswered(request)) throw error;
      return rowsOnly(request, refusal(request, meant, error));
    }
    const { body, release } = opened(await carryOut(rest));
    // Nobody waits for the answer: the connection ends, which is how such a client learns of it.
    if (body === null) throw error;
    return new Answer<Schema>(merge(request, body, refusal(request, meant, error)), release);
  };
}

/** Carries the request out, and then answers with an error. */
export function failAfterwards(error: KafkaError): Act {
  return async ({ request, parts, carryOut }) => {
    const { body, release } = opened(await carryOut(request.body as Body));
    if (body === null || (parts.rest === null && !isPartial(request, parts.meant))) {
      release();
      throw error;
    }
    return new Answer<Schema>(merge(request, body, refusal(request, parts.meant, error)), release);
  };
}

/** Ends the connection; the request is not carried out. */
export function drop(what: string): Act {
  return () => {
    throw new Hangup(`fault: ${what}`);
  };
}

/** Carries the request out; its answer is lost with the connection. */
export function loseReply(what: string): Act {
  return async ({ request, carryOut }) => {
    opened(await carryOut(request.body as Body)).release();
    throw new Hangup(`fault: ${what}`);
  };
}

/** Carries the request out; its answer comes later by so many ms, or when the connection ends. */
export function delay(ms: number, scheduler: SchedulerLike): Act {
  return async ({ request, connection, carryOut }) => {
    const answer = await carryOut(request.body as Body);
    await passed(ms, scheduler, connection.signal);
    return answer;
  };
}

/** Carries the request out, and tells the client to send no other for so many ms. */
export function throttle(throttleTimeMs: number): Act {
  return async ({ request, carryOut }) => {
    const { body, release } = opened(await carryOut(request.body as Body));
    return body === null ? null : new Answer<Schema>({ ...body, throttleTimeMs }, release);
  };
}

function passed(ms: number, scheduler: SchedulerLike, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const go = () => {
      timer.unsubscribe();
      signal.removeEventListener('abort', go);
      resolve();
    };
    const timer = scheduler.schedule(go, ms);
    signal.addEventListener('abort', go);
  });
}

function opened(answer: unknown): { readonly body: Body | null; readonly release: () => void } {
  if (answer instanceof Answer) return { body: answer.body as Body, release: answer.release };
  return { body: answer as Body | null, release: () => {} };
}

function refusal({ api }: Request, meant: Body, error: KafkaError): Body {
  return api.refuse(meant as never, error) as Body;
}

function isAnswered({ api, body }: Request): boolean {
  return api.isAnswered === undefined || api.isAnswered(body as never);
}

/** Whether it was rows that were meant, even if they turned out to be all there are. */
function isPartial({ body }: Request, meant: Body): boolean {
  return body !== meant;
}

/** A refusal of rows only: the request itself is well (Fetch and Metadata can say both). */
function rowsOnly({ api }: Request, refused: Body): Body {
  return ['Fetch', 'Metadata'].includes(api.name) ? { ...refused, errorCode: 0 } : refused;
}
