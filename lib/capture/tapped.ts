/**
 * Tapped: one connection that is recorded, from the messages and bytes that flow by. Made by in-place.ts.
 *
 * Events of SASL before KIP-152 (SaslHandshake v0) are tokens without a header; where they are hidden, whatever is no
 * request is a token until requests come again.
 */
import { Answers } from './answers';
import type { Side } from './event';
import { sizeOf } from './mrcap/block';
import { PartsWriter } from './mrcap/parts';
import type { Recorder } from './mrcap/recorder';
import { likenessToRequest } from './pcap/request-head';
import { type Gaps, noGaps } from './redact/gaps';
import type { Redacted, Redactor } from './redact/redactor';

interface Asked {
  readonly apiKey: number;
  readonly version: number;
}

const saslHandshakeKey = 17;
/** Far beyond Kafka's keys. */
const apiKeyMax = 1000;
/** Answers that may be waited for; clients that get none hang up long before. */
const askedMax = 10_000;
const requestHeadBytes = 8;

export class Tapped {
  private readonly id: number;
  private readonly recorder: Recorder;
  private readonly redactor: Redactor | null;
  private readonly answers: Answers;
  /** Of the bytes of an answer that came last. */
  private answeredAtMs = 0;
  /** Requests whose answers have to be looked at, by correlation id. */
  private readonly asked = new Map<number, Asked>();
  /** Whether requests were lost, so that an answer that nobody is known to have asked for may be to any of them. */
  private hasLostRequests = false;
  /** Whether frames are tokens of SASL. */
  private isRaw = false;
  /** Whether they are from the next on: the handshake and its answer are none. */
  private isRawNext = false;

  /**
   * @param redactor null: nothing is left out
   * @param keeps whether bytes stay as they are after they were told; else what is not whole yet is copied
   */
  constructor(id: number, recorder: Recorder, redactor: Redactor | null, keeps: boolean) {
    this.id = id;
    this.recorder = recorder;
    this.redactor = redactor;
    this.answers = new Answers((chunks, gaps) => this.answered(chunks, gaps), keeps);
  }

  /** A message of the client, without its length. */
  request(bytes: Buffer, atMs: number, gaps: Gaps = noGaps): void {
    const { redactor } = this;
    if (redactor === null) return this.putAll('client', [bytes], gaps, atMs);
    if (redactor.hidesSasl && this.isToken(bytes)) return this.putHole('client', bytes.length, atMs);
    const apiKey = bytes.length >= requestHeadBytes ? bytes.readInt16BE(0) : -1;
    if (this.hasLostRequests || redactor.looksAtAnswers(apiKey))
      this.remember(bytes.readInt32BE(4), { apiKey, version: bytes.readInt16BE(2) });
    this.putRedacted('client', [bytes], redactor.request(bytes, gaps), gaps, atMs);
  }

  /** Bytes that the broker sends, with lengths, cut anywhere: those of `bytes` between `start` and `end`. */
  answer(bytes: Buffer, atMs: number, start?: number, end?: number): void {
    this.answeredAtMs = atMs;
    this.answers.push(bytes, start, end);
  }

  /** So many bytes of the answer behind those that came last were not copied. */
  missed(bytes: number): void {
    this.answers.skip(bytes);
  }

  /** Requests of the client were lost before they came here. */
  lostRequests(): void {
    this.hasLostRequests = true;
  }

  private answered(chunks: readonly Buffer[], gaps: Gaps): void {
    const { redactor, answeredAtMs: atMs } = this;
    if (redactor === null) return this.putAll('broker', chunks, gaps, atMs);
    if (this.isRaw) return this.putHole('broker', sizeOf(chunks), atMs);
    const asked = this.asked.size === 0 ? undefined : this.whatWasAsked(chunks);
    if (asked === undefined && this.hasLostRequests)
      return this.lose('broker', chunks, 'an answer was left out: its request was lost, and it may hold secrets', atMs);
    if (asked === undefined) return this.putAll('broker', chunks, gaps, atMs);
    const whole = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    this.putRedacted('broker', chunks, redactor.answer(whole, asked.apiKey, asked.version, gaps), gaps, atMs);
  }

  private remember(correlationId: number, asked: Asked): void {
    if (this.asked.size >= askedMax) this.asked.delete(this.asked.keys().next().value!);
    this.asked.set(correlationId, asked);
  }

  /** What an answer answers, if it has to be looked at. */
  private whatWasAsked(chunks: readonly Buffer[]): Asked | undefined {
    const head = chunks[0]!.length >= 4 ? chunks[0]! : Buffer.concat(chunks);
    if (head.length < 4) return undefined;
    const correlationId = head.readInt32BE(0);
    const asked = this.asked.get(correlationId);
    if (asked !== undefined) this.asked.delete(correlationId);
    return asked;
  }

  /** Whether a frame from the client is a token of SASL. */
  private isToken(bytes: Buffer): boolean {
    const apiKey = bytes.length >= requestHeadBytes ? bytes.readInt16BE(0) : -1;
    if (this.isRaw) this.isRaw = !isRequest(bytes);
    // Kerberos may begin without a handshake; its tokens are no requests of any API that there will be.
    else this.isRaw = this.isRawNext || apiKey < 0 || apiKey > apiKeyMax;
    this.isRawNext = apiKey === saslHandshakeKey && bytes.readInt16BE(2) === 0;
    return this.isRaw;
  }

  private putRedacted(from: Side, chunks: readonly Buffer[], redacted: Redacted, gaps: Gaps, atMs: number): void {
    switch (redacted.is) {
      case 'unknown':
        this.recorder.unknownRequests++;
        return this.putAll(from, chunks, gaps, atMs);
      case 'same':
        return this.putAll(from, chunks, gaps, atMs);
      case 'parts':
        return this.put(from, [redacted.parts], true, atMs);
      case 'bytes':
        return this.putAll(from, [redacted.bytes], gaps, atMs);
      case 'lost':
        return this.lose(from, chunks, redacted.why, atMs);
    }
  }

  /** Puts a message down as it is, if it is there. */
  private putAll(from: Side, chunks: readonly Buffer[], gaps: Gaps, atMs: number): void {
    if (gaps.length === 0) return this.put(from, chunks, false, atMs);
    this.lose(from, chunks, 'a message was left out: what was taken for records in it is something else', atMs);
  }

  private lose(from: Side, chunks: readonly Buffer[], why: string, atMs: number): void {
    this.recorder.add({ is: 'lost', connection: this.id, atMs, from, bytes: sizeOf(chunks), why });
  }

  private putHole(from: Side, bytes: number, atMs: number): void {
    const parts = new PartsWriter();
    parts.hole(bytes);
    this.put(from, [parts.take()], true, atMs);
  }

  private put(from: Side, chunks: readonly Buffer[], isParts: boolean, atMs: number): void {
    this.recorder.addFrame({ connection: this.id, from, chunks, isParts }, atMs);
  }
}

function isRequest(bytes: Buffer): boolean {
  const prefix = Buffer.alloc(4);
  prefix.writeInt32BE(bytes.length);
  return likenessToRequest(Buffer.concat([prefix, bytes]), 0, bytes.length) === 'decoded';
}
