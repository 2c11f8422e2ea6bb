/**
 * Redactor: takes the secrets out of frames before they are recorded.
 *
 * Produce and Fetch, of which there are many, are put down in parts with holes (mrcap/parts.ts). What has other secrets is
 * rare: it is decoded, and written again with as many other bytes. What cannot be decoded and may hold secrets is left out
 * as a whole, and said to be. APIs that nobody knows are recorded as they are, which their requests are known by.
 */
import { exchanges } from '../../apis/exchanges';
import { KafkaError } from '../../errors';
import { DecodeError, EncodeError, Reader, Writer } from '../../protocol/bytes';
import type { Codec } from '../../protocol/compile';
import type { Exchange } from '../../protocol/exchange';
import { readResponseHeader, skipRequestHeader } from '../../protocol/header';
import type { Locate } from '../../protocol/locator';
import { fieldsOf, rewriter } from '../../protocol/rewrite';
import { covers, type Schema } from '../../protocol/schema';
import { PartsWriter } from '../mrcap/parts';
import { type Gaps, Missing, noGaps } from './gaps';
import { RecordHoles } from './record-holes';
import { hiddenSecret, isSecretConfig, type SecretKind, secretOf } from './secrets';

/** What becomes of a frame: recorded as it is, in parts, as other bytes, or not at all. */
export type Redacted =
  | { readonly is: 'same' }
  /** As it is, since nobody knows the API, nor what in it is a secret. */
  | { readonly is: 'unknown' }
  | { readonly is: 'parts'; readonly parts: Buffer }
  | { readonly is: 'bytes'; readonly bytes: Buffer }
  | { readonly is: 'lost'; readonly why: string };

const same: Redacted = Object.freeze({ is: 'same' });
const unknown: Redacted = Object.freeze({ is: 'unknown' });

/** Puts other values in the place of a message's secrets; the same body where it has none. */
type Rewrite = (body: object) => object;

/** What is secret in the messages of one API and direction. */
interface Plan {
  /** Of what is neither in records nor often there; null: nothing. */
  readonly rewrite: Rewrite | null;
  /** Whether records are to be looked at, in versions that have any. */
  readonly hasRecords: boolean;
}

/** By direction; null: nothing is secret. An API that nobody knows has no plans. */
interface Plans {
  readonly request: Plan | null;
  readonly response: Plan | null;
}

const requestHeadBytes = 8;

export class Redactor {
  private readonly hidden: ReadonlySet<SecretKind>;
  private readonly plans = new Map<number, Plans | null>();
  private readonly parts = new PartsWriter();
  private readonly records: RecordHoles;

  constructor(hidden: Iterable<SecretKind>) {
    this.hidden = new Set(hidden);
    this.records = new RecordHoles({ values: this.hidden.has('values'), keys: this.hidden.has('keys') });
    // Loads the declarations of all APIs now, before somebody waits for an answer.
    exchanges();
  }

  /** Whether tokens of SASL are hidden. */
  get hidesSasl(): boolean {
    return this.hidden.has('sasl');
  }

  /** Whether answers to this API are to be looked at. */
  looksAtAnswers(apiKey: number): boolean {
    return (this.plansOf(apiKey)?.response ?? null) !== null;
  }

  /** @param gaps what is not there of the frame: only what is left out anyway may be missing */
  request(frame: Buffer, gaps: Gaps = noGaps): Redacted {
    if (frame.length < requestHeadBytes) return same;
    const apiKey = frame.readInt16BE(0);
    const plans = this.plansOf(apiKey);
    if (plans === null) return unknown;
    const plan = plans.request;
    if (plan === null) return same;
    const exchange = exchanges().get(apiKey)!;
    const version = frame.readInt16BE(2);
    const reader = new Reader(frame);
    try {
      skipRequestHeader(reader, exchange.isFlexible(version));
    } catch (error) {
      return notRead(exchange, 'request', error);
    }
    return this.redact(frame, reader.position, { exchange, version, plan, what: 'request', gaps });
  }

  /** @param apiKey of the request that it answers */
  answer(frame: Buffer, apiKey: number, version: number, gaps: Gaps = noGaps): Redacted {
    const plan = this.plansOf(apiKey)?.response ?? null;
    if (plan === null) return same;
    const exchange = exchanges().get(apiKey)!;
    const reader = new Reader(frame);
    try {
      readResponseHeader(reader, exchange.responseHeader(version));
    } catch (error) {
      return notRead(exchange, 'response', error);
    }
    return this.redact(frame, reader.position, { exchange, version, plan, what: 'response', gaps });
  }

