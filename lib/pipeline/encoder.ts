/**
 * Encoder: writes each reply as one frame of bytes and gives the request's bytes back to the budget.
 *
 * One writer serves all connections: encoding is synchronous, and small answers share its memory until they are sent.
 * Record batches and other large fields pass by reference as chunks of their own.
 */
import { Writer } from '../protocol/bytes';
import { writeResponseHeader } from '../protocol/header';
import type { Reply, Stage } from './seams';
import { stage } from './stage';

const writer = new Writer();

export function encoder(): Stage<Reply, Buffer> {
  return stage('encoder', 'objects to bytes', (connection) => ({
    each(reply, push, done) {
      connection.account.give(reply.request.frame.bytes.length);
      if (reply.body === null) {
        reply.release?.();
        return done();
      }
      let chunks: Buffer[];
      try {
        chunks = encode(reply);
      } catch (error) {
        writer.take();
        reply.release?.();
        return done(error as Error);
      }
      for (const chunk of chunks) {
        connection.encodedBytes += chunk.length;
        push(chunk);
      }
      if (reply.release !== undefined) connection.whenSent(reply.release);
      done();
    },
  }));
}

function encode({ request, body }: Reply): Buffer[] {
  const { api, header, version } = request;
  writer.int32(0);
  writeResponseHeader(writer, header.correlationId, api.responseHeader(version));
  api.responseCodec(version).write(writer, body as never);
  const size = writer.length - 4;
  const chunks = writer.take();
  chunks[0]!.writeInt32BE(size, 0);
  return chunks;
}
