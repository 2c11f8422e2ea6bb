/**
 * How one member comes to what it should have: given what it has and its target assignment, its next position (KIP-848;
 * org.apache.kafka.coordinator.group.modern.consumer.CurrentAssignmentBuilder). Pure; called by consumer-changes.ts
 * whenever a member is heard of.
 *
 * First a member gives up what it should not have, and tells so; only then it moves to the epoch of the target and gets
 * what is free of it. What another still has it gets later, partition by partition. So a partition never has two
 * owners.
 *
 * What always holds: a partition keeps the epoch in which it was assigned for as long as its owner has it (KIP-1251).
 */
import type { ConsumerMember, EpochAssignment } from './consumer-group';
import { noPartitions } from './consumer-group';
import type { Assignment, ConsumerHeartbeatRequest } from './requests';

/** Partitions that a member says it owns; null: it does not say. */
export type OwnedPartitions = ConsumerHeartbeatRequest['topicPartitions'];

export interface Reconciliation {
  /** Of the target assignment. */
  readonly targetEpoch: number;
  readonly target: Assignment;
  readonly owned: OwnedPartitions;
  /** Topics that the member subscribes to now, which the target may not know yet. */
  readonly subscribedTopicIds: ReadonlySet<string>;
  /** Whether the subscription may have changed: what the member has must fit it, whatever the target says. */
  readonly mayHaveUnsubscribed: boolean;
  /** Whether another member has the partition, or has yet to give it up. */
  isHeldByAnother(topicId: string, partition: number): boolean;
}

/** The member as it should be now: the same object if nothing changes. */
export function reconcile(member: ConsumerMember, by: Reconciliation): ConsumerMember {
  const { state, memberEpoch } = member;
  if (state === 'STABLE' && memberEpoch === by.targetEpoch) return by.mayHaveUnsubscribed ? strip(member, by) : member;
  if (state === 'UNREVOKED_PARTITIONS' && owns(by.owned, member.pendingRevocation))
    return by.mayHaveUnsubscribed ? strip(member, by) : member;
  return advance(member, by);
}

/** Whether a member has to be taken to own some of these partitions: it says so, or it says nothing. */
function owns(owned: OwnedPartitions, partitions: EpochAssignment): boolean {
  if (owned === null) return true;
  return owned.some(({ topicId, partitions: own }) => {
    const epochs = partitions.get(topicId);
    return epochs !== undefined && own.some((partition) => epochs.has(partition));
  });
}

/** Takes away what the member no longer subscribes to, and nothing else. */
function strip(member: ConsumerMember, { subscribedTopicIds, owned }: Reconciliation): ConsumerMember {
  const left = [...member.assigned].filter(([topicId]) => subscribedTopicIds.has(topicId));
  if (left.length === member.assigned.size) return member;
  const assigned: EpochAssignment = new Map(left);
  const pendingRevocation = new Map(member.pendingRevocation);
  for (const [topicId, epochs] of member.assigned) {
    if (assigned.has(topicId)) continue;
    pendingRevocation.set(topicId, new Map([...(pendingRevocation.get(topicId) ?? []), ...epochs]));
  }
  if (!owns(owned, pendingRevocation)) return { ...member, assigned };
  return { ...member, state: 'UNREVOKED_PARTITIONS', assigned, pendingRevocation };
}

/** Towards the target, as far as it goes at once. */
function advance(member: ConsumerMember, by: Reconciliation): ConsumerMember {
  const { targetEpoch, owned } = by;
  const parts = compare(member, by);
  if (parts.toRevoke.size > 0 && owns(owned, parts.toRevoke)) {
    const { kept: assigned, toRevoke: pendingRevocation } = parts;
    return { ...member, state: 'UNREVOKED_PARTITIONS', assigned, pendingRevocation };
  }
  const state = parts.isSomeHeld ? 'UNRELEASED_PARTITIONS' : 'STABLE';
  // Nothing to say: what it waits for is not free yet.
  if (
    member.state === state &&
    member.memberEpoch === targetEpoch &&
    parts.toAssign.size === 0 &&
    parts.toRevoke.size === 0
  )
    return member;
  const assigned = new Map(parts.kept);
  for (const [topicId, partitions] of parts.toAssign) {
    const epochs = new Map(assigned.get(topicId));
    for (const partition of partitions) epochs.set(partition, targetEpoch);
    assigned.set(topicId, epochs);
  }
  return {
    ...member,
    state,
    memberEpoch: targetEpoch,
    // A member that has not heard of its epoch yet may go on with the one before, however often it is answered.
    previousMemberEpoch: member.memberEpoch === targetEpoch ? member.previousMemberEpoch : member.memberEpoch,
    assigned,
    pendingRevocation: noPartitions,
  };
}

interface Parts {
  /** Has and should have. */
  readonly kept: EpochAssignment;
  /** Has and should not have. */
  readonly toRevoke: EpochAssignment;
  /** Should have, and nobody has. */
  readonly toAssign: ReadonlyMap<string, readonly number[]>;
  /** Whether it should have some that others have. */
  readonly isSomeHeld: boolean;
}

function compare(member: ConsumerMember, { target, subscribedTopicIds, isHeldByAnother }: Reconciliation): Parts {
  const kept = new Map<string, ReadonlyMap<number, number>>();
  const toRevoke = new Map<string, ReadonlyMap<number, number>>();
  const toAssign = new Map<string, number[]>();
  let isSomeHeld = false;
  for (const topicId of new Set([...target.keys(), ...member.assigned.keys()])) {
    const wanted = subscribedTopicIds.has(topicId) ? (target.get(topicId) ?? []) : [];
    const has: ReadonlyMap<number, number> = member.assigned.get(topicId) ?? new Map();
    const wants = new Set(wanted);
    const [keeps, revokes] = [new Map<number, number>(), new Map<number, number>()];
    for (const [partition, epoch] of has) (wants.has(partition) ? keeps : revokes).set(partition, epoch);
    const free: number[] = [];
    for (const partition of wanted) {
      if (has.has(partition)) continue;
      if (isHeldByAnother(topicId, partition)) isSomeHeld = true;
      else free.push(partition);
    }
    if (keeps.size > 0) kept.set(topicId, keeps);
    if (revokes.size > 0) toRevoke.set(topicId, revokes);
    if (free.length > 0) toAssign.set(topicId, free);
  }
  return { kept, toRevoke, toAssign, isSomeHeld };
}
