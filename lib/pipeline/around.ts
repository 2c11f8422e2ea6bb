/**
 * `around`: a user's function at the seam `calls`, around the handler: before and after in one place. It may change the
 * request for the handler (`next(body)`) and its answer, answer without the handler, refuse (KafkaError), hang up (Hangup),
 * wait before or behind.
 *
 * Calls that may overlap (Produce) still do, and their answers keep their order; their handlers start in the order of the
 * requests, however long a stage waits before it calls `next`. Of several stages the last in the list is the outermost.
 *
 * The deadline counts the stage's own time, not the handler's: a long poll takes as long as it takes.
 */
import { errors, Hangup, KafkaError } from '../errors';
import { Answer, type Api } from '../protocol/api';
import type { Schema } from '../protocol/schema';
import type { Connection } from '../protocol/scope';
import { attempt } from './attempt';
import type { AnyBody, Later, Made, ReplyBody, RequestBody, RequestOf } from './bodies';
import type { LiveConnection } from './connection';
import { Queue } from './queue';
import type { Call, Reply, Request, Stage } from './seams';
import { stage } from './stage';
import type { StageClock } from './stopwatch';

/** What a stage around calls sees of one. */
export interface CallOf<R extends Request = Request> {
  readonly request: R;
  readonly connection: Connection;
}

/** Goes on to the handler, at most once. Rejects with a KafkaError or a Hangup; a bug's stack is in the log by then. */
export type Next<Body, Given> = (body?: Body) => Promise<Given | null>;

type AnyLook = (call: never, next: never) => Later<Made<object, Schema>>;
type Look = (call: CallOf, next: Next<unknown, unknown>) => Later<Made<object, Schema>>;

/** Calls of one API. A function that gives nothing gives what `next` gave. */
export function around<Q extends Schema, R extends Schema>(
  api: Api<Q, R>,
  stageName: string,
  look: (call: CallOf<RequestOf<Q>>, next: Next<RequestBody<Q>, ReplyBody<R>>) => Later<Made<ReplyBody<R>, R>>,
): Stage<Call | Reply, Call | Reply>;
/** Calls of every API. */
export function around(
  stageName: string,
  look: (call: CallOf, next: Next<AnyBody, AnyBody>) => Later<Made<AnyBody, Schema>>,
): Stage<Call | Reply, Call | Reply>;
export function around(...given: [Api, string, AnyLook] | [string, AnyLook]) {
  const [api, stageName, look] = given.length === 2 ? [null, ...given] : given;
  return surrounding(api, stageName, (call, next) => look(call as never, next as never));
}

function surrounding(api: Api | null, stageName: string, look: Look): Stage<Call | Reply, Call | Reply> {
  return stage(
    stageName,
    'objects to objects',
    (connection, _hangUp, clock) => {
      const queue = new Queue();
      return {
        timesItself: true,
        each(item, push, done) {
          if (item.is === 'call' && (api === null || item.request.api.key === api.key))
            push({
              ...item,
              answer: (body) => surrounded({ call: item, body, stageName, look, queue, connection, clock }),
            });
          else push(item);
          done();
        },
      };
    },
    ['calls'],
  );
}

interface Surrounding {
  readonly call: Call;
  /** What a stage further out has made of the request's body; undefined: nothing. */
  readonly body: unknown;
  readonly stageName: string;
  readonly look: Look;
  readonly queue: Queue;
  readonly connection: LiveConnection;
  readonly clock: StageClock;
}

function surrounded({ call, body, stageName, look, queue, connection, clock }: Surrounding): Promise<unknown> {
  const request = body === undefined ? call.request : { ...call.request, body };
  const place = queue.enter();
  /** What `next` gave; undefined until then. */
  let inner: unknown;
  let giveBack: (() => void) | null = null;
  let isOver = false;
  let isCalled = false;
  const startedAt = clock.start();
  /** Time that `next` took. */
  let innerMs = 0;

  const handled = async (changed: unknown): Promise<unknown> => {
    try {
      const answer = await place.inTurn(() => call.answer(changed));
      if (!(answer instanceof Answer)) return answer;
      giveBack = connection.hold(answer.release);
      if (isOver) giveBack();
      return answer.body;
    } catch (error) {
      if (error instanceof KafkaError || error instanceof Hangup) throw error;
      const line = `${request.api.name} v${request.version} failed`;
      connection.rules?.logger.error({ err: error, connection: connection.id }, line);
      throw errors.UNKNOWN_SERVER_ERROR;
    }
  };
  const over = () => {
    isOver = true;
    clock.stop(startedAt, innerMs || 0);
    place.leave();
  };

  return new Promise((resolve, reject) => {
    attempt(
      { stageName, request, connection },
      async (patience) => {
        const next = (changed: unknown = request.body) => {
          if (isCalled) return Promise.reject(new TypeError(`stage '${stageName}' called next() twice`));
          isCalled = true;
          patience.pause();
          const calledAt = clock.start();
          const answer = handled(changed).finally(() => {
            innerMs += clock.start() - calledAt;
            patience.resume();
          });
          // A stage need not wait for it, and then nobody hears how it failed.
          answer.then((given) => (inner = given)).catch(() => {});
          return answer;
        };
        const made = await look({ request, connection }, next);
        if (made === undefined && inner === undefined)
          throw new TypeError(`stage '${stageName}' gave no answer and did not wait for that of next()`);
        return made;
      },
      (made) => {
        over();
        const outcome = made === undefined ? inner : made;
        if (outcome === null) giveBack?.();
        resolve(outcome === null || giveBack === null ? outcome : lentTo(outcome, giveBack));
      },
      (reason) => {
        over();
        giveBack?.();
        reject(reason);
      },
    );
  });
}

/** An answer that holds the handler's memory, besides its own: it may well refer to it. */
function lentTo(outcome: unknown, giveBack: () => void): Answer<Schema> {
  if (!(outcome instanceof Answer)) return new Answer(outcome as AnyBody, giveBack);
  const release = () => {
    outcome.release();
    giveBack();
  };
  return new Answer(outcome.body, release);
}
