/**
 * What is to be sent, one after the other, behind a bounded number of bytes; and what became of it. Called by mirror.ts.
 */
import type { KafkaError } from '../errors';

export interface SendFigures {
  /** Batches by what became of them. */
  readonly copied: number;
  readonly failed: number;
  /** There was no room for them. */
  readonly dropped: number;
  /** Bytes that wait, with those of the requests that they came in. */
  readonly waitingBytes: number;
}

interface Waiting<T> {
  readonly item: T;
  readonly bytes: number;
}

export class SendQueue<T> {
  private readonly maxBytes: number;
  private readonly send: (item: T) => Promise<KafkaError | null>;
  private readonly waiting: Waiting<T>[] = [];
  private readonly idle: (() => void)[] = [];
  private readonly done = { copied: 0, failed: 0, dropped: 0 };
  private waitingBytes = 0;
  private isSending = false;

  /** @param send resolves with what went wrong, or null; never rejects */
  constructor(maxBytes: number, send: (item: T) => Promise<KafkaError | null>) {
    this.maxBytes = maxBytes;
    this.send = send;
  }

  /** Puts it in behind the others, or drops it where there is no room. One that is too large goes where nothing waits. */
  add(item: T, bytes: number): void {
    if (this.waiting.length > 0 && this.waitingBytes + bytes > this.maxBytes) {
      this.done.dropped++;
      return;
    }
    this.waiting.push({ item, bytes });
    this.waitingBytes += bytes;
    if (!this.isSending) void this.sendAll();
  }

  /** Sends it at once, past the queue. */
  async now(item: T): Promise<KafkaError | null> {
    const error = await this.send(item);
    this.done[error === null ? 'copied' : 'failed']++;
    return error;
  }

  /** Resolves when nothing waits any more. */
  settled(): Promise<void> {
    if (!this.isSending) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  figures(): SendFigures {
    return { ...this.done, waitingBytes: this.waitingBytes };
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    while (this.waiting.length > 0) {
      const { item, bytes } = this.waiting[0]!;
      await this.now(item);
      this.waiting.shift();
      this.waitingBytes -= bytes;
    }
    this.isSending = false;
    for (const resolve of this.idle.splice(0)) resolve();
  }
}
