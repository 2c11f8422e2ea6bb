/**
 * `attempt`: one turn of a user's function in a stage. It ends once, whatever the function does:
 *
 * - it gives something, at once or later: `given`, without a turn of the event loop in between where it was at once;
 * - it throws a KafkaError or a Hangup: `failed` with that;
 * - it throws anything else, or never ends: `failed` with UNKNOWN_SERVER_ERROR or REQUEST_TIMED_OUT, and a log line with
 *   the stage's name. What it gives too late is let go, with the memory that it holds.
 */
import { errors, Hangup, KafkaError } from '../errors';
import { Answer } from '../protocol/api';
import type { LiveConnection } from './connection';
import { Patience } from './patience';
import type { Request } from './seams';

/** Whose turn it is: which stage's, over which request, on which connection. */
export interface Turn {
  readonly stageName: string;
  readonly request: Request;
  readonly connection: LiveConnection;
}

/**
 * Runs `work` once and tells what came of it once.
 * @param work may pause its patience while it waits for something that is none of its own business
 */
export function attempt<T>(
  turn: Turn,
  work: (patience: Patience) => T | Promise<T>,
  given: (value: T) => void,
  failed: (reason: KafkaError | Hangup) => void,
): void {
  let isOver = false;
  const patience = new Patience(turn.connection, () => end(() => failed(tooLate(turn))));
  const end = (how: () => void): void => {
    isOver = true;
    patience.close();
    how();
  };
  let outcome: T | Promise<T>;
  try {
    outcome = work(patience);
  } catch (error) {
    return end(() => failed(reasonOf(error, turn)));
  }
  const take = (value: T): void =>
    end(() => {
      if (typeof value === 'object' || value === undefined) given(value);
      else failed(reasonOf(notMade(value, turn), turn));
    });
  if (!isPromise(outcome)) return take(outcome);
  patience.begin();
  outcome.then(
    (value) => (isOver ? letGo(value) : take(value)),
    (error) => (isOver ? undefined : end(() => failed(reasonOf(error, turn)))),
  );
}

function isPromise<T>(outcome: T | Promise<T>): outcome is Promise<T> {
  return typeof (outcome as Partial<Promise<T>> | null | undefined)?.then === 'function';
}

function notMade(value: unknown, { stageName }: Turn): TypeError {
  return new TypeError(`stage '${stageName}' gave a ${typeof value}; expected a body, an Answer, null or nothing`);
}

function letGo(value: unknown): void {
  if (value instanceof Answer) value.release();
}

function reasonOf(error: unknown, turn: Turn): KafkaError | Hangup {
  if (error instanceof KafkaError || error instanceof Hangup) return error;
  const { stageName, request, connection } = turn;
  const line = `stage '${stageName}' failed at ${request.api.name} v${request.version}`;
  connection.rules?.logger.error({ err: error, connection: connection.id, stage: stageName }, line);
  return errors.UNKNOWN_SERVER_ERROR;
}

function tooLate({ stageName, request, connection }: Turn): KafkaError {
  const gaveUp = `stage '${stageName}' gave nothing within ${connection.rules?.maxMs} ms`;
  const what = `${gaveUp} at ${request.api.name} v${request.version}`;
  connection.rules?.logger.warn({ connection: connection.id, stage: stageName }, what);
  return errors.REQUEST_TIMED_OUT.because(gaveUp);
}
