/**
 * Topic names inside the bytes that classic consumers send each other through the coordinator (ConsumerProtocol):
 * subscriptions and assignments. User data is the consumers' own and stays as it is.
 */
import {
  consumerProtocolMaxVersion,
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../protocol/consumer-protocol';

export type Carried = 'subscription' | 'assignment';
/** A name in the place of another; null: it is left out. */
export type Rename = (topic: string) => string | null;

/** The version, before the message. */
const versionBytes = 2;

/**
 * The same bytes with other names in them.
 * @param protocolType of the group; null: unknown, then only bytes that are such a message to the last are taken for one
 */
export function renamed(bytes: Buffer, carried: Carried, protocolType: string | null, rename: Rename): Buffer {
  const isKnown = protocolType !== null && protocolType !== '';
  if (isKnown && protocolType !== 'consumer') return bytes;
  const both = carried === 'subscription' ? subscriptions(bytes, rename) : assignments(bytes, rename);
  if (both === null || (!isKnown && !both.before.equals(bytes))) return bytes;
  const { before, after } = both;
  // A version of the future is read as the last known one, which it only adds to.
  bytes.copy(after, 0, 0, versionBytes);
  return bytes.length > before.length ? Buffer.concat([after, bytes.subarray(before.length)]) : after;
}

interface Both {
  /** What was understood of the bytes, written again. */
  readonly before: Buffer;
  readonly after: Buffer;
}

function subscriptions(bytes: Buffer, rename: Rename): Both | null {
  const read = readSubscription(bytes);
  if (read === null) return null;
  const topics = read.topics.map(rename).filter((topic) => topic !== null);
  const ownedPartitions = ofTopics(read.ownedPartitions, rename);
  const before = writeSubscription(read, read.version);
  return { before, after: writeSubscription({ ...read, topics, ownedPartitions }, read.version) };
}

function assignments(bytes: Buffer, rename: Rename): Both | null {
  const read = readAssignment(bytes);
  if (read === null) return null;
  const version = Math.min(bytes.readInt16BE(0), consumerProtocolMaxVersion);
  const assignedPartitions = ofTopics(read.assignedPartitions, rename);
  return { before: writeAssignment(read, version), after: writeAssignment({ ...read, assignedPartitions }, version) };
}

function ofTopics<T extends { readonly topic: string }>(parts: readonly T[], rename: Rename): T[] {
  return parts.flatMap((part) => {
    const topic = rename(part.topic);
    return topic === null ? [] : { ...part, topic };
  });
}
