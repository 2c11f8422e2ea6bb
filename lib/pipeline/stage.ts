/**
 * `stage()`: the one way in which this project makes a transform stream, over through2 (`transform`).
 *
 * Next to nothing waits between two stages: what waits, waits in the client's TCP window and not in memory. The marks are
 * just so high that an item which passes at once does not stop and restart the stream before it, which made a burst of
 * small requests a third slower.
 *
 * A stage that fails with a Hangup ends the stream behind it and takes nothing more: what was asked before is still
 * answered, in order, and then the connection closes. So does one that throws. Any other error that it passes to `done`
 * destroys the whole pipeline.
 */
import type { Transform } from 'node:stream';
import { Hangup } from '../errors';
import { broken } from './broken';
import { setCarrier } from './carrier';
import type { LiveConnection } from './connection';
import { Figures } from './figures';
import type { MakeStream, Seams, Stage } from './seams';
import { StageClock } from './stopwatch';
import { transform as through } from './transform';

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
  /** Messages that it has taken and not given yet, if it keeps any. */
  held?(): number;
  /** Whether it measures by the clock that it was given; else its time on a message is that from `each` to `done`. */
  readonly timesItself?: boolean;
}

/** Items, or bytes, from which on the stage before is stopped. */
const waitingItems = 2;
export const waitingBytes = 65536;

/** What flows in and out: bytes (Buffers) or objects. */
export type Shape = 'bytes to bytes' | 'bytes to objects' | 'objects to objects' | 'objects to bytes';

/** Seams where a stage of a shape can sit; the core stages, which make one thing of another, fit none. */
export const seamsOf: Readonly<Record<Shape, readonly (keyof Seams)[]>> = {
  'bytes to bytes': ['inbound', 'outbound'],
  'bytes to objects': [],
  'objects to objects': ['frames', 'requests', 'calls', 'replies'],
  'objects to bytes': [],
};

function lengthOf(bytes: unknown): number {
  return (bytes as Buffer).length;
}

/**
 * Makes a stage.
 * @param stageName names it in log lines and pictures
 * @param begin called for each connection; what it returns is that connection's state and work. `hangUp` ends the
 *   connection behind everything pushed so far, for stages that learn of it after `done`; null: nobody is to blame
 * @param fits where it can sit, for stages that know more of what they take than its shape
 */
export function stage<In, Out>(
  stageName: string,
  shape: Shape,
  begin: (connection: LiveConnection, hangUp: (reason: Hangup | null) => void, clock: StageClock) => Work<In, Out>,
  fits: readonly (keyof Seams)[] = seamsOf[shape],
): Stage<In, Out> {
  const takesObjects = shape.startsWith('objects');
  const givesObjects = shape.endsWith('objects');
  const options = {
    writableObjectMode: takesObjects,
    readableObjectMode: givesObjects,
    writableHighWaterMark: takesObjects ? waitingItems : waitingBytes,
    readableHighWaterMark: givesObjects ? waitingItems : waitingBytes,
  };
  const make: MakeStream = (connection, figures = new Figures(), holds = () => {}) => {
    const { stopwatch } = connection;
    figures.isCounted = true;
    figures.isTimed = true;
    let over = false;
    const hangUp = (reason: Hangup | null) => {
      if (over) return;
      connection.hangup ??= reason;
      over = true;
      transform.push(null);
    };
    const work = begin(connection, hangUp, new StageClock(stopwatch, figures.times));
    const times = work.timesItself === true ? null : figures.times;
    if (work.held !== undefined) holds(() => work.held!());
    const watchers: ((item: unknown) => void)[] = [];
    const push: Push<Out> = (item) => {
      if (over) return;
      figures.out++;
      if (!givesObjects) figures.bytesOut += lengthOf(item);
      for (const watcher of watchers) watcher(item);
      if (!over) transform.push(item);
    };
    const orHangUp = (done: Done) => (error?: Error | null) => {
      if (error instanceof Hangup) hangUp(error);
      else done(error);
    };
    const transform: Transform = through(
      options,
      (item: In, _encoding, done) => {
        // Behind a hang-up nothing is taken any more, and so nothing is carried out that nobody would hear of.
        if (over) return;
        figures.in++;
        if (!takesObjects) figures.bytesIn += lengthOf(item);
        const ready = orHangUp(done);
        try {
          if (!stopwatch.isOn) return work.each(item, push, ready);
          stopwatch.time(times, (ended) =>
            work.each(item, push, (error) => {
              ended();
              ready(error);
            }),
          );
        } catch (error) {
          hangUp(broken(stageName, error, connection));
        }
      },
      (done) => {
        if (work.last === undefined) return done();
        try {
          work.last(push, orHangUp(done));
        } catch (error) {
          hangUp(broken(stageName, error, connection));
        }
      },
    );
    setCarrier(transform, { watchers, hangUp });
    return transform;
  };
  return Object.assign(make, { stageName, fits });
}
