/**
 * A pipeline over an in-memory duplex pair with APIs made for specs, and a client that speaks frames.
 */
import { connect, createServer, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import pino from 'pino';
import type { KafkaError } from '../../lib/errors';
import { type Assembled, assemble, stagesOf } from '../../lib/pipeline/assemble';
import { Budget } from '../../lib/pipeline/budget';
import { LiveConnection, type StageRules } from '../../lib/pipeline/connection';
import type { Shared } from '../../lib/pipeline/connections';
import { decoder } from '../../lib/pipeline/decoder';
import { encoder } from '../../lib/pipeline/encoder';
import { framer } from '../../lib/pipeline/framer';
import { handler } from '../../lib/pipeline/handler';
import { router } from '../../lib/pipeline/router';
import type { Taps } from '../../lib/pipeline/seams';
import { type Answered, type Api, defineApi, type Order } from '../../lib/protocol/api';
import { Writer } from '../../lib/protocol/bytes';
import { bytes, int32 } from '../../lib/protocol/schema';
import type { Scope } from '../../lib/protocol/scope';
import type { Services } from '../../lib/services';

const request = { n: int32(), payload: bytes().default(Buffer.alloc(0)) };
const response = { n: int32(), payload: bytes().default(Buffer.alloc(0)) };

export type EchoResponse = typeof response;
export type EchoAnswer = Answered<EchoResponse>;

/** An API with one int32 each way; `handle` decides what becomes of it. A refusal answers the error's code. */
export function echo(
  key: number,
  order: Order,
  handle: (n: number, scope: Scope) => EchoAnswer | Promise<EchoAnswer>,
): Api<typeof request, typeof response> {
  return defineApi({
    key,
    name: `Echo${key}`,
    versions: '1-2',
    flexible: '2+',
    order,
    request,
    response,
    refuse: (_body, error: KafkaError) => ({ n: error.code }),
    handle: (body, scope) => handle(body.n, scope),
  });
}

export interface PipelineOptions {
  readonly maxFrameBytes?: number;
  readonly maxInFlight?: number;
  readonly budget?: Budget;
  readonly maxQueuedBytes?: number;
  readonly taps?: Taps;
  /** What the taps run under; nothing, if not given. */
  readonly rules?: StageRules;
  readonly socket?: { client: Duplex; server: Duplex };
}

/** A running pipeline: the client's end of it, and how it ended. */
export interface Running {
  readonly client: Duplex;
  readonly connection: LiveConnection;
  readonly budget: Budget;
  readonly ended: Promise<Error | null>;
  endGently(): void;
  /** Everything the broker has sent so far, cut into frames without their lengths. */
  answers(): Buffer[];
}

export function run(apis: readonly Api[], options: PipelineOptions = {}): Running {
  const budget = options.budget ?? new Budget(1e8);
  const [client, server] = options.socket ? [options.socket.client, options.socket.server] : duplexPair();
  const connection = new LiveConnection({
    id: 1,
    listener: 'PLAINTEXT',
    remoteAddress: '127.0.0.1',
    budget,
    maxQueuedBytes: options.maxQueuedBytes ?? 1e8,
    rules: options.rules,
  });
  const logger = pino({ level: 'silent' });
  const core = {
    framer: framer({ maxBytes: options.maxFrameBytes ?? 1e8, now: () => 42 }),
    decoder: decoder({ apis: new Map(apis.map((api) => [api.key, api])), logger }),
    router: router({} as Services),
    handler: handler({ maxInFlight: options.maxInFlight ?? 100, logger }),
    encoder: encoder({ writer: new Writer(), logger, passesLent: options.taps?.outbound === undefined }),
  };
  const stages = stagesOf(core, options.taps ?? {});
  let running: Assembled | null = null;
  const ended = new Promise<Error | null>((resolve) => {
    running = assemble(server, connection, stages, resolve);
  });
  const received: Buffer[] = [];
  if (options.socket === undefined) client.on('data', (chunk: Buffer) => received.push(chunk));
  return {
    client,
    connection,
    budget,
    ended,
    endGently: () => running?.endGently(),
    answers: () => frames(Buffer.concat(received)),
  };
}

/** A connected pair of TCP sockets, whose kernel buffers are part of the picture. */
export async function tcp(): Promise<{ client: Socket; server: Socket; close(): void }> {
  const listener = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => listener.once('connection', resolve));
  const { port } = listener.address() as { port: number };
  const client = connect(port, '127.0.0.1');
  const server = await accepted;
  const close = () => {
    client.destroy();
    server.destroy();
    listener.close();
  };
  return { client, server, close };
}

/** What connections share that the APIs themselves answer; specs' own want nothing of the services. */
export function shared(services: Omit<Shared, 'router'>): Shared {
  return { ...services, router: router(services as Partial<Services> as Services) };
}

/** One request as a frame with its length. */
export function frame(key: number, correlationId: number, n: number, payload = Buffer.alloc(0), version = 1): Buffer {
  const writer = new Writer();
  writer.int16(key);
  writer.int16(version);
  writer.int32(correlationId);
  writer.nullableString('spec');
  if (version >= 2) writer.uvarint(0);
  writer.int32(n);
  if (version >= 2) writer.compactBytes(payload);
  else writer.bytes(payload);
  if (version >= 2) writer.uvarint(0);
  const body = writer.takeBuffer();
  const prefix = Buffer.alloc(4);
  prefix.writeInt32BE(body.length);
  return Buffer.concat([prefix, body]);
}

/** Cuts bytes at their length prefixes; what is left over at the end must be nothing. */
export function frames(all: Buffer): Buffer[] {
  const out: Buffer[] = [];
  let position = 0;
  while (position < all.length) {
    const size = all.readInt32BE(position);
    if (all.length - position - 4 < size) throw new Error(`${all.length - position - 4} of ${size} bytes`);
    out.push(all.subarray(position + 4, position + 4 + size));
    position += 4 + size;
  }
  return out;
}

/** Correlation id and n of an answer in version 1. */
export function answer(bytes: Buffer): [correlationId: number, n: number] {
  return [bytes.readInt32BE(0), bytes.readInt32BE(4)];
}

/** Lets everything that is ready run: a few turns of the event loop, no time. */
export async function settle(turns = 12): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}
