/**
 * One client connection: what stages may know of it (`Connection`), and what the pipeline itself keeps of it.
 */
import type { Hangup } from '../errors';
import type { Connection } from '../protocol/scope';
import type { Account, Budget } from './budget';

export interface ConnectionOptions {
  readonly id: number;
  readonly listener: string;
  readonly remoteAddress: string;
  readonly budget: Budget;
  /** Bytes of requests that may wait for their answers on this connection. */
  readonly maxQueuedBytes: number;
}

export class LiveConnection implements Connection {
  readonly id: number;
  readonly listener: string;
  readonly remoteAddress: string;
  readonly principal = 'User:ANONYMOUS';
  readonly signal: AbortSignal;
  /** Bytes of requests in flight. */
  readonly account: Account;
  /** Why the broker ends this connection, once it does. */
  hangup: Hangup | null = null;
  /** Bytes of answers that Encoder has passed on. */
  encodedBytes = 0;
  private sentBytes = 0;
  /** Memory to hand back, each once that many bytes have left. */
  private readonly lent: { readonly untilBytes: number; readonly release: () => void }[] = [];
  private readonly controller = new AbortController();

  constructor({ id, listener, remoteAddress, budget, maxQueuedBytes }: ConnectionOptions) {
    this.id = id;
    this.listener = listener;
    this.remoteAddress = remoteAddress;
    this.signal = this.controller.signal;
    this.account = budget.account(maxQueuedBytes);
  }

  /** Runs `release` once everything encoded so far has left the process, or never will. */
  whenSent(release: () => void): void {
    this.lent.push({ untilBytes: this.encodedBytes, release });
  }

  /** The socket has taken these bytes over. */
  sent(bytes: number): void {
    this.sentBytes += bytes;
    while (this.lent.length > 0 && this.lent[0]!.untilBytes <= this.sentBytes) this.lent.shift()!.release();
  }

  /** Nothing more will be asked on this connection: parked calls answer with what they have. */
  wake(): void {
    this.controller.abort();
  }

  /** The connection is gone. */
  close(): void {
    this.wake();
    this.account.close();
    this.sent(Number.POSITIVE_INFINITY);
  }
}
