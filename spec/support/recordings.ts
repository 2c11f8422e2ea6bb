/**
 * Recordings made by hand: events of connections, with requests and answers as codecs write them, or as a broker of this
 * process gives them.
 */
import type { CaptureEvent, Closed, Opened, RecordedFrame, Side } from '../../lib/capture/event';
import { Recorder, type RecorderOptions } from '../../lib/capture/mrcap/recorder';
import type { Broker } from '../../lib/embedded/create-broker';
import type { Api } from '../../lib/protocol/api';
import { Writer } from '../../lib/protocol/bytes';
import type { Exchange } from '../../lib/protocol/exchange';
import { writeRequestHeader } from '../../lib/protocol/header';
import type { Draft, Infer, Schema } from '../../lib/protocol/schema';
import { virtualClock } from '../../lib/virtual-clock';

export function opened(connection: number, atMs = 0): Opened {
  return {
    is: 'opened',
    connection,
    atMs,
    client: `127.0.0.1:${50_000 + connection}`,
    server: '127.0.0.1:9092',
    listener: null,
  };
}

export function closed(connection: number, by: Side | null = 'client', atMs = 0): Closed {
  return { is: 'closed', connection, atMs, by };
}

export function frame(connection: number, from: Side, bytes: Buffer, atMs = 0): RecordedFrame {
  return { is: 'frame', connection, atMs, from, bytes };
}

/** A request without its length. */
export function requestBytes<Q extends Schema>(
  exchange: Exchange<Q>,
  version: number,
  body: Draft<Q>,
  correlationId = 1,
  clientId: string | null = 'spec',
): Buffer {
  const writer = new Writer();
  const header = { apiKey: exchange.key, apiVersion: version, correlationId, clientId };
  writeRequestHeader(writer, header, exchange.isFlexible(version));
  exchange.requestCodec(version).write(writer, body);
  return writer.takeBuffer();
}

/** An answer without its length. */
export function answerBytes<R extends Schema>(
  exchange: Exchange<Schema, R>,
  version: number,
  body: Draft<R>,
  correlationId = 1,
): Buffer {
  const writer = new Writer();
  writer.int32(correlationId);
  if (exchange.responseHeader(version) === 1) writer.uvarint(0);
  exchange.responseCodec(version).write(writer, body);
  return writer.takeBuffer();
}

export async function* stream(events: Iterable<CaptureEvent>): AsyncGenerator<CaptureEvent> {
  yield* events;
}

/** Asks a broker of this process, and keeps what both said: a recording of what a client would have said. */
export class Dialogue {
  readonly events: CaptureEvent[] = [];
  private readonly broker: Pick<Broker, 'inject'>;
  private readonly connections = new Set<number>();
  private correlationId = 0;

  constructor(broker: Pick<Broker, 'inject'>) {
    this.broker = broker;
  }

  async ask<Q extends Schema, R extends Schema>(
    api: Api<Q, R>,
    version: number,
    body: Draft<Q>,
    connection = 1,
  ): Promise<Infer<R>> {
    const answer = await this.broker.inject(api, version, body);
    const id = ++this.correlationId;
    if (!this.connections.has(connection)) this.events.push(opened(connection));
    this.connections.add(connection);
    this.events.push(frame(connection, 'client', requestBytes(api, version, body, id)));
    this.events.push(frame(connection, 'broker', answerBytes(api, version, answer as Draft<R>, id)));
    return answer;
  }
}

/** How a recorder writes to memory, on a clock of its own. */
export function toMemory(chunks: Buffer[]): RecorderOptions {
  return {
    open: async () => ({
      name: 'memory',
      isDoneWithBytes: true,
      write: async (more) => void chunks.push(...more.map((chunk) => Buffer.from(chunk))),
      close: async () => {},
    }),
    facts: {},
    scheduler: virtualClock(5000),
    logger: null,
    bufferMaxBytes: 1e6,
    whenFull: 'drop',
    slower: 'the disk',
    rollBytes: null,
    rollMs: null,
    flushMs: 10,
    zstdLevel: null,
  };
}

export function recorderTo(chunks: Buffer[]): Recorder {
  return new Recorder(toMemory(chunks));
}
