/**
 * `onlooker`: a stage that only looks at what passes its seam. Where it can it is no stream at all, but is called by the stream
 * before it with all that this gives: a stream of its own costs a small message more than most looks do.
 *
 * What always holds: it sees everything once, in order, before the next stage does, wherever it sits; it keeps nothing that
 * flows, and holds nothing up unless it says so.
 */
import { broken } from './broken';
import { carrierOf } from './carrier';
import type { LiveConnection } from './connection';
import { Figures } from './figures';
import type { MakeStream, Stage } from './seams';
import { type Done, type Shape, seamsOf, stage } from './stage';

/** What looks, for one connection. Memory that it is shown may be written again once it has returned. */
export interface Onlooker<T> {
  each(item: T): void;
  /** Nothing more will come. */
  ended?(): void;
  /** The connection is gone. */
  closed?(): void;
}

/**
 * Makes a stage of what looks.
 * @param begin called for each connection
 * @param whenReady calls back when the next item may come; if absent, nothing is ever held up
 */
export function onlooker<T>(
  stageName: string,
  shape: Extract<Shape, 'bytes to bytes' | 'objects to objects'>,
  begin: (connection: LiveConnection) => Onlooker<T>,
  whenReady?: (done: Done) => void,
): Stage<T, T> {
  const make: MakeStream = (connection, ...counted) => {
    const watcher = begin(connection);
    const stream = stage<T, T>(stageName, shape, () => ({
      each(item, push, done) {
        watcher.each(item);
        push(item);
        if (whenReady === undefined) done();
        else whenReady(done);
      },
      last(_push, done) {
        watcher.ended?.();
        done();
      },
    }))(connection, ...counted);
    stream.once('close', () => watcher.closed?.());
    return stream;
  };
  const rides = whenReady === undefined ? ridesOn(stageName, shape === 'bytes to bytes', begin) : undefined;
  return Object.assign(make, { stageName, fits: seamsOf[shape], passesAll: true, rides });
}

function ridesOn<T>(
  stageName: string,
  isOfBytes: boolean,
  begin: (connection: LiveConnection) => Onlooker<T>,
): Stage<T, T>['rides'] {
  return (connection, stream, figures = new Figures()) => {
    const carrier = carrierOf(stream);
    if (carrier === undefined) return null;
    const failed = (error: unknown) => carrier.hangUp(broken(stageName, error, connection));
    let watcher: Onlooker<T>;
    try {
      watcher = begin(connection);
    } catch (error) {
      failed(error);
      return () => {};
    }
    const { stopwatch } = connection;
    figures.isCounted = true;
    figures.isTimed = true;
    const look = (item: unknown) => {
      figures.in++;
      figures.out++;
      if (isOfBytes) {
        figures.bytesIn += (item as Buffer).length;
        figures.bytesOut += (item as Buffer).length;
      }
      try {
        if (!stopwatch.isOn) return watcher.each(item as T);
        stopwatch.time(figures.times, (ended) => {
          watcher.each(item as T);
          ended();
        });
      } catch (error) {
        failed(error);
      }
    };
    const ended = () => watcher.ended?.();
    const closed = () => watcher.closed?.();
    carrier.watchers.push(look);
    stream.once('end', ended);
    stream.once('close', closed);
    return () => {
      const at = carrier.watchers.indexOf(look);
      if (at < 0) return;
      carrier.watchers.splice(at, 1);
      stream.off('end', ended);
      stream.off('close', closed);
      closed();
    };
  };
}
