/**
 * Entries: the events in a block, one behind the other. See ../README.md for the format.
 *
 * Times are told as microseconds since the entry before. A frame may be told in parts (parts.ts), with what is not to be
 * in the file left out; whoever reads it gets a frame of the same size with something else in its place.
 */
import { DecodeError, type Reader, type Writer } from '../../protocol/bytes';
import type { CaptureEvent, Side } from '../event';
import { sizeOf } from './block';
import { assembled } from './parts';
import { putUvarint } from './uvarint';

export const entryKinds = Object.freeze({
  opened: 1,
  clientFrame: 2,
  brokerFrame: 3,
  closed: 4,
  lost: 5,
  clientParts: 6,
  brokerParts: 7,
});

const sides = [null, 'client', 'broker'] as const;

/** A frame that is put down: its bytes, or its parts (parts.ts), in as many pieces as they are in. */
export interface FrameEntry {
  readonly connection: number;
  readonly from: Side;
  readonly chunks: readonly Buffer[];
  readonly isParts: boolean;
}

/** A kind, a connection, a time and a length. */
export const frameHeadMaxBytes = 1 + 5 + 10 + 5;

/**
 * Puts down what stands before a frame's bytes, of which there are too many for a Writer.
 * @returns how many bytes it takes
 */
export function putFrameHead(
  into: Buffer,
  start: number,
  { connection, from, chunks, isParts }: FrameEntry,
  sinceUs: number,
): number {
  const { clientParts, brokerParts, clientFrame, brokerFrame } = entryKinds;
  const isClient = from === 'client';
  into[start] = isParts ? (isClient ? clientParts : brokerParts) : isClient ? clientFrame : brokerFrame;
  let at = putUvarint(into, start + 1, connection);
  // Zigzag, of a number that may be larger than bit operations take.
  at = putUvarint(into, at, sinceUs < 0 ? -2 * sinceUs - 1 : 2 * sinceUs);
  at = putUvarint(into, at, chunks.length === 1 ? chunks[0]!.length : sizeOf(chunks));
  return at - start;
}

/** Puts down anything but a frame. */
export function writeEntry(writer: Writer, event: Exclude<CaptureEvent, { is: 'frame' }>, sinceUs: number): void {
  writer.int8(entryKinds[event.is]);
  writer.uvarint(event.connection ?? 0);
  writer.varlong(sinceUs);
  switch (event.is) {
    case 'opened':
      writer.compactString(event.client);
      writer.compactString(event.server);
      writer.compactNullableString(event.listener);
      return;
    case 'closed':
      return writer.int8(sides.indexOf(event.by));
    case 'lost':
      writer.int8(sides.indexOf(event.from));
      writer.varlong(event.bytes);
      writer.compactString(event.why);
  }
}

/**
 * Reads the next entry.
 * @param beforeUs time of the entry before
 * @throws DecodeError for what is no entry
 */
export function readEntry(reader: Reader, beforeUs: number): { readonly event: CaptureEvent; readonly atUs: number } {
  reader.field = 'kind';
  const kind = reader.int8();
  reader.field = 'connection';
  const connection = reader.uvarint();
  reader.field = 'time';
  const atUs = beforeUs + Number(reader.varlong());
  return { event: readEvent(reader, kind, connection, atUs / 1000), atUs };
}

function readEvent(reader: Reader, kind: number, connection: number, atMs: number): CaptureEvent {
  switch (kind) {
    case entryKinds.opened: {
      reader.field = 'address';
      const client = reader.compactString();
      const server = reader.compactString();
      return { is: 'opened', connection, atMs, client, server, listener: reader.compactNullableString() };
    }
    case entryKinds.clientFrame:
    case entryKinds.brokerFrame: {
      reader.field = 'frame';
      const bytes = reader.slice(reader.uvarint());
      return { is: 'frame', connection, atMs, from: kind === entryKinds.clientFrame ? 'client' : 'broker', bytes };
    }
    case entryKinds.clientParts:
    case entryKinds.brokerParts: {
      reader.field = 'parts';
      const bytes = assembled(reader.slice(reader.uvarint()));
      return { is: 'frame', connection, atMs, from: kind === entryKinds.clientParts ? 'client' : 'broker', bytes };
    }
    case entryKinds.closed:
      return { is: 'closed', connection, atMs, by: readSide(reader) };
    case entryKinds.lost: {
      const from = readSide(reader);
      const bytes = Number(reader.varlong());
      const why = reader.compactString();
      return { is: 'lost', connection: connection === 0 ? null : connection, atMs, from, bytes, why };
    }
    default:
      throw new DecodeError(`${kind} is no kind of entry`, 'kind', reader.position);
  }
}

function readSide(reader: Reader): Side | null {
  reader.field = 'side';
  const side = sides[reader.int8()];
  return side === undefined ? reader.fail('neither client nor broker') : side;
}
