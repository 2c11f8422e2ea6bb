/**
 * One connection to the broker that a recording is played to: sends frames and pairs what comes back with what was asked.
 *
 * Answers come in the order of their requests. What always holds: each request that was sent and is to be answered settles
 * once, with the answer's bytes or with why there is none. Bytes of an answer are a copy of their own where they would
 * otherwise keep a much larger read.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What came of a request. */
export type Reply =
  | { readonly bytes: Buffer; readonly atMs: number; readonly why: null }
  | { readonly bytes: null; readonly why: string };

/** A request that was sent. */
export interface Sent {
  readonly correlationId: number;
  readonly sentAtMs: number;
  /** Null until it settles. */
  reply: Reply | null;
  /** Called when it settles; whoever waits puts it there. */
  settled: (() => void) | null;
}

const lengthBytes = 4;
/** No broker answers with more. */
const answerMaxBytes = 512 * 1024 * 1024;

export class ReplayConnection {
  private readonly stream: Duplex;
  private readonly now: () => number;
  private readonly waiting: Sent[] = [];
  private chunks: Buffer[] = [];
  private chunksBytes = 0;
  private wantedBytes = lengthBytes;
  /** Why it is over; null while it is not. */
  over: string | null = null;

  constructor(stream: Duplex, now: () => number) {
    this.stream = stream;
    this.now = now;
    stream.on('data', (chunk: Buffer) => this.take(chunk));
    stream.on('error', (error) => this.end(`the connection failed: ${error.message}`));
    stream.once('end', () => this.end('the broker ended the connection'));
    stream.once('close', () => this.end('the connection was closed'));
  }

  /** Sends a frame; resolves at once unless the broker takes less than it is sent. */
  send(
    chunks: readonly Buffer[],
    correlationId: number,
    isAnswered: boolean,
  ): { sent: Sent; drained: Promise<void> | null } {
    const sent: Sent = { correlationId, sentAtMs: this.now(), reply: null, settled: null };
    if (this.over !== null) {
      sent.reply = { bytes: null, why: this.over };
      return { sent, drained: null };
    }
    if (isAnswered) this.waiting.push(sent);
    const length = Buffer.allocUnsafe(lengthBytes);
    length.writeInt32BE(chunks.reduce((sum, { length }) => sum + length, 0));
    this.stream.cork();
    this.stream.write(length);
    let isTaken = true;
    for (const chunk of chunks) isTaken = this.stream.write(chunk);
    this.stream.uncork();
    return { sent, drained: isTaken ? null : this.untilDrained() };
  }

  /** Ends it from this side; whoever still waits is told. */
  close(why = 'the connection was closed'): void {
    this.end(why);
    // The other half of a pair does not notice when this one is destroyed; the end it sees.
    this.stream.end();
    if (this.stream instanceof Socket) this.stream.destroySoon();
  }

  private untilDrained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.stream.off('drain', done);
        this.stream.off('close', done);
        resolve();
      };
      this.stream.once('drain', done);
      this.stream.once('close', done);
    });
  }

  private end(why: string): void {
    if (this.over !== null) return;
    this.over = why;
    for (const sent of this.waiting.splice(0)) settle(sent, { bytes: null, why });
  }

  private take(chunk: Buffer): void {
    if (this.over !== null) return;
    this.chunks.push(chunk);
    this.chunksBytes += chunk.length;
    while (this.over === null && this.chunksBytes >= this.wantedBytes) {
      const all = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
      const size = all.readInt32BE(0);
      if (size < lengthBytes || size > answerMaxBytes) {
        this.end(`the broker sent a frame of ${size} bytes, which no answer has`);
        this.stream.destroy();
        return;
      }
      const end = lengthBytes + size;
      this.chunks = [all];
      this.wantedBytes = end;
      if (all.length < end) return;
      this.answer(all.length === end ? all.subarray(lengthBytes) : Buffer.from(all.subarray(lengthBytes, end)));
      this.chunks = all.length === end ? [] : [all.subarray(end)];
      this.chunksBytes = all.length - end;
      this.wantedBytes = lengthBytes;
    }
  }

  private answer(bytes: Buffer): void {
    const correlationId = bytes.readInt32BE(0);
    const sent = this.waiting.shift();
    if (sent?.correlationId === correlationId) return settle(sent, { bytes, atMs: this.now(), why: null });
    const expected = sent === undefined ? 'nothing was asked' : `request ${sent.correlationId} was next`;
    const why = `the broker answered request ${correlationId}, while ${expected}`;
    if (sent !== undefined) settle(sent, { bytes: null, why });
    this.end(why);
    this.stream.destroy();
  }
}

function settle(sent: Sent, reply: Reply): void {
  sent.reply = reply;
  sent.settled?.();
}
