/**
 * Conversation: one TCP connection, from its packets to its events.
 *
 * Who the broker is: the side that did not send the SYN; else the one with one of the given ports, or at an address that is
 * known for a broker's; else the side that does not send requests. Until that is known its bytes wait, in bounded memory.
 */
import type { CaptureEvent, Side } from '../event';
import { FrameCutter } from './frame-cutter';
import { InOrder, type StreamSink } from './in-order';
import { answerHeadBytes, foreignTo, likenessToRequest, requestHeadBytes } from './request-head';
import { reverseOf, type Segment, senderOf } from './segment';

/** What conversations share. */
export interface Surroundings {
  readonly frameMaxBytes: number;
  /** Addresses at which brokers were seen or are known to be. */
  readonly brokers: Set<string>;
  isBrokerPort(key: string): boolean;
  nextId(): number;
  emit(event: CaptureEvent): void;
}

interface Held {
  readonly isFirst: boolean;
  readonly bytes: Buffer | null;
  readonly missing: number;
  readonly atMs: number;
  readonly isStart: boolean;
  readonly why: string;
}

const heldMaxBytes = 1024 * 1024;
const heldMaxItems = 64;
/** Requests that may wait for their answers; acks=0 leaves some behind. */
const askedMax = 10_000;

export class Conversation {
  private readonly surroundings: Surroundings;
  /** Of the two directions the one whose packet was seen first. */
  private readonly firstKey: string;
  private readonly first: InOrder;
  private readonly second: InOrder;
  /** Bytes that came before it was known who the broker is; null once it is. */
  private held: Held[] | null = [];
  private heldBytes = 0;
  private clientIsFirst: boolean | null = null;
  private hasBegin = false;
  private id = 0;
  private cutters: { readonly first: FrameCutter; readonly second: FrameCutter } | null = null;
  /** Correlation ids of requests without answer. */
  private readonly asked = new Set<number>();
  private sequence: number | null = null;
  private readonly firstMs: number;
  private lastMs: number;
  /** Whether the first direction was the first to end; null while neither has. */
  private finIsFirst: boolean | null = null;
  private isClosed = false;

  constructor(segment: Segment, surroundings: Surroundings) {
    this.surroundings = surroundings;
    this.firstKey = segment.key;
    this.firstMs = segment.atMs;
    this.lastMs = segment.atMs;
    this.first = new InOrder(this.sinkOf(true));
    this.second = new InOrder(this.sinkOf(false));
  }

  get isOver(): boolean {
    return this.isClosed;
  }

  /** Whether a packet begins a new connection between the same ports. */
  isAnother({ isSyn, acknowledged, sequence }: Segment): boolean {
    return isSyn && acknowledged === null && (this.isClosed || (this.sequence !== null && this.sequence !== sequence));
  }

  add(segment: Segment): void {
    if (this.isClosed) return;
    const { key, atMs, acknowledged, isSyn, isReset } = segment;
    const isFirst = key === this.firstKey;
    this.lastMs = Math.max(this.lastMs, atMs);
    const [stream, other] = isFirst ? [this.first, this.second] : [this.second, this.first];
    if (isSyn) this.begin(segment, isFirst);
    stream.add(isSyn ? { ...segment, sequence: (segment.sequence + 1) >>> 0 } : segment);
    if (acknowledged !== null && !isSyn) other.acknowledge(acknowledged, atMs);
    if (isReset || segment.isFin) this.finIsFirst ??= isFirst;
    if (isReset || (stream.isOver && other.isOver)) this.close();
  }

  /** A SYN, or the answer to one, tells who the client is and where both directions begin. */
  private begin({ sequence, acknowledged }: Segment, isFirst: boolean): void {
    const [stream, other] = isFirst ? [this.first, this.second] : [this.second, this.first];
    stream.begin(sequence + 1);
    if (acknowledged === null) this.sequence = sequence;
    else other.begin(acknowledged);
    this.hasBegin = true;
    this.decide(acknowledged === null ? isFirst : !isFirst);
  }

  /** Says that it is over, and gives what still waits. */
  close(): void {
    if (this.isClosed) return;
    this.first.end(this.lastMs);
    this.second.end(this.lastMs);
    if (this.held !== null) {
      if (this.held.length === 0) {
        this.isClosed = true;
        return;
      }
      this.decide(this.guess());
    }
    this.cutters?.first.end(this.lastMs);
    this.cutters?.second.end(this.lastMs);
    this.tellOfStrays();
    this.isClosed = true;
    const by = this.finIsFirst === null ? null : this.finIsFirst === this.clientIsFirst ? 'client' : 'broker';
    this.surroundings.emit({ is: 'closed', connection: this.id, atMs: this.lastMs, by });
  }

  private tellOfStrays(): void {
    const bytes = this.first.strayBytes + this.second.strayBytes;
    const why = `${bytes} bytes with sequence numbers far from all others`;
    if (bytes > 0)
      this.surroundings.emit({ is: 'lost', connection: this.id, atMs: this.lastMs, from: null, bytes, why });
  }

