/**
 * Calls: the requests of a recording with their answers, paired by connection and correlation id, in order.
 *
 * Kafka answers a connection in the order in which it asked, so an answer belongs to the oldest request that waits; if its
 * correlation id says otherwise, the answers before it are missing. What always holds: each request is told once when it
 * was sent, and once more when it is over: answered, or not, and then why. What cannot be paired is told, never dropped.
 *
 * Memory: requests that wait for their answer, up to `pendingMaxBytes`; the oldest gives way.
 *
 * Not done: SASL before SaslHandshake v1 sends tokens without a header; they are told as unreadable, or as unknown APIs.
 */
import { DecodeError } from '../protocol/bytes';
import type { CaptureEvent, Closed, Lost, Opened, RecordedFrame } from './event';
import { type CaptureEvents, checkEvents } from './events';
import { type Exchanges, RecordedAnswer, RecordedRequest } from './recorded';

/** A request was sent. */
export interface Asked {
  readonly is: 'asked';
  readonly request: RecordedRequest;
}

export interface AnsweredCall {
  readonly is: 'answered';
  readonly request: RecordedRequest;
  readonly answer: RecordedAnswer;
}

/** Nobody will answer: its client did not wait (acks=0), went away, or the recording does not have it. */
export interface Unanswered {
  readonly is: 'unanswered';
  readonly request: RecordedRequest;
  readonly atMs: number;
  /** Whether nobody was to answer (acks=0). */
  readonly isExpected: boolean;
  readonly why: string;
}

/** A frame that is no request, or an answer that nobody asked for. */
export interface Stray {
  readonly is: 'stray';
  readonly frame: RecordedFrame;
  readonly why: string;
}

export type CallEvent = Asked | AnsweredCall | Unanswered | Stray | Opened | Closed | Lost;

export interface CallsOptions {
  /** The APIs that are decoded, by key; all of Kafka's if absent. */
  readonly exchanges?: Exchanges;
  /** How much requests may take that wait for their answer, in bytes; 256 MiB if absent. */
  readonly pendingMaxBytes?: number;
}

/**
 * A recording in calls, in its order; reads it as fast as they are taken.
 * @throws UsageError for what has no events, such as the path of a recording
 */
export function callsOf(events: CaptureEvents, options: CallsOptions = {}): AsyncGenerator<CallEvent> {
  checkEvents('callsOf', events);
  return paired(events, options);
}

async function* paired(events: CaptureEvents, options: CallsOptions): AsyncGenerator<CallEvent> {
  const pairing = new Pairing(options);
  const made: CallEvent[] = [];
  const push = (event: CallEvent) => void made.push(event);
  let lastMs = 0;
  for await (const event of events) {
    lastMs = event.atMs;
    pairing.take(event, push);
    for (const one of made) yield one;
    made.length = 0;
  }
  pairing.end(lastMs, push);
  yield* made;
}

/** Frames below this are copied while they wait, so that they do not keep the large piece that they were read in. */
const copiedMaxBytes = 4096;
/** What a waiting request takes besides its bytes, about. */
const overheadBytes = 400;

interface Line {
  readonly client: string;
  readonly waiting: RecordedRequest[];
}

/** Pairs as events come; `callsOf` for whoever has all of them at hand. */
export class Pairing {
  private readonly exchanges: Exchanges | undefined;
  private readonly pendingMaxBytes: number;
  private readonly lines = new Map<number, Line>();
  private pendingBytes = 0;
  private requests = 0;

  constructor({ exchanges, pendingMaxBytes = 256 * 1024 * 1024 }: CallsOptions = {}) {
    this.exchanges = exchanges;
    this.pendingMaxBytes = pendingMaxBytes;
  }