  private redact(frame: Buffer, bodyAt: number, message: Message): Redacted {
    const { exchange, version, plan, what } = message;
    if (!covers(exchange.versions, version)) return notRead(exchange, what, `version ${version} is not known`);
    try {
      const bytes = plan.rewrite === null ? frame : rewritten(frame, bodyAt, message, plan.rewrite);
      const locate = plan.hasRecords ? locatorOf(message) : null;
      if (locate !== null) {
        const places: number[] = [];
        locate(new Reader(bytes, bodyAt), places);
        if (places.length > 0) return this.inParts(bytes, places, message);
      }
      return bytes === frame ? same : { is: 'bytes', bytes };
    } catch (error) {
      return notRead(exchange, what, error);
    }
  }

  /** @param places begins and ends of records */
  private inParts(frame: Buffer, places: readonly number[], { exchange, version, what, gaps }: Message): Redacted {
    const { parts, records } = this;
    const isCompact = exchange.isFlexible(version);
    const missing = gaps.length === 0 ? null : new Missing(gaps);
    let from = 0;
    for (let i = 0; i < places.length; i += 2) {
      const [start, end] = [places[i]!, places[i + 1]!];
      parts.literal(frame, from, start - (isCompact ? uvarintBytes(end - start + 1) : 4));
      parts.beginRecords(isCompact);
      records.put(parts, frame, start, end, missing);
      parts.end();
      from = end;
    }
    parts.literal(frame, from, frame.length);
    const taken = parts.take();
    if (missing?.isCovered === false) return notRead(exchange, what, 'some of its records could not be followed');
    return { is: 'parts', parts: taken };
  }

  private plansOf(apiKey: number): Plans | null {
    const known = this.plans.get(apiKey);
    if (known !== undefined) return known;
    const exchange = exchanges().get(apiKey);
    const plans =
      exchange === undefined
        ? null
        : { request: this.planOf(exchange.request), response: this.planOf(exchange.response) };
    this.plans.set(apiKey, plans);
    return plans;
  }

  private planOf(schema: Schema): Plan | null {
    const secrets = new Set(fieldsOf(schema).map(secretOf));
    const hasRecords = secrets.has('records') && (this.hidden.has('values') || this.hidden.has('keys'));
    const hasOthers = (['sasl', 'configs'] as const).some((kind) => secrets.has(kind) && this.hidden.has(kind));
    if (!hasRecords && !hasOthers) return null;
    return { hasRecords, rewrite: hasOthers ? this.rewriteOf(schema) : null };
  }

  private rewriteOf(schema: Schema): Rewrite {
    const rewrite = rewriter<Schema>(schema, (at) => {
      switch (secretOf(at)) {
        case 'sasl':
          return this.hidden.has('sasl') ? (value) => hiddenSecret((value as Buffer).length) : null;
        case 'configs':
          return this.hidden.has('configs') ? hiddenConfig : null;
        default:
          return null;
      }
    });
    return (body) => rewrite(body as never, undefined);
  }
}

interface Message {
  readonly exchange: Exchange;
  readonly version: number;
  readonly plan: Plan;
  readonly what: 'request' | 'response';
  readonly gaps: Gaps;
}

function locatorOf({ exchange, version, what }: Message): Locate | null {
  return what === 'request' ? exchange.requestLocator(version) : exchange.responseLocator(version);
}

/** The same frame if it holds no secret. */
function rewritten(frame: Buffer, bodyAt: number, { exchange, version, what }: Message, rewrite: Rewrite): Buffer {
  const codec: Codec<Schema> = what === 'request' ? exchange.requestCodec(version) : exchange.responseCodec(version);
  const body = codec.read(new Reader(frame, bodyAt));
  const changed = rewrite(body);
  if (changed === body) return frame;
  const writer = new Writer();
  codec.write(writer, changed as never);
  return Buffer.concat([frame.subarray(0, bodyAt), ...writer.take()]);
}

function hiddenConfig(value: unknown, _context: unknown, siblings: Readonly<Record<string, unknown>>): unknown {
  const name = siblings['name'] ?? siblings['key'];
  return isSecretConfig(name) ? 'x'.repeat(Buffer.byteLength(value as string)) : value;
}

function notRead({ name }: Exchange, what: 'request' | 'response', reason: unknown): Redacted {
  if (
    reason instanceof Error &&
    !(reason instanceof DecodeError || reason instanceof EncodeError || reason instanceof KafkaError)
  )
    throw reason;
  const text = reason instanceof Error ? reason.message : String(reason);
  return { is: 'lost', why: `a ${name} ${what} was left out: it may hold secrets, and cannot be read (${text})` };
}

function uvarintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
}
