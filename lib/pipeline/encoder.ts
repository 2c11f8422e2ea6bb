/**
 * Encoder: writes each reply as one frame of bytes and gives the request's bytes back to the budget.
 *
 * One writer serves all connections of a broker: encoding is synchronous, and small answers share its memory until they are sent.
 * Record batches and other large fields pass by reference as chunks of their own.
 */
import { errors } from '../errors';
import type { Logger } from '../logger';
import type { Writer } from '../protocol/bytes';
import { framed } from '../protocol/framed';
import { writeResponseHeader } from '../protocol/header';
import type { Reply, Request, Stage } from './seams';
import { stage } from './stage';

export interface EncoderOptions {
  /** What all connections of a broker write with. */
  readonly writer: Writer;
  readonly logger: Logger;
  /**
   * Whether memory that was lent to an answer is passed on, and goes back when the socket has taken the bytes over. Else
   * it is copied here and goes back at once: taps at `outbound` may hold bytes back or change their number, and streams
   * within the process hand over the memory itself, which their reader may look at long after.
   */
  readonly passesLent: boolean;
}

export function encoder({ writer, logger, passesLent }: EncoderOptions): Stage<Reply, Buffer> {
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
        chunks = encodeOrRefuse(writer, request, body, (bug) =>
          logger.error(
            { err: bug, connection: connection.id },
            `${request.api.name} v${request.version} cannot be answered`,
          ),
        );
      } catch (error) {
        release?.();
        return done(error as Error);
      }
      if (release !== undefined && !passesLent) {
        chunks = chunks.map((chunk) => Buffer.from(chunk));
        release();
      }
      for (const chunk of chunks) {
        connection.encodedBytes += chunk.length;
        push(chunk);
      }
      if (release !== undefined && passesLent) connection.whenSent(release);
      done();
    },
  }));
}

/** An answer that its version cannot carry is a bug like any other: the client is told so in that API's own shape. */
function encodeOrRefuse(writer: Writer, request: Request, body: unknown, report: (bug: unknown) => void): Buffer[] {
  try {
    return encode(writer, request, body);
  } catch (bug) {
    report(bug);
    return encode(writer, request, request.api.refuse(request.body as never, errors.UNKNOWN_SERVER_ERROR));
  }
}

function encode(writer: Writer, { api, header, version }: Request, body: unknown): Buffer[] {
  return framed(writer, () => {
    writeResponseHeader(writer, header.correlationId, api.responseHeader(version));
    api.responseCodec(version).write(writer, body as never);
  });
}
