/**
 * What becomes of a connection when a user's stream or operator fails: it is hung up, with a line that names the stage,
 * and the stack is in the log. A Hangup speaks for itself.
 */
import { Duplex } from 'node:stream';
import { Hangup } from '../errors';
import type { LiveConnection } from './connection';
import type { MakeStream, Stage } from './seams';

/** The Hangup by which the connection ends now; the first one that it had counts. */
export function broken(stageName: string, error: unknown, connection: LiveConnection): Hangup {
  const said = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Hangup))
    connection.rules?.logger.error(
      { err: error, connection: connection.id, stage: stageName },
      `stage '${stageName}' failed`,
    );
  const hangup = error instanceof Hangup ? error : new Hangup(`stage '${stageName}' failed: ${said}`);
  connection.hangup ??= hangup;
  return hangup;
}

/**
 * The stage, for which a stream that ends at once takes the place of one that cannot be made: whoever accepted the
 * connection is not to fail by it.
 */
export function orBroken<In, Out>(stage: Stage<In, Out>): Stage<In, Out> {
  const make: MakeStream = (connection, ...counted) => {
    try {
      return stage(connection, ...counted);
    } catch (error) {
      broken(stage.stageName, error, connection);
      const ended = new Duplex({ objectMode: true, read() {}, write() {} });
      ended.push(null);
      return ended;
    }
  };
  const { stageName, fits, passesAll, rides } = stage;
  return Object.assign(make, { stageName, fits, passesAll, rides });
}
