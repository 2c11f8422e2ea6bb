/**
 * `inject`: one request to the broker without a socket, through the whole pipeline and every tap, as any client's.
 *
 * What always holds: each has a connection of its own, so that none waits for another, and which is gone when it settles.
 */
import { type Duplex, duplexPair } from 'node:stream';
import { type Api, serves } from '../protocol/api';
import { Reader, Writer } from '../protocol/bytes';
import { readResponseHeader, writeRequestHeader } from '../protocol/header';
import type { Draft, Infer, Schema } from '../protocol/schema';
import { UsageError } from '../usage';

const correlationId = 1;
const lengthBytes = 4;

/**
 * Resolves with the body of the answer. An error code in it is an answer like any other.
 * @param handle gives the connection to the broker
 * @throws EncodeError for a body that this version cannot carry; UsageError where the broker ends the connection without
 *   an answer, as it does for what it does not serve, for broken requests, and for Produce with acks=0
 */
export async function inject<Q extends Schema, R extends Schema>(
  handle: (stream: Duplex) => void,
  api: Api<Q, R>,
  version: number,
  body: Draft<Q>,
  clientId: string | null,
): Promise<Infer<R>> {
  const request = requestFrame(api, version, body, clientId);
  const [client, server] = duplexPair();
  handle(server);
  client.write(request);
  // Nobody answers it, so the connection has to end by itself. For anything else an end would mean that nobody waits.
  if ('acks' in body && body['acks'] === 0) client.end();
  const answer = await frameOf(client);
  client.end();
  if (answer === null) {
    const { from, to } = api.versions;
    const why = serves(api, version) ? '' : `; versions ${from} to ${to} are served`;
    throw new UsageError(`inject: ${api.name} v${version}: the broker ended the connection without an answer${why}`);
  }
  const reader = new Reader(answer);
  readResponseHeader(reader, api.responseHeader(version));
  return api.responseCodec(version).read(reader);
}

function requestFrame<Q extends Schema>(api: Api<Q>, version: number, body: Draft<Q>, clientId: string | null): Buffer {
  const writer = new Writer();
  const header = { apiKey: api.key, apiVersion: version, correlationId, clientId };
  writeRequestHeader(writer, header, api.isFlexible(version));
  api.requestCodec(version).write(writer, body);
  const bytes = writer.takeBuffer();
  const length = Buffer.alloc(lengthBytes);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The first frame without its length, or null if the stream ends before. The stream is over in either case. */
function frameOf(stream: Duplex): Promise<Buffer | null> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => {
      // Answers come in few pieces, most of them in one.
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      if (bytes.length < lengthBytes) return;
      const end = lengthBytes + bytes.readInt32BE(0);
      if (bytes.length >= end) resolve(Buffer.from(bytes.subarray(lengthBytes, end)));
    });
    stream.once('end', () => resolve(null));
    stream.once('error', () => resolve(null));
    stream.once('close', () => resolve(null));
  });
}
