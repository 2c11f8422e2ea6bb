/**
 * Whether bytes look like the begin of a request or an answer. Asked where a recording does not say: which side is the
 * broker, and where a message begins behind a gap. Pure.
 */
import { exchanges } from '../../apis/exchanges';
import { Reader } from '../../protocol/bytes';
import { readRequestHeader } from '../../protocol/header';
import { covers } from '../../protocol/schema';

/** Length, API key, version, correlation id, length of the client id. */
export const requestHeadBytes = 14;
/** Length and correlation id. */
export const answerHeadBytes = 8;

/** The largest version and key that APIs we do not know may have, where we guess. */
const versionMax = 32;
const keyMax = 128;
const clientIdMaxBytes = 255;

/** How sure one can be; `decoded`: all of it is a request of an API that we know. */
export type Likeness = 'decoded' | 'likely' | 'no';

/** @param bytes from their length prefix on, which is at `at` */
export function likenessToRequest(bytes: Buffer, at: number, frameMaxBytes: number): Likeness {
  if (bytes.length < at + requestHeadBytes) return 'no';
  const size = bytes.readInt32BE(at);
  const key = bytes.readInt16BE(at + 4);
  const version = bytes.readInt16BE(at + 6);
  const clientIdBytes = bytes.readInt16BE(at + 12);
  if (size < requestHeadBytes - 4 || size > frameMaxBytes || key < 0 || version < 0) return 'no';
  if (clientIdBytes < -1 || clientIdBytes > Math.min(clientIdMaxBytes, size - 10)) return 'no';
  const api = exchanges().get(key);
  if (api === undefined ? key > keyMax || version > versionMax : !covers(api.versions, version)) return 'no';
  const idEnd = Math.min(bytes.length, at + requestHeadBytes + clientIdBytes);
  for (let i = at + requestHeadBytes; i < idEnd; i++) if (bytes[i]! < 0x20 || bytes[i] === 0x7f) return 'no';
  if (bytes.length < at + 4 + size || api === undefined) return clientIdBytes > 0 ? 'likely' : 'no';
  try {
    const reader = new Reader(bytes, at + 4, at + 4 + size);
    readRequestHeader(reader, () => api.isFlexible(version));
    api.requestCodec(version).read(reader);
    return reader.remaining === 0 ? 'decoded' : 'no';
  } catch {
    return 'no';
  }
}

/** What the first bytes of a connection say that is not Kafka, for people; null if nothing is known. */
export function foreignTo(bytes: Buffer): string | null {
  if (bytes.length >= 3 && bytes[0]! >= 0x14 && bytes[0]! <= 0x17 && bytes[1] === 3 && bytes[2]! <= 4)
    return (
      'it is encrypted (TLS), and cannot be read. Capture before TLS: ' +
      'with `--capture FILE` at the broker, or at a PLAINTEXT listener'
    );
  const text = bytes.toString('latin1', 0, 16);
  if (/^(GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH|CONNECT) |^HTTP\/|^PRI \* HTTP/.test(text))
    return 'it is HTTP, not Kafka';
  if (text.startsWith('SSH-')) return 'it is SSH, not Kafka';
  return null;
}
