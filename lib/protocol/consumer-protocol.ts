/**
 * What classic consumers say to each other through the coordinator: the Subscription in a JoinGroup's metadata and the
 * Assignment that the leader hands out, both embedded as bytes (org.apache.kafka.clients.consumer.internals.
 * ConsumerProtocol). The coordinator looks into them to know which topics a group reads, and when a group moves between
 * the classic and the consumer protocol.
 *
 * An int16 version, then the message; nothing is flexible. A version beyond 3 is read as 3, as Kafka does: newer ones only
 * add at the end. What cannot be decoded is null, never an exception: the bytes are a client's own.
 */
import { DecodeError, Reader, Writer } from './bytes';
import { type Codec, compile } from './compile';
import { array, bytes, type Draft, type Infer, int32, type Schema, string } from './schema';

export const consumerProtocolMaxVersion = 3;

const topicPartitions = () => array({ topic: string(), partitions: array(int32()) });

const subscriptionFields = {
  topics: array(string()),
  userData: bytes().nullable().default(null),
  ownedPartitions: topicPartitions().since(1).default([]),
  /** The generation in which the partitions were owned. */
  generationId: int32().since(2).default(-1),
  rackId: string().nullable().since(3).default(null),
};

const assignmentFields = {
  assignedPartitions: topicPartitions(),
  userData: bytes().nullable().default(null),
};

/** With the version that it was read in, 0–3. Byte fields share memory with what was read. */
export type Subscription = Infer<typeof subscriptionFields> & { readonly version: number };
export type ClassicAssignment = Infer<typeof assignmentFields>;

const subscriptionCodecs: Codec<typeof subscriptionFields>[] = [];
const assignmentCodecs: Codec<typeof assignmentFields>[] = [];

/** What a member subscribes to; null for bytes that are no Subscription. */
export function readSubscription(bytes: Buffer): Subscription | null {
  const read = readMessage(bytes, subscriptionFields, subscriptionCodecs);
  return read === null ? null : { ...read.message, version: read.version };
}

/** What a member was assigned by its leader; null for bytes that are no Assignment, such as the empty ones of nobody. */
export function readAssignment(bytes: Buffer): ClassicAssignment | null {
  return readMessage(bytes, assignmentFields, assignmentCodecs)?.message ?? null;
}

/** @param version 0–3; fields that it lacks are left out */
export function writeSubscription(subscription: Draft<typeof subscriptionFields>, version: number): Buffer {
  return writeMessage(subscription, version, subscriptionFields, subscriptionCodecs);
}

/** @param version 0–3; all four look the same but for their number */
export function writeAssignment(assignment: Draft<typeof assignmentFields>, version: number): Buffer {
  return writeMessage(assignment, version, assignmentFields, assignmentCodecs);
}

function codecOf<S extends Schema>(fields: S, codecs: Codec<S>[], version: number): Codec<S> {
  return (codecs[version] ??= compile(fields, version, false));
}

function readMessage<S extends Schema>(
  bytes: Buffer,
  fields: S,
  codecs: Codec<S>[],
): { message: Infer<S>; version: number } | null {
  if (bytes.length < 2) return null;
  const reader = new Reader(bytes);
  const version = Math.min(reader.int16(), consumerProtocolMaxVersion);
  if (version < 0) return null;
  try {
    return { message: codecOf(fields, codecs, version).read(reader), version };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function writeMessage<S extends Schema>(message: Draft<S>, version: number, fields: S, codecs: Codec<S>[]): Buffer {
  const writer = new Writer(256);
  writer.int16(version);
  codecOf(fields, codecs, version).write(writer, message);
  return writer.takeBuffer();
}
