/**
 * One client connection: what stages may know of it (`Connection`), and what the pipeline itself keeps of it.
 */
import type { SchedulerLike } from 'rxjs';
import type { Hangup } from '../errors';
import type { Logger } from '../logger';
import type { Connection } from '../protocol/scope';
import type { Account, Budget } from './budget';
import { type Stopwatch, stopped } from './stopwatch';

/** Newer requests name topics by their ids. */
export interface TopicIds {
  nameOf(topicId: string): string | undefined;
  idOf(name: string): string | undefined;
}

/** What users' stages run under. */
export interface StageRules {
  readonly scheduler: SchedulerLike;
  readonly logger: Logger;
  /** How long one may take over one message (`millrace.stage.max.ms`). */
  readonly maxMs: number;
  /** The topics there are; absent where nobody here knows them (a proxy). */
  readonly topicIds?: TopicIds;
}

/** Addresses with ports of both ends, such as `127.0.0.1:9092` or `[::1]:9092`; empty for streams that have none. */
export interface Ends {
  readonly client: string;
  readonly server: string;
}

export interface ConnectionOptions {
  readonly id: number;
  readonly listener: string;
  readonly remoteAddress: string;
  readonly ends?: Ends;
  readonly budget: Budget;
  /** Bytes of requests that may wait for their answers on this connection. */
  readonly maxQueuedBytes: number;
  /** Where none are given, stages have no deadline and log nothing. */
  readonly rules?: StageRules;
  /** Times stages; where none is given, nothing does. */
  readonly stopwatch?: Stopwatch;
}

const noEnds: Ends = Object.freeze({ client: '', server: '' });
/** One for all: by default each connection would make an error of its own, with a stack, that nobody reads. */
const over = new Error('nothing more is asked on this connection');

export class LiveConnection implements Connection {
  readonly id: number;
  readonly listener: string;
  readonly remoteAddress: string;
  readonly ends: Ends;
  readonly principal = 'User:ANONYMOUS';
  readonly signal: AbortSignal;
  readonly rules: StageRules | null;
  readonly stopwatch: Stopwatch;
  /** Bytes of requests in flight. */
  readonly account: Account;
  /** Why the broker ends this connection, once it does. */
  hangup: Hangup | null = null;
  /** Bytes of answers that Encoder has passed on. */
  encodedBytes = 0;
  private sentBytes = 0;
  /** Answers on their way to the socket, each with the bytes that have to leave before its memory goes back. */
  private readonly sending: { readonly untilBytes: number; readonly giveBack: () => void }[] = [];
  private readonly held = new Set<() => void>();
  private closed = false;
  private readonly controller = new AbortController();

  constructor({
    id,
    listener,
    remoteAddress,
    ends = noEnds,
    budget,
    maxQueuedBytes,
    rules,
    stopwatch,
  }: ConnectionOptions) {
    this.id = id;
    this.listener = listener;
    this.remoteAddress = remoteAddress;
    this.ends = ends;
    this.signal = this.controller.signal;
    this.rules = rules ?? null;
    this.stopwatch = stopwatch ?? stopped;
    this.account = budget.account(maxQueuedBytes);
  }

  /**
   * Takes charge of memory that was lent to an answer: it goes back when the result is called, or when the connection is
   * gone with the answer somewhere on its way, and only once.
   */
  hold(release: () => void): () => void {
    const giveBack = () => {
      if (this.held.delete(giveBack)) release();
    };
    this.held.add(giveBack);
    if (this.closed) giveBack();
    return giveBack;
  }

  /** Calls `giveBack` once everything encoded so far has left the process. */
  whenSent(giveBack: () => void): void {
    this.sending.push({ untilBytes: this.encodedBytes, giveBack });
  }

  /** The socket has taken these bytes over. */
  sent(bytes: number): void {
    this.sentBytes += bytes;
    while (this.sending.length > 0 && this.sending[0]!.untilBytes <= this.sentBytes) this.sending.shift()!.giveBack();
  }

  /** Nothing more will be asked on this connection: parked calls answer with what they have. */
  wake(): void {
    this.controller.abort(over);
  }

  /** The connection is gone, and nothing reads what was to be sent. */
  close(): void {
    this.closed = true;
    this.wake();
    this.account.close();
    for (const giveBack of [...this.held]) giveBack();
  }
}
