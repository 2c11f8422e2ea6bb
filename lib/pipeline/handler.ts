/**
 * Handler: starts calls in order and emits replies in order.
 *
 * An exclusive call waits for every call before it, and every call after it waits for its answer. Pipelined calls
 * overlap: each is started, and so has its place in every queue, before the next one is looked at.
 *
 * A call ends in an answer, in a refusal (KafkaError), in the end of the connection (Hangup), or in a bug, which the
 * client sees as UNKNOWN_SERVER_ERROR and the log with its stack.
 */
import { errors, Hangup, KafkaError } from '../errors';
import type { Logger } from '../logger';
import { answerTo, refusalOf } from './replies';
import type { Call, Reply, Stage } from './seams';
import { type Push, stage } from './stage';

export interface HandlerOptions {
  /** Pipelined calls that one connection may have in flight. */
  readonly maxInFlight: number;
  readonly logger: Logger;
}

/** A place in the queue of answers; `outcome` is null until it is there. */
interface Place {
  outcome: Reply | Hangup | null;
}

export function handler({ maxInFlight, logger }: HandlerOptions): Stage<Call | Reply, Reply> {
  return stage('handler', 'objects to objects', (connection, hangUp, clock) => {
    /** Calls that are not answered yet, or wait for one before them, in order. */
    const places: Place[] = [];
    /** What goes on once at most `allowed` calls are in flight. */
    let resume: (() => void) | null = null;
    let allowed = 0;

    const whenAtMost = (most: number, then: () => void): void => {
      if (places.length <= most) return then();
      allowed = most;
      resume = then;
    };

    const emitReady = (push: Push<Reply>): void => {
      while (places.length > 0 && places[0]!.outcome !== null) {
        const outcome = places.shift()!.outcome!;
        if (outcome instanceof Hangup) return hangUp(outcome);
        push(outcome);
      }
      if (resume === null || places.length > allowed) return;
      const then = resume;
      resume = null;
      then();
    };

    const start = (call: Call, push: Push<Reply>): void => {
      const place: Place = { outcome: null };
      places.push(place);
      const startedAt = clock.start();
      const settle = (outcome: Reply | Hangup): void => {
        clock.stop(startedAt);
        place.outcome = outcome;
        emitReady(push);
      };
      try {
        const answer = call.answer();
        if (answer instanceof Promise) {
          answer.then(
            (body) => settle(answerTo(call.request, body, connection)),
            (error) => settle(failed(call, error)),
          );
        } else settle(answerTo(call.request, answer, connection));
      } catch (error) {
        settle(failed(call, error));
      }
    };

    const failed = ({ request }: Call, error: unknown): Reply | Hangup => {
      if (error instanceof Hangup) return error;
      let refusal = errors.UNKNOWN_SERVER_ERROR;
      if (error instanceof KafkaError) refusal = error;
      else logger.error({ err: error, connection: connection.id }, `${request.api.name} v${request.version} failed`);
      return refusalOf(request, refusal);
    };

    return {
      each(item, push, done) {
        if (item.is === 'reply') {
          places.push({ outcome: item });
          emitReady(push);
          return done();
        }
        if (item.request.api.order === 'pipelined') {
          start(item, push);
          return whenAtMost(maxInFlight - 1, done);
        }
        whenAtMost(0, () => {
          start(item, push);
          whenAtMost(0, done);
        });
      },
      last(_push, done) {
        whenAtMost(0, done);
      },
      held: () => places.length,
      // A call's time, which is that of the stages around it as well.
      timesItself: true,
    };
  });
}
