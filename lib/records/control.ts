/**
 * Control records: transaction markers and the quorum's own records, in batches whose control bit is set. Written by the
 * transaction coordinator and the metadata log, read by whoever replays a log; no application gets to see them.
 *
 * Key: int16 version, int16 type. Value: a message that begins with its own int16 version; those of the quorum are
 * flexible (KIP-482), the transaction marker is not.
 */
import { errors } from '../errors';
import { DecodeError, Reader, Writer, zeroUuid } from '../protocol/bytes';
import { type Codec, compile } from '../protocol/compile';
import {
  array,
  type Draft,
  type Infer,
  int16,
  int32,
  long,
  type Schema,
  string,
  struct,
  uint16,
  uuid,
} from '../protocol/schema';
import type { RecordDraft } from './build';
import type { LogRecord } from './record';

const keyBytes = 4;
const unknownType = 0x7fff;

const endTxnMarker = { version: int16().default(0), coordinatorEpoch: int32() };

const voter = { voterId: int32(), voterDirectoryId: uuid().since(1).default(zeroUuid) };

const leaderChange = {
  version: int16().default(0),
  leaderId: int32(),
  voters: array(voter),
  grantingVoters: array(voter),
};

const snapshotHeader = { version: int16().default(0), lastContainedLogTimestamp: long() };

const snapshotFooter = { version: int16().default(0) };

const kraftVersion = { version: int16().default(0), kRaftVersion: int16() };

const voters = {
  version: int16().default(0),
  voters: array({
    voterId: int32(),
    voterDirectoryId: uuid(),
    endpoints: array({ name: string(), host: string(), port: uint16() }),
    kRaftVersionFeature: struct({ minSupportedVersion: int16(), maxSupportedVersion: int16() }),
  }),
};

/** The types by the number that is in the key, as Kafka names them. */
export const controlTypes = [
  'ABORT',
  'COMMIT',
  'LEADER_CHANGE',
  'SNAPSHOT_HEADER',
  'SNAPSHOT_FOOTER',
  'KRAFT_VERSION',
  'KRAFT_VOTERS',
] as const;

export type ControlType = (typeof controlTypes)[number];

const messages = {
  ABORT: endTxnMarker,
  COMMIT: endTxnMarker,
  LEADER_CHANGE: leaderChange,
  SNAPSHOT_HEADER: snapshotHeader,
  SNAPSHOT_FOOTER: snapshotFooter,
  KRAFT_VERSION: kraftVersion,
  KRAFT_VOTERS: voters,
} as const satisfies Record<ControlType, Schema>;

type Messages = typeof messages;

/** A control record that was read: its type and its message. */
export type ControlRecord = { [T in ControlType]: { type: T; value: Infer<Messages[T]> } }[ControlType];

function isFlexible(type: ControlType): boolean {
  return messages[type] !== endTxnMarker;
}

const compiled = new Map<string, Codec<Schema>>();

/** The codec of a message; LeaderChange, which alone has had two versions, is written as version 0 and read as either. */
function codecOf(type: ControlType, version: number): Codec<Schema> {
  const name = `${type} ${version}`;
  let codec = compiled.get(name);
  if (codec === undefined) compiled.set(name, (codec = compile<Schema>(messages[type], version, isFlexible(type))));
  return codec;
}

/** The record for `buildBatch`, which wants `control: true` for it; timestamps come from there. */
export function controlRecord<T extends ControlType>(type: T, value: Draft<Messages[T]>): RecordDraft {
  const key = Buffer.alloc(keyBytes);
  key.writeInt16BE(controlTypes.indexOf(type), 2);
  const writer = new Writer(1024);
  codecOf(type, 0).write(writer, value);
  return { key, value: writer.takeBuffer() };
}

/**
 * A control record of a type that Kafka does not have, for `buildBatch` as above: every reader passes over it and goes on
 * behind it. It stands for records that are not shown, where a batch without any would lead kafkajs astray (it goes on at
 * the end of the partition).
 */
export function unknownControlRecord(): RecordDraft {
  const key = Buffer.alloc(keyBytes);
  key.writeInt16BE(unknownType, 2);
  return { key, value: null };
}

/**
 * Reads a control record; null for a type that Kafka 4.4 does not have, which readers pass over.
 * @throws KafkaError INVALID_RECORD where key or value are not what their type says
 */
export function readControlRecord(record: Pick<LogRecord, 'offset' | 'key' | 'value'>): ControlRecord | null {
  const type = controlTypeOf(record);
  if (type === null) return null;
  const bytes = record.value ?? Buffer.alloc(0);
  const version = type === 'LEADER_CHANGE' && bytes.length >= 2 && bytes.readInt16BE(0) > 0 ? 1 : 0;
  try {
    return { type, value: codecOf(type, version).read(new Reader(bytes)) } as ControlRecord;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw errors.INVALID_RECORD.because(`${type} record at offset ${record.offset}, ${error.message}`);
  }
}

/**
 * The type alone, which is all that most readers of transaction markers want to know; null for an unknown one.
 * @throws KafkaError INVALID_RECORD for a key that is too short to have one
 */
export function controlTypeOf({ offset, key }: Pick<LogRecord, 'offset' | 'key'>): ControlType | null {
  if (key === null || key.length < keyBytes) {
    throw errors.INVALID_RECORD.because(`control record at offset ${offset} has a key of ${key?.length ?? 0} bytes`);
  }
  return controlTypes[key.readInt16BE(2)] ?? null;
}
