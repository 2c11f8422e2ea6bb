/**
 * Request and response headers, and which version of them a message uses.
 *
 * A request has header 2 exactly when its version is flexible, else 1; a response has header 1 exactly when it is
 * flexible, else 0. ApiVersions is the exception: its response always has header 0, so that a client can read the
 * refusal of a version that it guessed wrong (KIP-511).
 */
import type { Reader, Writer } from './bytes';

export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
}

/** Skips tagged fields; headers have none that a broker needs. */
function skipTags(reader: Reader): void {
  reader.field = 'header tags';
  for (let n = reader.uvarint(); n > 0; n--) {
    reader.uvarint();
    reader.skip(reader.uvarint());
  }
}

/** Reads a request header; `isFlexible` says whether that version of that API is, as far as anybody knows. */
export function readRequestHeader(
  reader: Reader,
  isFlexible: (apiKey: number, apiVersion: number) => boolean,
): RequestHeader {
  reader.field = 'apiKey';
  const apiKey = reader.int16();
  reader.field = 'apiVersion';
  const apiVersion = reader.int16();
  reader.field = 'correlationId';
  const correlationId = reader.int32();
  reader.field = 'clientId';
  // A classic string even in header 2, which has everything else compact.
  const clientId = reader.nullableString();
  if (isFlexible(apiKey, apiVersion)) skipTags(reader);
  return { apiKey, apiVersion, correlationId, clientId };
}

/** Moves past a request header and looks at nothing of it. */
export function skipRequestHeader(reader: Reader, flexible: boolean): void {
  reader.field = 'header';
  reader.skip(8);
  const size = reader.int16();
  if (size > 0) reader.skip(size);
  if (flexible) skipTags(reader);
}

/** Writes a request header; `flexible` as for reading. */
export function writeRequestHeader(writer: Writer, header: RequestHeader, flexible: boolean): void {
  writer.int16(header.apiKey);
  writer.int16(header.apiVersion);
  writer.int32(header.correlationId);
  writer.nullableString(header.clientId);
  if (flexible) writer.uvarint(0);
}

/** Reads a response header and returns its correlation id. */
export function readResponseHeader(reader: Reader, version: 0 | 1): number {
  reader.field = 'correlationId';
  const correlationId = reader.int32();
  if (version === 1) skipTags(reader);
  return correlationId;
}

export function writeResponseHeader(writer: Writer, correlationId: number, version: 0 | 1): void {
  writer.int32(correlationId);
  if (version === 1) writer.uvarint(0);
}
