/**
 * A small client: speaks frames over a socket or any duplex stream, with the broker's own codecs (`request`) or with
 * whatever bytes a spec likes (`raw`, `frame`).
 *
 * What always holds: answers are handed out in the order they come, each to whoever asked first; whoever waits for one
 * gets it, or a rejection that says why not (the connection ended, or nothing came for ten seconds).
 */
import { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Api } from '../../lib/protocol/api';
import { Reader, Writer } from '../../lib/protocol/bytes';
import { readResponseHeader, writeRequestHeader } from '../../lib/protocol/header';
import type { Draft, Infer, Schema } from '../../lib/protocol/schema';

const answerDeadlineMs = 10_000;

interface Waiting {
  resolve(frame: Buffer): void;
  reject(error: Error): void;
  readonly deadline: NodeJS.Timeout;
}

export class Wire {
  readonly stream: Duplex;
  /** Settles when the connection is over, whoever ended it. */
  readonly ended: Promise<void>;
  private readonly frames: Buffer[] = [];
  private readonly waiting: Waiting[] = [];
  private rest = Buffer.alloc(0);
  private isOver = false;
  private lastCorrelationId = 0;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('data', (chunk: Buffer) => this.take(chunk));
    stream.on('error', () => {}); // a reset is an end like any other
    this.ended = new Promise((resolve) => {
      const over = () => {
        this.isOver = true;
        for (const { reject, deadline } of this.waiting.splice(0)) {
          clearTimeout(deadline);
          reject(new Error('the connection ended before the answer'));
        }
        resolve();
      };
      stream.once('end', over);
      stream.once('close', over);
    });
  }

  /** Connects to `host:port`; rejects with the system's error. */
  static connect(bootstrap: string): Promise<Wire> {
    const at = bootstrap.lastIndexOf(':');
    return new Promise((resolve, reject) => {
      const socket = connect({ host: bootstrap.slice(0, at), port: Number(bootstrap.slice(at + 1)), noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Wire(socket));
      });
    });
  }

  /** Sends a request and resolves with its answer's body. Requests may overlap: they are sent at once. */
  async request<Q extends Schema, R extends Schema>(
    api: Api<Q, R>,
    version: number,
    draft: Draft<Q>,
    clientId: string | null = 'spec',
  ): Promise<Infer<R>> {
    const correlationId = ++this.lastCorrelationId;
    this.raw(requestFrame(api, version, draft, correlationId, clientId));
    const reader = new Reader(await this.frame());
    const answered = readResponseHeader(reader, api.responseHeader(version));
    if (answered !== correlationId) throw new Error(`answer to request ${answered}, expected ${correlationId}`);
    const body = api.responseCodec(version).read(reader);
    if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes left over behind the answer of ${api.name}`);
    return body;
  }

  /** Sends a request that is not answered (Produce with acks=0). */
  tell<Q extends Schema>(api: Api<Q>, version: number, draft: Draft<Q>): void {
    this.raw(requestFrame(api, version, draft, ++this.lastCorrelationId, 'spec'));
  }

  /** Sends bytes as they are. */
  raw(bytes: Buffer): void {
    this.stream.write(bytes);
  }

  /** The next answer as it came, without its length. */
  frame(): Promise<Buffer> {
    const frame = this.frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    if (this.isOver) return Promise.reject(new Error('the connection has ended'));
    return new Promise((resolve, reject) => {
      const late = () => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(new Error(`no answer within ${answerDeadlineMs} ms`));
      };
      const waiting: Waiting = { resolve, reject, deadline: setTimeout(late, answerDeadlineMs) };
      this.waiting.push(waiting);
    });
  }

  /** Answers that came and that nobody has asked for. */
  get unread(): number {
    return this.frames.length;
  }

  /** Ends the connection. */
  close(): void {
    if (this.stream instanceof Socket) this.stream.destroy();
    // The other half of a pair does not notice when this one is destroyed.
    else this.stream.end();
  }

  private take(chunk: Buffer): void {
    let bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
      const end = 4 + bytes.readInt32BE(0);
      this.hand(Buffer.from(bytes.subarray(4, end)));
      bytes = bytes.subarray(end);
    }
    this.rest = Buffer.from(bytes);
  }

  private hand(frame: Buffer): void {
    const first = this.waiting.shift();
    if (first === undefined) {
      this.frames.push(frame);
      return;
    }
    clearTimeout(first.deadline);
    first.resolve(frame);
  }
}

const writer = new Writer();

/** A request as it goes over the wire, with its length. */
export function requestFrame<Q extends Schema>(
  api: Api<Q>,
  version: number,
  draft: Draft<Q>,
  correlationId = 1,
  clientId: string | null = 'spec',
): Buffer {
  const header = { apiKey: api.key, apiVersion: version, correlationId, clientId };
  writeRequestHeader(writer, header, api.isFlexible(version));
  api.requestCodec(version).write(writer, draft);
  return framed(writer.takeBuffer());
}

/** Bytes with their length before them. */
export function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
