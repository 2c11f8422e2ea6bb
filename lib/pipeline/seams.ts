/**
 * What flows through a connection, and the seams where users put stages of their own.
 *
 *     socket ─► Framer ─► Decoder ─► Router ─► Handler ─► Encoder ─► socket
 *            │         │          │         │          │          │
 *         inbound   frames    requests    calls     replies    outbound
 *
 * Nothing is mutated: each step keeps the one before, so nothing is looked up twice and no stage needs a side table.
 * A reply may enter anywhere after Decoder; it passes every later stage untouched and keeps its place in the queue.
 */
import type { Transform } from 'node:stream';
import type { Api } from '../protocol/api';
import type { RequestHeader } from '../protocol/header';
import type { LiveConnection } from './connection';

/** The bytes of one message, without their length prefix. */
export interface Frame {
  readonly bytes: Buffer;
  /** By the broker's clock. */
  readonly receivedAtMs: number;
}

/** A frame with its header, its API and its decoded body. */
export interface Request {
  readonly is: 'request';
  readonly frame: Frame;
  readonly header: RequestHeader;
  readonly api: Api;
  /** The version in which the answer is written: the request's own, but for a refused ApiVersions (KIP-511). */
  readonly version: number;
  readonly body: unknown;
}

/** A request with somebody to answer it. */
export interface Call {
  readonly is: 'call';
  readonly request: Request;
  /** The answer's body; null if none is to be sent. Throws a KafkaError, a Hangup, or a bug. Called once. */
  answer(): unknown;
}

/** An answer together with its request. */
export interface Reply {
  readonly is: 'reply';
  readonly request: Request;
  /** Body of the answer, as the API's response schema has it; null: nothing is sent (acks=0). */
  readonly body: unknown;
  /** To be called once nobody reads the body any more; a stage that drops a reply calls it. */
  release?(): void;
}

/** What flows at each seam. */
export interface Seams {
  inbound: Buffer;
  frames: Frame;
  requests: Request | Reply;
  calls: Call | Reply;
  replies: Reply;
  outbound: Buffer;
}

/** A factory of transform streams, one for each connection; a user's own may ask for a plain `Connection`. */
export interface Stage<In, Out> {
  (connection: LiveConnection): Transform;
  readonly stageName: string;
  /** Types only; never set. */
  readonly types?: { in: In; out: Out };
}

/** A user's stages, by the seam where they sit. */
export type Taps = { readonly [S in keyof Seams]?: readonly Stage<Seams[S], Seams[S]>[] };