  /** What comes of one event: one call event, or several. */
  take(event: CaptureEvent, push: (event: CallEvent) => void): void {
    if (event.is === 'frame') {
      if (event.from === 'client') this.ask(event, push);
      else this.answer(event, push);
      return;
    }
    if (event.is === 'opened') this.lines.set(event.connection, { client: event.client, waiting: [] });
    if (event.is === 'closed') {
      const by = event.by === null ? 'the recording ended' : `the ${event.by} ended the connection`;
      this.giveUp(event.connection, event.atMs, `${by} before an answer`, push);
      this.lines.delete(event.connection);
    }
    push(event);
  }

  /** The recording is over: what still waits is unanswered. */
  end(atMs: number, push: (event: CallEvent) => void): void {
    for (const connection of this.lines.keys())
      this.giveUp(connection, atMs, 'the recording ended before an answer', push);
    this.lines.clear();
  }

  private ask(frame: RecordedFrame, push: (event: CallEvent) => void): void {
    const line = this.line(frame.connection);
    const place = {
      number: this.requests + 1,
      connection: frame.connection,
      client: line.client,
      sentAtMs: frame.atMs,
    };
    // A small frame is a slice of what was read at once, which may be a thousand times as large.
    const bytes = frame.bytes.length < copiedMaxBytes ? Buffer.from(frame.bytes) : frame.bytes;
    let request: RecordedRequest;
    try {
      request = new RecordedRequest(place, bytes, this.exchanges);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return push({ is: 'stray', frame, why: `no request: ${error.message}` });
    }
    this.requests++;
    push({ is: 'asked', request });
    if (!request.isAnswered) {
      push({ is: 'unanswered', request, atMs: frame.atMs, isExpected: true, why: 'acks=0 asks for no answer' });
      return;
    }
    line.waiting.push(request);
    this.pendingBytes += request.bytes.length + overheadBytes;
    while (this.pendingBytes > this.pendingMaxBytes) this.dropOldest(frame.atMs, push);
  }

  private answer(frame: RecordedFrame, push: (event: CallEvent) => void): void {
    const { waiting } = this.line(frame.connection);
    if (frame.bytes.length < 4) return push({ is: 'stray', frame, why: `no answer: ${frame.bytes.length} bytes` });
    const correlationId = frame.bytes.readInt32BE(0);
    const at = waiting.findIndex(({ header }) => header.correlationId === correlationId);
    if (at < 0) return push({ is: 'stray', frame, why: `answers request ${correlationId}, which was not recorded` });
    for (const missed of waiting.splice(0, at)) {
      this.pendingBytes -= missed.bytes.length + overheadBytes;
      const why = 'the answer to a later request came before its own';
      push({ is: 'unanswered', request: missed, atMs: frame.atMs, isExpected: false, why });
    }
    const request = waiting.shift()!;
    this.pendingBytes -= request.bytes.length + overheadBytes;
    push({ is: 'answered', request, answer: new RecordedAnswer(request, frame.bytes, frame.atMs) });
  }

  private giveUp(connection: number, atMs: number, why: string, push: (event: CallEvent) => void): void {
    for (const request of this.lines.get(connection)?.waiting.splice(0) ?? []) {
      this.pendingBytes -= request.bytes.length + overheadBytes;
      push({ is: 'unanswered', request, atMs, isExpected: false, why });
    }
  }

  /** A recording of requests only would otherwise be in memory as a whole. */
  private dropOldest(atMs: number, push: (event: CallEvent) => void): void {
    let oldest: Line | null = null;
    for (const line of this.lines.values()) {
      const first = line.waiting[0];
      if (first !== undefined && first.number < (oldest?.waiting[0]?.number ?? Number.POSITIVE_INFINITY)) oldest = line;
    }
    const request = oldest!.waiting.shift()!;
    this.pendingBytes -= request.bytes.length + overheadBytes;
    const why = `requests of more than ${this.pendingMaxBytes} bytes wait for an answer`;
    push({ is: 'unanswered', request, atMs, isExpected: false, why });
  }

  /** A recording that begins in the middle does not say that the connection was opened. */
  private line(connection: number): Line {
    let line = this.lines.get(connection);
    if (line === undefined) this.lines.set(connection, (line = { client: '', waiting: [] }));
    return line;
  }
}
