/**
 * Makes replies: of what a handler or a stage has answered, and of what went wrong.
 *
 * A request whose client waits for no answer (Produce with acks=0) never gets one: what was answered is dropped, and what
 * went wrong ends the connection, which is how such a client learns of it.
 */
import { Hangup, type KafkaError } from '../errors';
import { Answer } from '../protocol/api';
import type { LiveConnection } from './connection';
import type { Reply, Request } from './seams';

/** @param answer a body, an Answer, or null for none at all; memory that it holds is the connection's from now on */
export function answerTo(request: Request, answer: unknown, connection: LiveConnection): Reply {
  const isLent = answer instanceof Answer;
  const body = isAnswered(request) ? (isLent ? answer.body : answer) : null;
  if (!isLent) return { is: 'reply', request, body };
  return { is: 'reply', request, body, release: connection.hold(answer.release) };
}

/** The error in the API's own shape, or the end of the connection where no answer can say it. */
export function refusalOf(request: Request, error: KafkaError): Reply | Hangup {
  const { api, body } = request;
  if (!isAnswered(request)) return new Hangup(`${api.name} without an answer failed: ${error}`);
  try {
    return { is: 'reply', request, body: api.refuse(body as never, error) };
  } catch (reason) {
    if (reason instanceof Hangup) return reason;
    throw reason;
  }
}

function isAnswered({ api, body }: Request): boolean {
  return api.isAnswered === undefined || api.isAnswered(body as never);
}
