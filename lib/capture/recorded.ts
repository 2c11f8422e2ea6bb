/**
 * A request and its answer as they were recorded: the bytes, what the header says, and the body, decoded when somebody
 * looks at it.
 *
 * Made by calls.ts. What always holds: whatever the bytes are, a header that could be read is there, and asking for a body
 * never throws: what cannot be decoded says why.
 */
import { exchanges as kafka } from '../apis/exchanges';
import { errors } from '../errors';
import { DecodeError, Reader } from '../protocol/bytes';
import type { Exchange } from '../protocol/exchange';
import { type RequestHeader, readRequestHeader, readResponseHeader } from '../protocol/header';
import { covers } from '../protocol/schema';

/** A body as a codec reads it: Kafka's field names, every field there. */
export type Body = Readonly<Record<string, unknown>>;

/** A body, or why there is none. */
export type Decoded = { readonly body: Body; readonly why: null } | { readonly body: null; readonly why: string };

/** APIs by key. */
export type Exchanges = ReadonlyMap<number, Exchange>;

export interface RequestPlace {
  /** Number of the request in its recording; the first is 1. */
  readonly number: number;
  readonly connection: number;
  /** Address of the client, such as `127.0.0.1:51022`; empty if the recording does not say. */
  readonly client: string;
  readonly sentAtMs: number;
}

const apiVersionsKey = 18;

export class RecordedRequest implements RequestPlace {
  readonly number: number;
  readonly connection: number;
  readonly client: string;
  /** When its last byte was there, ms since 1970, with fractions. */
  readonly sentAtMs: number;
  /** The frame without its length. */
  readonly bytes: Buffer;
  readonly header: RequestHeader;
  /** Null for an API, or a version of one, that is not known: its bodies stay bytes. */
  readonly exchange: Exchange | null;
  /** Of the API, such as `Fetch`, or `API 1234` for one that is not known. */
  readonly name: string;
  private readonly bodyAt: number;
  private decoded: Decoded | null = null;

  /** @throws DecodeError for bytes that do not begin with the header of a request */
  constructor(place: RequestPlace, bytes: Buffer, exchanges: Exchanges = kafka()) {
    this.number = place.number;
    this.connection = place.connection;
    this.client = place.client;
    this.sentAtMs = place.sentAtMs;
    this.bytes = bytes;
    const reader = new Reader(bytes);
    this.header = readRequestHeader(reader, (key, version) => exchanges.get(key)?.isFlexible(version) ?? false);
    this.bodyAt = reader.position;
    const { apiKey, apiVersion } = this.header;
    const api = exchanges.get(apiKey);
    this.name = api?.name ?? `API ${apiKey}`;
    this.exchange = api !== undefined && covers(api.versions, apiVersion) ? api : null;
  }

  get body(): Decoded {
    return (this.decoded ??= this.decode());
  }

  /** The frame up to its body, as it was recorded. */
  get headerBytes(): Buffer {
    return this.bytes.subarray(0, this.bodyAt);
  }

  /** Whether its client waits for an answer; all do, but for Produce with acks=0. */
  get isAnswered(): boolean {
    const { exchange } = this;
    if (exchange === null || !('isAnswered' in exchange) || exchange.isAnswered === undefined) return true;
    const { body } = this.body;
    return body === null || (exchange.isAnswered as (body: Body) => boolean)(body);
  }

  private decode(): Decoded {
    const { exchange, header } = this;
    if (exchange === null) return unknownVersion(this);
    const reader = new Reader(this.bytes, this.bodyAt);
    return decoded(() => exchange.requestCodec(header.apiVersion).read(reader));
  }
}

export class RecordedAnswer {
  readonly request: RecordedRequest;
  readonly atMs: number;
  /** The frame without its length. */
  readonly bytes: Buffer;
  private decoded: Decoded | null = null;

  constructor(request: RecordedRequest, bytes: Buffer, atMs: number) {
    this.request = request;
    this.bytes = bytes;
    this.atMs = atMs;
  }

  /** How long its client waited, in ms. */
  get latencyMs(): number {
    return this.atMs - this.request.sentAtMs;
  }

  get body(): Decoded {
    return (this.decoded ??= readAnswer(this.request, this.bytes));
  }
}

/** The body of what answers a request, recorded or not. */
export function readAnswer(request: RecordedRequest, bytes: Buffer): Decoded {
  const { exchange, header } = request;
  if (exchange === null) return unknownVersion(request);
  return decoded(() => {
    const reader = new Reader(bytes);
    readResponseHeader(reader, exchange.responseHeader(header.apiVersion));
    return exchange.responseCodec(versionOf(exchange, header.apiVersion, reader)).read(reader);
  });
}

/** A broker that does not serve the version of ApiVersions that it was asked in says so in version 0 (KIP-511). */
function versionOf({ key }: Exchange, asked: number, { buffer, position, remaining }: Reader): number {
  const isRefused =
    key === apiVersionsKey && remaining >= 2 && buffer.readInt16BE(position) === errors.UNSUPPORTED_VERSION.code;
  return isRefused ? 0 : asked;
}

function unknownVersion({ name, header }: RecordedRequest): Decoded {
  return { body: null, why: `${name} v${header.apiVersion} is not known` };
}

function decoded(read: () => Body): Decoded {
  try {
    return { body: read(), why: null };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { body: null, why: error.message };
  }
}
