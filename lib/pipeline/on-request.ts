/**
 * `onRequest`: a user's function at the seam `requests`, between Decoder and Router. It sees a request's body, and may
 * leave it, give another one, answer it at once, refuse it (KafkaError) or hang up (Hangup).
 *
 * Requests of other APIs, and replies that are there already, pass untouched. While the function waits, the requests
 * behind it on the same connection wait as well; who needs them to overlap takes `around`.
 */
import { Hangup } from '../errors';
import { Answer, type Api } from '../protocol/api';
import type { Schema } from '../protocol/schema';
import type { Connection } from '../protocol/scope';
import { attempt } from './attempt';
import type { AnyBody, Later, Made, RequestBody, RequestOf } from './bodies';
import { answerTo, refusalOf } from './replies';
import type { Reply, Request, Stage } from './seams';
import { stage } from './stage';

type Look = (request: Request, connection: Connection) => Later<Made<object, Schema>>;

/** Requests of one API. */
export function onRequest<Q extends Schema, R extends Schema>(
  api: Api<Q, R>,
  stageName: string,
  look: (body: RequestBody<Q>, request: RequestOf<Q>, connection: Connection) => Later<Made<RequestBody<Q>, R>>,
): Stage<Request | Reply, Request | Reply>;
/** Requests of every API. */
export function onRequest(
  stageName: string,
  look: (request: Request, connection: Connection) => Later<Made<AnyBody, Schema>>,
): Stage<Request | Reply, Request | Reply>;
export function onRequest(...given: [Api, string, (...args: never[]) => Later<Made<object, Schema>>] | [string, Look]) {
  if (given.length === 2) return looking(null, ...given);
  const [api, stageName, look] = given;
  return looking(api, stageName, (request, connection) =>
    look(request.body as never, request as never, connection as never),
  );
}

function looking(api: Api | null, stageName: string, look: Look): Stage<Request | Reply, Request | Reply> {
  return stage(
    stageName,
    'objects to objects',
    (connection) => ({
      each(item, push, done) {
        if (item.is === 'reply' || (api !== null && item.api.key !== api.key)) {
          push(item);
          return done();
        }
        attempt(
          { stageName, request: item, connection },
          () => look(item, connection),
          (made) => {
            if (made === undefined) push(item);
            else if (made === null || made instanceof Answer) push(answerTo(item, made, connection));
            else push({ ...item, body: made });
            done();
          },
          (reason) => {
            const outcome = reason instanceof Hangup ? reason : refusalOf(item, reason);
            if (outcome instanceof Hangup) return done(outcome);
            push(outcome);
            done();
          },
        );
      },
    }),
    ['requests'],
  );
}
