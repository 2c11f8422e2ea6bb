/**
 * A client's connection in a simulation: requests over a duplex pair, answers in their order, everything that goes either
 * way told to the transcript. A connection that ended rejects what waits with `Lost`.
 */
import type { Duplex } from 'node:stream';
import type { Api } from '../../lib/protocol/api';
import { Reader } from '../../lib/protocol/bytes';
import { readResponseHeader } from '../../lib/protocol/header';
import type { Draft, Infer, Schema } from '../../lib/protocol/schema';
import { requestFrame } from '../support/wire';

/** The connection ended, or there was none: nobody knows whether what was asked has happened. */
export class Lost extends Error {
  override readonly name = 'Lost';
}

interface Waiting {
  readonly correlationId: number;
  resolve(frame: Buffer): void;
  reject(error: Error): void;
}

export class Link {
  private readonly stream: Duplex;
  private readonly clientId: string;
  private readonly heard: (way: '>' | '<', bytes: Buffer) => void;
  private readonly waiting: Waiting[] = [];
  private rest: Buffer = Buffer.alloc(0);
  private lastCorrelationId = 0;
  isOver = false;

  constructor(stream: Duplex, clientId: string, heard: (way: '>' | '<', bytes: Buffer) => void) {
    this.stream = stream;
    this.clientId = clientId;
    this.heard = heard;
    stream.on('data', (chunk: Buffer) => this.take(chunk));
    stream.on('error', () => {});
    stream.once('end', () => this.cut());
    stream.once('close', () => this.cut());
  }

  /** Requests that wait for their answers. */
  get inFlight(): number {
    return this.waiting.length;
  }

  async request<Q extends Schema, R extends Schema>(
    api: Api<Q, R>,
    version: number,
    draft: Draft<Q>,
  ): Promise<Infer<R>> {
    if (this.isOver) throw new Lost('there is no connection');
    const correlationId = ++this.lastCorrelationId;
    const frame = requestFrame(api, version, draft, correlationId, this.clientId);
    this.heard('>', frame);
    const answered = new Promise<Buffer>((resolve, reject) => this.waiting.push({ correlationId, resolve, reject }));
    this.stream.write(frame);
    const reader = new Reader(await answered);
    readResponseHeader(reader, api.responseHeader(version));
    return api.responseCodec(version).read(reader);
  }

  /** From here on nothing is heard any more, whatever comes. */
  cut(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const { reject } of this.waiting.splice(0)) reject(new Lost('the connection ended'));
    this.stream.end();
  }

  private take(chunk: Buffer): void {
    if (this.isOver) return;
    let bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0)) {
      const end = 4 + bytes.readInt32BE(0);
      // In whole frames: how they are cut into chunks depends on what else the process has encoded.
      this.heard('<', bytes.subarray(0, end));
      const { correlationId, resolve, reject } = this.waiting.shift()!;
      // Frames are kept by those who read them, beyond the next chunk.
      const frame = Buffer.from(bytes.subarray(4, end));
      if (frame.readInt32BE(0) === correlationId) resolve(frame);
      else reject(new Error(`answer to request ${frame.readInt32BE(0)}, expected ${correlationId}`));
      bytes = bytes.subarray(end);
    }
    this.rest = Buffer.from(bytes);
  }
}