  private sinkOf(isFirst: boolean): StreamSink {
    const cutter = () => (isFirst ? this.cutters?.first : this.cutters?.second);
    return {
      bytes: (chunk, atMs, isStart) => {
        if (this.held === null) return cutter()!.bytes(chunk, atMs, isStart);
        this.hold({ isFirst, bytes: Buffer.from(chunk), missing: 0, atMs, isStart, why: '' });
      },
      gap: (missing, atMs, why) => {
        if (this.held === null) return cutter()!.gap(missing, atMs, why);
        this.hold({ isFirst, bytes: null, missing, atMs, isStart: false, why });
      },
    };
  }

  /** Keeps what came before one knows from whom, and looks whether it says so. */
  private hold(held: Held): void {
    const { brokers, isBrokerPort, frameMaxBytes } = this.surroundings;
    this.held!.push(held);
    this.heldBytes += held.bytes?.length ?? 0;
    const other = reverseOf(this.firstKey);
    const isFirstBroker = isBrokerPort(this.firstKey) || brokers.has(senderOf(this.firstKey));
    const isSecondBroker = isBrokerPort(other) || brokers.has(senderOf(other));
    if (isFirstBroker !== isSecondBroker) return this.decide(isSecondBroker);
    if (held.bytes !== null && likenessToRequest(held.bytes, 0, frameMaxBytes) === 'decoded')
      return this.decide(held.isFirst);
    if (this.heldBytes > heldMaxBytes || this.held!.length > heldMaxItems) this.decide(this.guess());
  }

  /** Whether the client is the first, by what was held: who sends something like requests, else who spoke first. */
  private guess(): boolean {
    const { frameMaxBytes } = this.surroundings;
    for (const { bytes, isFirst } of this.held!) {
      for (let at = 0; bytes !== null && at + requestHeadBytes <= bytes.length; at++)
        if (likenessToRequest(bytes, at, frameMaxBytes) !== 'no') return isFirst;
    }
    return this.held![0]!.isFirst;
  }

  private decide(clientIsFirst: boolean): void {
    if (this.held === null) return;
    const { surroundings, firstKey } = this;
    const held = this.held;
    this.held = null;
    this.clientIsFirst = clientIsFirst;
    this.id = surroundings.nextId();
    const keys = [firstKey, reverseOf(firstKey)];
    const [client, server] = (clientIsFirst ? keys : keys.reverse()).map(senderOf) as [string, string];
    // Who guessed does not make others believe it.
    if (this.hasBegin) surroundings.brokers.add(server);
    surroundings.emit({ is: 'opened', connection: this.id, atMs: this.firstMs, client, server, listener: null });
    this.cutters = {
      first: this.cutterOf(clientIsFirst ? 'client' : 'broker'),
      second: this.cutterOf(clientIsFirst ? 'broker' : 'client'),
    };
    for (const { isFirst, bytes, missing, atMs, isStart, why } of held) {
      const cutter = isFirst ? this.cutters.first : this.cutters.second;
      if (bytes === null) cutter.gap(missing, atMs, why);
      else cutter.bytes(bytes, atMs, isStart);
    }
  }

  private cutterOf(from: Side): FrameCutter {
    const { emit, frameMaxBytes } = this.surroundings;
    const isRequest = from === 'client';
    const { id: connection } = this;
    return new FrameCutter(
      {
        frameMaxBytes,
        headBytes: isRequest ? requestHeadBytes : answerHeadBytes,
        isHead: (bytes, at, isStart) =>
          isRequest ? likenessToRequest(bytes, at, frameMaxBytes) !== 'no' : this.isAnswer(bytes, at, isStart),
        frame: (bytes, atMs) => {
          this.correlate(bytes, isRequest);
          emit({ is: 'frame', connection, atMs, from, bytes });
        },
        lost: (bytes, atMs, why) => emit({ is: 'lost', connection, atMs, from, bytes, why }),
        foreign: foreignTo,
      },
      this.hasBegin,
    );
  }

  private correlate(bytes: Buffer, isRequest: boolean): void {
    if (!isRequest && bytes.length >= 4) this.asked.delete(bytes.readInt32BE(0));
    if (!isRequest || bytes.length < 8) return;
    this.asked.add(bytes.readInt32BE(4));
    if (this.asked.size > askedMax) this.asked.delete(this.asked.values().next().value!);
  }

  /** Whether an answer may begin here: to a request that waits for one, and where it is unlikely to be chance. */
  private isAnswer(bytes: Buffer, at: number, isStart: boolean): boolean {
    const size = bytes.readInt32BE(at);
    if (size < 4 || size > this.surroundings.frameMaxBytes) return false;
    const endsHere = at + 4 + size === bytes.length;
    if (this.asked.has(bytes.readInt32BE(at + 4))) return isStart || endsHere;
    return this.asked.size === 0 && isStart && endsHere;
  }
}
