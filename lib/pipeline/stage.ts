/**
 * `stage()`: the one way in which this project makes a transform stream, over through2.
 *
 * Next to nothing waits between two stages: what waits, waits in the client's TCP window and not in memory. The marks are
 * just so high that an item which passes at once does not stop and restart the stream before it, which made a burst of
 * small requests a third slower.
 *
 * A stage that fails with a Hangup ends the stream behind it and takes nothing more: what was asked before is still
 * answered, in order, and then the connection closes. Any other error destroys the whole pipeline.
 */
import type { Transform } from 'node:stream';
import through2 from 'through2';
import { Hangup } from '../errors';
import type { LiveConnection } from './connection';
import type { Stage } from './seams';

/** Gives an item to the next stage. */
export type Push<Out> = (item: Out) => void;
/** Asks for the next item; with an error, ends the connection. */
export type Done = (error?: Error | null) => void;

/** One connection's work of a stage. */
export interface Work<In, Out> {
  /** Takes one item; calls `done` when it is ready for the next. */
  each(item: In, push: Push<Out>, done: Done): void;
  /** Called when no more items come; calls `done` when it has pushed its last. */
  last?(push: Push<Out>, done: Done): void;
}

/** Items, or bytes, from which on the stage before is stopped. */
const waitingItems = 2;
export const waitingBytes = 65536;

/** What flows in and out: bytes (Buffers) or objects. */
export type Shape = 'bytes to bytes' | 'bytes to objects' | 'objects to objects' | 'objects to bytes';

/**
 * Makes a stage.
 * @param stageName names it in log lines and pictures
 * @param begin called for each connection; what it returns is that connection's state and work. `hangUp` ends the
 *   connection behind everything pushed so far, for stages that learn of it after `done`
 */
export function stage<In, Out>(
  stageName: string,
  shape: Shape,
  begin: (connection: LiveConnection, hangUp: (reason: Hangup) => void) => Work<In, Out>,
): Stage<In, Out> {
  const takesObjects = shape.startsWith('objects');
  const givesObjects = shape.endsWith('objects');
  const options = {
    writableObjectMode: takesObjects,
    readableObjectMode: givesObjects,
    writableHighWaterMark: takesObjects ? waitingItems : waitingBytes,
    readableHighWaterMark: givesObjects ? waitingItems : waitingBytes,
  };
  const make = (connection: LiveConnection): Transform => {
    let over = false;
    const hangUp = (reason: Hangup) => {
      connection.hangup ??= reason;
      over = true;
      transform.push(null);
    };
    const work = begin(connection, hangUp);
    const push: Push<Out> = (item) => {
      if (!over) transform.push(item);
    };
    const orHangUp = (done: Done) => (error?: Error | null) => {
      if (error instanceof Hangup) hangUp(error);
      else done(error);
    };
    const transform: Transform = through2(
      options,
      // Behind a hang-up nothing is taken any more, and so nothing is carried out that nobody would hear of.
      (item: In, _encoding, done) => (over ? undefined : work.each(item, push, orHangUp(done))),
      (done) => (work.last === undefined ? done() : work.last(push, orHangUp(done))),
    );
    return transform;
  };
  return Object.assign(make, { stageName });
}
