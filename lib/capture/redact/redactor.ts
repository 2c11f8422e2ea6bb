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
import { type RequestHeader, readRequestHeader, readResponseHeader } from '../../protocol/header';
import { fieldsOf, rewriter } from '../../protocol/rewrite';
import { covers, type Schema } from '../../protocol/schema';
import { PartsWriter } from '../mrcap/parts';
import { putRecords } from './record-holes';
import { isSecretConfig, type SecretKind, secretOf } from './secrets';

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

/** Puts other bytes in the place of a message's secrets, and tells the places of its records. */
type Plan = (body: object, found: Buffer[]) => object;

/** Places of secrets in the messages of one API; null: there are none. An API that nobody knows has no plans. */
interface Plans {
  readonly request: Plan | null;
  readonly response: Plan | null;
}

export class Redactor {
  private readonly hidden: ReadonlySet<SecretKind>;
  private readonly plans = new Map<number, Plans | null>();
  private readonly parts = new PartsWriter();

  constructor(hidden: Iterable<SecretKind>) {
    this.hidden = new Set(hidden);
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

  request(frame: Buffer): Redacted {
    if (frame.length < 4) return same;
    const plans = this.plansOf(frame.readInt16BE(0));
    if (plans === null) return unknown;
    const plan = plans.request;
    if (plan === null) return same;
    const exchange = exchanges().get(frame.readInt16BE(0))!;
    const reader = new Reader(frame);
    let header: RequestHeader;
    try {
      header = readRequestHeader(reader, (_key, version) => exchange.isFlexible(version));
    } catch (error) {
      return notRead(exchange, 'request', error);
    }
    return this.redact(frame, reader, { exchange, version: header.apiVersion, plan, what: 'request' });
  }

  /** @param apiKey of the request that it answers */
  answer(frame: Buffer, apiKey: number, version: number): Redacted {
    const plan = this.plansOf(apiKey)?.response ?? null;
    if (plan === null) return same;
    const exchange = exchanges().get(apiKey)!;
    const reader = new Reader(frame);
    try {
      readResponseHeader(reader, exchange.responseHeader(version));
    } catch (error) {
      return notRead(exchange, 'response', error);
    }
    return this.redact(frame, reader, { exchange, version, plan, what: 'response' });
  }

  private redact(frame: Buffer, reader: Reader, { exchange, version, plan, what }: Message): Redacted {
    if (!covers(exchange.versions, version)) return notRead(exchange, what, `version ${version} is not known`);
    const bodyAt = reader.position;
    const codec: Codec<Schema> = what === 'request' ? exchange.requestCodec(version) : exchange.responseCodec(version);
    try {
      const body = codec.read(reader);
      const records: Buffer[] = [];
      const rewritten = plan(body, records);
      if (rewritten !== body) return { is: 'bytes', bytes: written(frame.subarray(0, bodyAt), codec, rewritten) };
      return records.length === 0 ? same : this.inParts(frame, records, exchange.isFlexible(version));
    } catch (error) {
      return notRead(exchange, what, error);
    }
  }

  private inParts(frame: Buffer, records: readonly Buffer[], isCompact: boolean): Redacted {
    const { parts } = this;
    const hidden = { values: this.hidden.has('values'), keys: this.hidden.has('keys') };
    let from = 0;
    for (const { byteOffset, length } of records) {
      const at = byteOffset - frame.byteOffset;
      parts.literal(frame, from, at - (isCompact ? uvarintBytes(length + 1) : 4));
      parts.beginRecords(isCompact);
      putRecords(parts, frame, at, at + length, hidden);
      parts.end();
      from = at + length;
    }
    parts.literal(frame, from, frame.length);
    return { is: 'parts', parts: parts.take() };
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
    const hidesRecords = this.hidden.has('values') || this.hidden.has('keys');
    const hasRecords = secrets.has('records') && hidesRecords;
    const hasOthers = (['sasl', 'configs'] as const).some((kind) => secrets.has(kind) && this.hidden.has(kind));
    if (!hasRecords && !hasOthers) return null;
    const rewrite = rewriter<Schema, Buffer[]>(schema, (at) => {
      switch (secretOf(at)) {
        case 'records':
          return !hasRecords
            ? null
            : (value, found) => {
                if ((value as Buffer).length > 0) found.push(value as Buffer);
                return value;
              };
        case 'sasl':
          return this.hidden.has('sasl') ? (value) => Buffer.alloc((value as Buffer).length, 'x') : null;
        case 'configs':
          return this.hidden.has('configs') ? hiddenConfig : null;
        default:
          return null;
      }
    });
    return rewrite as Plan;
  }
}

interface Message {
  readonly exchange: Exchange;
  readonly version: number;
  readonly plan: Plan;
  readonly what: 'request' | 'response';
}

function hiddenConfig(value: unknown, _found: Buffer[], siblings: Readonly<Record<string, unknown>>): unknown {
  const name = siblings['name'] ?? siblings['key'];
  return isSecretConfig(name) ? 'x'.repeat(Buffer.byteLength(value as string)) : value;
}

function written(header: Buffer, codec: Codec<Schema>, body: object): Buffer {
  const writer = new Writer();
  codec.write(writer, body as never);
  return Buffer.concat([header, ...writer.take()]);
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
