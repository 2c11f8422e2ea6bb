/**
 * A group of the classic protocol: its members and where it stands in a rebalance (org.apache.kafka.coordinator.group.
 * classic.ClassicGroup). Data that never changes; classic-step.ts makes the next one.
 *
 * What is durable is what a GroupMetadata record says of it (classic-record.ts), and it is what the log has whenever the
 * group is Stable or Empty. A rebalance, and who waits for what, is not in the log.
 *
 * There is no Dead group here: a group that is gone is null.
 */
import { errors, type KafkaError } from '../../errors';
import { keptProtocols } from './classic-protocols';
import type { ClassicProtocol, JoinAnswer, JoinRequest, SyncAnswer } from './requests';
import type { Ticket } from './step';

export type ClassicState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

export interface ClassicMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** In the member's order of preference, each name once; of a group read from the log only the chosen one. */
  readonly protocols: readonly ClassicProtocol[];
  readonly assignment: Buffer;
  /** Waits for the end of the join phase. */
  readonly joining: Ticket<JoinAnswer> | null;
  /** Waits for its assignment. */
  readonly syncing: Ticket<SyncAnswer> | null;
  /** Asked for its assignment in this generation. */
  readonly hasSynced: boolean;
}

/** The settle window: an empty group waits for more members before its first rebalance. */
export interface Settling {
  readonly sinceMs: number;
  /** How often it was kept open for nobody but those who were on their way. */
  readonly extraWaits: number;
}

export interface ClassicGroup {
  readonly type: 'classic';
  readonly groupId: string;
  readonly state: ClassicState;
  /** Since when, in ms: what the retention of an empty group's offsets counts from. −1: a very old record did not say. */
  readonly stateSinceMs: number;
  /** `consumer`, `connect`, …; null as long as nobody has joined. */
  readonly protocolType: string | null;
  readonly generationId: number;
  /** Name of the chosen protocol. */
  readonly protocolName: string | null;
  readonly leader: string | null;
  /** By member id, in the order in which they came. */
  readonly members: ReadonlyMap<string, ClassicMember>;
  /** Ids that were given out to members who have not joined with them yet (KIP-394). */
  readonly pendingMembers: ReadonlySet<string>;
  /** Null but in the first rebalance of an empty group. */
  readonly settling: Settling | null;
  /** Whether the log has a record of it. */
  readonly isRecorded: boolean;
}

/** A group that nobody has joined yet: what events to a group that is not there are given. */
export function newClassicGroup(groupId: string, nowMs: number): ClassicGroup {
  return {
    type: 'classic',
    groupId,
    state: 'Empty',
    stateSinceMs: nowMs,
    protocolType: null,
    generationId: 0,
    protocolName: null,
    leader: null,
    members: new Map(),
    pendingMembers: new Set(),
    settling: null,
    isRecorded: false,
  };
}

/** Whether there is such a group at all, in the log or with anybody in it. */
export function isThere(group: ClassicGroup): boolean {
  return group.isRecorded || group.members.size > 0 || group.pendingMembers.size > 0;
}

/** The member that bears an instance id (KIP-345). */
export function staticMember(group: ClassicGroup, groupInstanceId: string): ClassicMember | undefined {
  for (const member of group.members.values()) if (member.groupInstanceId === groupInstanceId) return member;
  return undefined;
}

/** Whether a request comes from a member: UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID if not, else null. */
export function checkMember(group: ClassicGroup, memberId: string, groupInstanceId: string | null): KafkaError | null {
  if (groupInstanceId !== null) {
    const known = staticMember(group, groupInstanceId);
    if (known === undefined) return errors.UNKNOWN_MEMBER_ID;
    if (known.memberId !== memberId) return errors.FENCED_INSTANCE_ID;
  }
  return group.members.has(memberId) ? null : errors.UNKNOWN_MEMBER_ID;
}

/** Whether a request comes from a member and is of this generation: one of the above, ILLEGAL_GENERATION, or null. */
export function checkGeneration(
  group: ClassicGroup,
  { memberId, groupInstanceId }: { readonly memberId: string; readonly groupInstanceId: string | null },
  generationId: number,
): KafkaError | null {
  const error = checkMember(group, memberId, groupInstanceId);
  if (error !== null) return error;
  return generationId === group.generationId ? null : errors.ILLEGAL_GENERATION;
}

/** What a member says of itself with every join. A negative rebalance timeout is none: it is that of the session. */
export function saidOnJoining(
  request: JoinRequest,
): Pick<ClassicMember, 'sessionTimeoutMs' | 'rebalanceTimeoutMs' | 'protocols'> {
  const { sessionTimeoutMs, rebalanceTimeoutMs } = request;
  return {
    sessionTimeoutMs,
    rebalanceTimeoutMs: rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
    protocols: keptProtocols(request.protocols),
  };
}

/** How long a rebalance may take, in ms: as long as the most patient member allows. */
export function rebalanceTimeoutMs(group: ClassicGroup): number {
  let longest = 0;
  for (const member of group.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs);
  return longest;
}

/**
 * Whether everybody who is known waits for the end of the join phase, those included who were told their id; without any
 * members there is nothing to wait for.
 */
export function haveAllJoined({ members, pendingMembers }: ClassicGroup): boolean {
  if (members.size === 0) return true;
  if (pendingMembers.size > 0) return false;
  for (const { joining } of members.values()) if (joining === null) return false;
  return true;
}
