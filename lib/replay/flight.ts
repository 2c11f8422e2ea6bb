/**
 * A request of the recording on its way: what goes over the wire in its place, with the target's ids. Made by replayer.ts.
 */
import type { Body, RecordedRequest } from '../capture/recorded';
import { EncodeError, Writer } from '../protocol/bytes';
import type { SessionFetch } from './fetch-sessions';
import type { LearnedIds } from './ids/learned-ids';
import { rewriteIds } from './ids/rewrite-ids';
import type { Verdict } from './outcome';
import { shapeOf } from './shape';
import type { Sent } from './target-connection';

export interface Flight {
  /** The body that is sent; null if it cannot be decoded, or is not sent. */
  readonly asked: Body | null;
  /** Of a Fetch, its part in a fetch session. */
  readonly fetch: SessionFetch | null;
  /** What goes over the wire; null for what is not sent. */
  readonly chunks: readonly Buffer[] | null;
  sent: Sent | null;
  /** Null: that is to be seen. */
  readonly verdict: Verdict | null;
  readonly why: string | null;
}

/** One that is not sent. */
export function grounded(verdict: Verdict, why: string | null): Flight {
  return { asked: null, fetch: null, chunks: null, sent: null, verdict, why };
}

/** One that is sent as it was recorded, because nobody here can read it. */
export function unread({ bytes }: RecordedRequest, why: string | null): Flight {
  return { asked: null, fetch: null, chunks: [bytes], sent: null, verdict: 'unknown', why };
}

/** @param body in the recording's own ids */
export function flightOf(request: RecordedRequest, body: Body, fetch: SessionFetch | null, ids: LearnedIds): Flight {
  const asked = rewriteIds(body, shapeOf(request.exchange!.request), ids);
  try {
    return { asked, fetch, chunks: encoded(request, asked), sent: null, verdict: null, why: null };
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error;
    return { ...grounded('unknown', `its ids do not fit into the request: ${error.message}`), fetch };
  }
}

/** A body as it goes over the wire; as it was recorded where it is the recorded one. */
export function encoded(request: RecordedRequest, body: Body): readonly Buffer[] {
  if (body === request.body.body) return [request.bytes];
  const writer = new Writer(1024);
  request.exchange!.requestCodec(request.header.apiVersion).write(writer, body);
  return [request.headerBytes, ...writer.take()];
}
