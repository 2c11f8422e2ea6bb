/**
 * Who asks, and in what circumstances: what a handler or a stage may know of the connection that a request came on.
 */

/** An address that clients are told to connect to. */
export interface Endpoint {
  /** Name of the listener, upper case, such as `PLAINTEXT`. */
  readonly listener: string;
  readonly host: string;
  readonly port: number;
}

/** One client connection, as handlers and stages see it. */
export interface Connection {
  /** Counts up from 1; names the connection in log lines. */
  readonly id: number;
  /** Name of the listener that accepted it. */
  readonly listener: string;
  /** The client's address without its port, such as `127.0.0.1`. */
  readonly remoteAddress: string;
  /** `User:ANONYMOUS` until a listener authenticates. */
  readonly principal: string;
  /** Aborted as soon as the connection is gone, from whichever side. */
  readonly signal: AbortSignal;
}

/** One request's circumstances. */
export interface Scope {
  /** API version of the request. */
  readonly version: number;
  readonly clientId: string | null;
  readonly connection: Connection;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}
