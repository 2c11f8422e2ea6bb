/**
 * `fromTransform`: a stage of any Node transform stream, or of what through2 and its like make.
 *
 * It is on its own: order, backpressure and memory are as the stream has them. It must be in object mode, but for the seams
 * `inbound` and `outbound`, and give something for everything it takes: a request that never comes out again is counted in
 * the connection's budget until the connection ends.
 *
 * An error that it emits or throws ends the connection at once, with one line that names the stage.
 */
import type { Duplex } from 'node:stream';
import type { Connection } from '../protocol/scope';
import { broken } from './broken';
import type { Figures } from './figures';
import type { MakeStream, Stage } from './seams';

/** @param make called for each connection; gives a stream of its own each time */
export function fromTransform<T>(stageName: string, make: (connection: Connection) => Duplex): Stage<T, T> {
  const begin: MakeStream = (connection, figures) => {
    const stream = make(connection);
    stream.once('error', (error) => broken(stageName, error, connection));
    catchThrown(stream);
    if (figures !== undefined) count(stream, figures);
    return stream;
  };
  return Object.assign(begin, { stageName });
}

/** What a stream throws would end the process: whoever wrote to it would get it, far from anybody who could act on it. */
function catchThrown(stream: Duplex): void {
  const write = stream._write;
  stream._write = (...args: Parameters<Duplex['_write']>) => {
    try {
      Reflect.apply(write, stream, args);
    } catch (error) {
      stream.destroy(error as Error);
    }
  };
}

/** Counts at the stream's own doors, which is where whatever is piped into it and out of it passes. */
function count(stream: Duplex, figures: Figures): void {
  figures.isCounted = true;
  const { write, push } = stream;
  stream.write = (...args: unknown[]) => {
    figures.in++;
    if (!stream.writableObjectMode) figures.bytesIn += Buffer.byteLength(args[0] as Buffer);
    return Reflect.apply(write, stream, args);
  };
  stream.push = (item: unknown, encoding) => {
    if (item !== null) figures.out++;
    if (item !== null && !stream.readableObjectMode) figures.bytesOut += Buffer.byteLength(item as Buffer);
    return push.call(stream, item, encoding);
  };
}
