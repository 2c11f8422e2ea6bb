/**
 * `onReply`: a user's function at the seam `replies`, between Handler and Encoder. It sees an answer's body together with
 * its request, and may leave it, give another one, drop it (null), refuse the request after all (KafkaError), or hang up
 * (Hangup).
 *
 * Replies of other APIs, and those of which nothing is sent, pass untouched. Memory that was lent to an answer stays lent
 * to what takes its place, which may well refer to it, and goes back at once with an answer that is dropped. While the
 * function waits, the replies behind it on the same connection wait as well.
 */
import { Hangup } from '../errors';
import { Answer, type Api } from '../protocol/api';
import type { Schema } from '../protocol/schema';
import type { Connection } from '../protocol/scope';
import { attempt } from './attempt';
import type { AnyBody, Later, Made, ReplyBody, ReplyOf } from './bodies';
import type { LiveConnection } from './connection';
import { answerTo, refusalOf } from './replies';
import type { Reply, Stage } from './seams';
import { stage } from './stage';

type Look = (reply: Reply, connection: Connection) => Later<Made<object, Schema>>;

/** Replies of one API. */
export function onReply<Q extends Schema, R extends Schema>(
  api: Api<Q, R>,
  stageName: string,
  look: (body: ReplyBody<R>, reply: ReplyOf<Q, R>, connection: Connection) => Later<Made<ReplyBody<R>, R>>,
): Stage<Reply, Reply>;
/** Replies of every API. */
export function onReply(
  stageName: string,
  look: (reply: Reply, connection: Connection) => Later<Made<AnyBody, Schema>>,
): Stage<Reply, Reply>;
export function onReply(...given: [Api, string, (...args: never[]) => Later<Made<object, Schema>>] | [string, Look]) {
  if (given.length === 2) return looking(null, ...given);
  const [api, stageName, look] = given;
  return looking(api, stageName, (reply, connection) => look(reply.body as never, reply as never, connection as never));
}

function looking(api: Api | null, stageName: string, look: Look): Stage<Reply, Reply> {
  return stage(
    stageName,
    'objects to objects',
    (connection) => ({
      each(reply, push, done) {
        const { request } = reply;
        if (reply.body === null || (api !== null && request.api.key !== api.key)) {
          push(reply);
          return done();
        }
        attempt(
          { stageName, request, connection },
          () => look(reply, connection),
          (made) => {
            push(made === undefined ? reply : replaced(reply, made, connection));
            done();
          },
          (reason) => {
            reply.release?.();
            const outcome = reason instanceof Hangup ? reason : refusalOf(request, reason);
            if (outcome instanceof Hangup) return done(outcome);
            push(outcome);
            done();
          },
        );
      },
    }),
    ['replies'],
  );
}

function replaced(reply: Reply, made: object | null, connection: LiveConnection): Reply {
  if (!(made instanceof Answer)) return { ...reply, body: made };
  const { body, release } = answerTo(reply.request, made, connection);
  const both = () => {
    release?.();
    reply.release?.();
  };
  return { ...reply, body, release: both };
}
