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
import type { Duplex } from 'node:stream';
import type { Api } from '../protocol/api';
import type { RequestHeader } from '../protocol/header';
import type { LiveConnection } from './connection';
import type { Figures } from './figures';

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
  /**
   * The answer's body; null if none is to be sent. Throws a KafkaError, a Hangup, or a bug. Called once.
   * @param body what to answer instead of the request's own
   */
  answer(body?: unknown): unknown;
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

/**
 * Makes a stage's stream for a connection.
 * @param figures where the stage counts what it does; nobody looks at it, if there are none
 * @param holds takes what says how many messages the stream holds, besides those in its buffers
 */
export type MakeStream = (
  connection: LiveConnection,
  figures?: Figures,
  holds?: (count: () => number) => void,
) => Duplex;

/** A factory of streams, one for each connection; a user's own may ask for a plain `Connection` and nothing else. */
export interface Stage<In, Out> extends MakeStream {
  readonly stageName: string;
  /** Seams where it can sit; any, if it does not say. */
  readonly fits?: readonly (keyof Seams)[];
  /**
   * At `outbound`: it gives every chunk that it takes, as it is and in order, and keeps none. Then memory that was lent to
   * an answer is not copied for its sake.
   */
  readonly passesAll?: boolean;
  /**
   * Sits down on the stream before it, in place of a stream of its own, and is called with all that it gives (onlooker.ts).
   * @returns how to get off again; null if that stream cannot be watched
   */
  readonly rides?: (connection: LiveConnection, before: Duplex, figures?: Figures) => (() => void) | null;
  /** Types only; never set. */
  readonly types?: { in: (item: In) => void; out: Out };
}

/** A user's stages, by the seam where they sit. */
export type Taps = { readonly [S in keyof Seams]?: readonly Stage<Seams[S], Seams[S]>[] };
