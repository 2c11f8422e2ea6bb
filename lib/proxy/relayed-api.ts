/**
 * An exchange of Kafka as an API that is not answered here but elsewhere: what the pipeline of a proxy knows of it.
 *
 * What always holds: a body that nobody has replaced is written as the very bytes it was read from, long ones by
 * reference; records are never looked into. Everything overlaps, as a broker's own order is the one that counts.
 *
 * Not done: tags that Kafka 4.4 does not know are lost where somebody has put another body in the place of theirs.
 */
import type { KafkaError } from '../errors';
import type { Api } from '../protocol/api';
import type { Reader, Writer } from '../protocol/bytes';
import type { Codec } from '../protocol/compile';
import type { Exchange } from '../protocol/exchange';
import type { Schema } from '../protocol/schema';
import { refusal } from './refusal';

/** What a body was read from. */
interface Origin {
  readonly version: number;
  /** The bytes; null: it is to be written anew, but always in this version. */
  readonly bytes: Buffer | null;
}

/** By body: bodies are never changed in place, so one that is still the same still says the same. */
const origins = new WeakMap<object, Origin>();

/** The body is written in this version, whatever the version of the message is in which it goes out (KIP-511). */
export function pinVersion(body: object, version: number): void {
  origins.set(body, { version, bytes: null });
}

/** What the broker serves keeps its own ways to refuse. */
export function relayed(exchange: Exchange | Api): Api {
  return Object.freeze({
    advertised: exchange.versions,
    refuse: (body: object, error: KafkaError) => refusal(exchange, body, error) as never,
    ...exchange,
    order: 'pipelined' as const,
    handle: () => {
      throw new TypeError(`${exchange.name} is answered elsewhere`);
    },
    requestCodec: relaying((version) => exchange.requestCodec(version)),
    responseCodec: relaying((version) => exchange.responseCodec(version)),
  });
}

type Codecs = (version: number) => Codec<Schema>;

function relaying(codecs: Codecs): Codecs {
  const made: Codec<Schema>[] = [];
  return (version) => (made[version] ??= relayingCodec(codecs, version));
}

function relayingCodec(codecs: Codecs, version: number): Codec<Schema> {
  const codec = codecs(version);
  return {
    read(reader: Reader) {
      const { buffer, position, end } = reader;
      const body = codec.read(reader);
      origins.set(body, { version, bytes: buffer.subarray(position, end) });
      return body;
    },
    write(writer: Writer, draft) {
      const origin = origins.get(draft);
      if (origin === undefined) codec.write(writer, draft);
      else if (origin.bytes === null) codecs(origin.version).write(writer, draft);
      else if (origin.version === version) writer.raw(origin.bytes);
      else codec.write(writer, draft);
    },
  };
}
