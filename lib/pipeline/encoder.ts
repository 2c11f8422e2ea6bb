/**
 * Encoder: writes each reply as one frame of bytes and gives the request's bytes back to the budget.
 *
 * One writer serves all connections: encoding is synchronous, and small answers share its memory until they are sent.
 * Record batches and other large fields pass by reference as chunks of their own.
 */
import { errors } from '../errors';
import type { Logger } from '../logger';
import { Writer } from '../protocol/bytes';
import { writeResponseHeader } from '../protocol/header';
import type { Reply, Request, Stage } from './seams';
import { stage } from './stage';

const writer = new Writer();

export interface EncoderOptions {
  readonly logger: Logger;
  /**
   * Whether what is pushed reaches the socket as it is. Taps at `outbound` may hold bytes back or change their number:
   * then memory that was lent to an answer is copied here and goes back at once.
   */
  readonly isLast: boolean;
}

export function encoder({ logger, isLast }: EncoderOptions): Stage<Reply, Buffer> {
  return stage('encoder', 'objects to bytes', (connection) => ({
    each(reply, push, done) {
      const { request, body, release } = reply;
      connection.account.give(request.frame.bytes.length);
      if (body === null) {
        release?.();
        return done();
      }
      let chunks: Buffer[];
      try {
        chunks = encodeOrRefuse(request, body, (bug) =>
          logger.error(
            { err: bug, connection: connection.id },
            `${request.api.name} v${request.version} cannot be answered`,
          ),
        );
      } catch (error) {
        release?.();
        return done(error as Error);
      }
      if (release !== undefined && !isLast) {
        chunks = chunks.map((chunk) => Buffer.from(chunk));
        release();
      }
      for (const chunk of chunks) {
        connection.encodedBytes += chunk.length;
        push(chunk);
      }
      if (release !== undefined && isLast) connection.whenSent(release);
      done();
    },
  }));
}

/** An answer that its version cannot carry is a bug like any other: the client is told so in that API's own shape. */
function encodeOrRefuse(request: Request, body: unknown, report: (bug: unknown) => void): Buffer[] {
  try {
    return encode(request, body);
  } catch (bug) {
    report(bug);
    return encode(request, request.api.refuse(request.body as never, errors.UNKNOWN_SERVER_ERROR));
  }
}

function encode({ api, header, version }: Request, body: unknown): Buffer[] {
  try {
    writer.int32(0);
    writeResponseHeader(writer, header.correlationId, api.responseHeader(version));
    api.responseCodec(version).write(writer, body as never);
  } catch (error) {
    writer.take();
    throw error;
  }
  const size = writer.length - 4;
  const chunks = writer.take();
  chunks[0]!.writeInt32BE(size, 0);
  return chunks;
}
