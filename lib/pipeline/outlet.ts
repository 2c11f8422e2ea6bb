/**
 * Outlet: the end of the pipeline, which writes to the socket.
 *
 * The socket stays corked until the burst of answers that one burst of requests led to has come through: one write per
 * burst, never one per answer. It says when bytes have left, so that lent memory goes back.
 */
import { type Duplex, Writable } from 'node:stream';
import type { LiveConnection } from './connection';
import { waitingBytes } from './stage';

export function outlet(connection: LiveConnection, socket: Duplex): Writable {
  let corked = false;
  const uncork = () => {
    corked = false;
    socket.uncork();
  };
  return new Writable({
    highWaterMark: waitingBytes,
    decodeStrings: false,
    write(chunk: Buffer, _encoding, done) {
      if (!corked) {
        corked = true;
        socket.cork();
        // A microtask runs when all ticks of the burst have: everything that is ready by then goes out together.
        queueMicrotask(uncork);
      }
      const size = chunk.length;
      const hasRoom = socket.write(chunk, () => connection.sent(size));
      if (hasRoom) done();
      else socket.once('drain', done);
    },
    final(done) {
      if (socket.writableEnded || socket.destroyed) return done();
      // Both ways: who hangs up has stopped reading, and would never see the client's own end.
      socket.end(() => {
        done();
        socket.destroy();
      });
    },
  });
}
