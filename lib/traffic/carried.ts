/**
 * What classic consumers say to each other through the coordinator, found in the bytes of their messages. Called for what is
 * printed of JoinGroup, SyncGroup and DescribeGroups, and for the topics that they are about.
 *
 * Groups of other clients carry other bytes there, and not every message says whose they are: only bytes that are such a
 * message to the last are taken for one.
 */
import {
  type ClassicAssignment,
  consumerProtocolMaxVersion,
  readAssignment,
  readSubscription,
  type Subscription,
  writeAssignment,
  writeSubscription,
} from '../protocol/consumer-protocol';

export type Carried = Subscription | (ClassicAssignment & { readonly version: number });

/** What the bytes say; null for any that are nothing of the kind. */
export function readCarried(bytes: Buffer, kind: 'subscription' | 'assignment'): Carried | null {
  if (kind === 'subscription') {
    const subscription = readSubscription(bytes);
    return subscription !== null && writeSubscription(subscription, subscription.version).equals(bytes)
      ? subscription
      : null;
  }
  const assignment = readAssignment(bytes);
  if (assignment === null) return null;
  const version = Math.min(bytes.readInt16BE(0), consumerProtocolMaxVersion);
  return writeAssignment(assignment, version).equals(bytes) ? { version, ...assignment } : null;
}

/** The topics that it names. */
export function topicsOfCarried(carried: Carried): string[] {
  return 'topics' in carried ? carried.topics : carried.assignedPartitions.map(({ topic }) => topic);
}
