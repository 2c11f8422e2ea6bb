/**
 * One connection to an upstream broker, on which one client's requests are asked in their order. Opened by forwarder.ts
 * with the first request of a client, and gone with it.
 *
 * Kafka answers a connection in order, so each answer belongs to the request that waits longest. What always holds: every
 * `ask` and `tell` settles; what goes wrong is a Hangup that names the upstream; and answers that the client has not taken
 * yet are counted, so that from `maxQueuedBytes` on nothing more is read of the upstream.
 */
import type { Duplex, Writable } from 'node:stream';
import { Hangup } from '../errors';
import { Budget } from '../pipeline/budget';
import { LiveConnection } from '../pipeline/connection';
import { framer } from '../pipeline/framer';
import { outlet } from '../pipeline/outlet';
import type { Frame } from '../pipeline/seams';
import { type Address, addressText } from './address';
import { type DialOptions, dial } from './dial';

export interface UpstreamOptions extends Pick<DialOptions, 'addresses' | 'connect' | 'scheduler'> {
  /** The client's connection, for what is logged. */
  readonly id: number;
  /** Largest answer in bytes. */
  readonly maxBytes: number;
  /** Bytes of answers that may wait for the client. */
  readonly maxQueuedBytes: number;
  /** The upstream has ended the connection while nothing was asked. */
  left(): void;
  /** It is over, for whatever reason. */
  ended(): void;
}

/** An answer's frame; `release` says that its bytes are not needed any more. */
export interface Answered {
  readonly bytes: Buffer;
  readonly release: () => void;
}

interface Waiting {
  /** What was asked, for a person. */
  readonly what: string;
  readonly correlationId: number;
  readonly resolve: (answer: Answered) => void;
  readonly reject: (reason: Hangup) => void;
}

/** How long bytes that were written last may take to leave, once nobody waits for an answer any more. */
const lastBytesMaxMs = 1000;

export class Upstream {
  private readonly options: UpstreamOptions;
  /** Its own account: bytes of answers, and bytes that are on their way to the upstream. */
  private readonly connection: LiveConnection;
  private readonly waiting: Waiting[] = [];
  private readonly unsent = new Set<(reason: Hangup) => void>();
  /** Where requests are written; until there is a connection they are kept in `early`. */
  private out: Writable | null = null;
  private early: Buffer[] = [];
  private name: string;
  /** Why nothing more can be asked. */
  private over: Hangup | null = null;
  private isEnded = false;
  private giveUpDialling = () => {};
  private destroy = () => {};

  constructor(options: UpstreamOptions) {
    const { id, addresses, connect, scheduler, maxQueuedBytes } = options;
    this.options = options;
    this.name = addresses.map(addressText).join(', ');
    this.connection = new LiveConnection({
      ...{ id, listener: 'upstream', remoteAddress: this.name, maxQueuedBytes },
      budget: new Budget(maxQueuedBytes),
    });
    this.giveUpDialling = dial({
      ...{ addresses, connect, scheduler },
      connected: (stream, address) => this.connected(stream, address),
      failed: (why) => this.fail(`upstream ${why}`),
    });
  }

  /** Sends a request; resolves to the frame of its answer. Rejects with a Hangup where there is none. */
  ask(what: string, correlationId: number, chunks: readonly Buffer[]): Promise<Answered> {
    return new Promise((resolve, reject) => {
      if (this.over !== null) return reject(this.over);
      this.waiting.push({ what, correlationId, resolve, reject });
      this.write(chunks);
    });
  }

  /** Sends a request that gets no answer; resolves once its bytes are gone. Rejects with a Hangup. */
  tell(chunks: readonly Buffer[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.over !== null) return reject(this.over);
      this.unsent.add(reject);
      this.write(chunks);
      this.connection.whenSent(() => {
        this.unsent.delete(reject);
        resolve();
      });
    });
  }

  /** Nobody waits for answers any more: lets what was written leave, and ends. */
  close(): void {
    if (this.over !== null) return;
    this.over = new Hangup('nobody waits for the answer any more');
    this.giveUpDialling();
    if (this.out === null) return this.end();
    const late = this.options.scheduler.schedule(() => this.end(), lastBytesMaxMs);
    this.connection.hold(() => late.unsubscribe());
    this.out.end(() => this.end());
  }

  private connected(stream: Duplex, address: Address): void {
    this.name = addressText(address);
    const { maxBytes, scheduler } = this.options;
    const frames = framer({ maxBytes, now: () => scheduler.now() })(this.connection);
    const out = outlet(this.connection, stream);
    const ended = (error: Error | null | undefined) => this.fail(`upstream ${this.name} ${this.reasonOf(error)}`);
    this.destroy = () => {
      for (const one of [stream, frames, out]) one.on('error', () => {}).destroy();
    };
    stream.on('error', ended);
    // What came before an end in good order is still to be read.
    stream.on('close', () => (stream.readableEnded ? undefined : ended(null)));
    out.on('error', ended);
    frames.on('error', ended).on('end', () => ended(null));
    frames.on('data', (frame: Frame) => this.answered(frame));
    stream.pipe(frames);
    this.out = out;
    for (const chunk of this.early) out.write(chunk);
    this.early = [];
  }

  private write(chunks: readonly Buffer[]): void {
    for (const chunk of chunks) {
      this.connection.encodedBytes += chunk.length;
      if (this.out === null) this.early.push(chunk);
      else this.out.write(chunk);
    }
  }

  private answered({ bytes }: Frame): void {
    const first = this.waiting.shift();
    const correlationId = bytes.length < 4 ? null : bytes.readInt32BE(0);
    if (first === undefined) return this.fail(`upstream ${this.name} sent an answer that nobody has asked for`);
    if (correlationId !== first.correlationId) {
      this.waiting.unshift(first);
      return this.fail(`upstream ${this.name} answered ${correlationId} where ${first.correlationId} was asked`);
    }
    first.resolve({ bytes, release: () => this.connection.account.give(bytes.length) });
  }

  private reasonOf(error: Error | null | undefined): string {
    const { hangup } = this.connection;
    if (hangup !== null) return `cannot be read: ${hangup.message}`;
    if (error) return `ended the connection: ${(error as NodeJS.ErrnoException).code ?? error.message}`;
    return 'ended the connection';
  }

  private fail(why: string): void {
    // It was closing already.
    if (this.over !== null) return this.end();
    const first = this.waiting[0];
    this.over = new Hangup(first === undefined ? why : `${why} (${first.what} has no answer)`);
    const isMissed = first !== undefined || this.unsent.size > 0;
    this.end();
    if (!isMissed) this.options.left();
  }

  private end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.destroy();
    this.connection.close();
    for (const { reject } of this.waiting.splice(0)) reject(this.over!);
    for (const reject of this.unsent) reject(this.over!);
    this.unsent.clear();
    this.options.ended();
  }
}
