/**
 * A consumer group becomes a classic group when the last member of the consumer protocol is gone and members of the classic
 * one are left (KIP-848). Called by migration.ts.
 *
 * The generation is the group's epoch, the assignments are what everybody should have by the target assignment; then a
 * rebalance begins, in which a member of the group is the leader again. Only where the last one was replaced by a static
 * member of the classic protocol, and everybody had just what it should have, nobody need notice.
 */

import { readSubscription, writeAssignment } from '../../protocol/consumer-protocol';
import type { ClassicGroup, ClassicMember } from './classic-group';
import { chosenProtocol, metadataOf } from './classic-protocols';
import { consumerProtocolType } from './classic-queries';
import { rebalance } from './classic-rebalance';
import { classicRecord } from './classic-record';
import { ClassicTurn } from './classic-turn';
import type { ConsumerGroup, ConsumerMember } from './consumer-group';
import { consumerTombstones } from './consumer-records';
import { allowsDowngrade } from './migration-policy';
import type { Assignment } from './requests';
import { arm, disarm, type Effect, type EventOf, type GroupEvent, type Step, type World, write } from './step';

/** Whether by what just happened the last member of the consumer protocol has gone. */
export function hasLostConsumers(before: ConsumerGroup, after: ConsumerGroup): boolean {
  if (after.members.size === 0) return false;
  for (const { classic } of after.members.values()) if (classic === null) return false;
  for (const { classic } of before.members.values()) if (classic === null) return true;
  return false;
}

/** Why the group stays a consumer group; null: it becomes a classic one. */
export function downgradeFault(after: ConsumerGroup, { config }: World): string | null {
  const most = config['group.max.size'];
  if (!allowsDowngrade(config)) return 'group.consumer.migration.policy does not allow downgrades';
  if (after.members.size > most) return `it has ${after.members.size} members, a classic group ${most} at most`;
  return null;
}

/**
 * @param before the group as the log has it
 * @param step what has just happened to it; nothing of it is written any more
 * @param event why it happened
 */
export function downgrade(
  before: ConsumerGroup,
  step: Step<ConsumerGroup> & { readonly group: ConsumerGroup },
  event: GroupEvent,
  world: World,
): Step<ClassicGroup> {
  const classic = downgraded(before, step.group, world);
  const records = [...consumerTombstones(before), classicRecord(classic)];
  const effects = [write(...records), ...timers(before, classic)];
  const told = step.effects.filter((effect) => effect.do !== 'write' && effect.do !== 'arm');
  if (event.on === 'join' && isSettled(before, step.group, event))
    return { group: classic, effects: [...effects, ...told] };
  const turn = new ClassicTurn(classic, world);
  // Who joins now waits for the end of the rebalance like everybody else.
  if (event.on === 'join') turn.put({ ...classic.members.get(joinerOf(event))!, joining: event.ticket });
  rebalance(turn);
  const others = told.filter((effect) => event.on !== 'join' || !isAnswerTo(event, effect));
  return { group: turn.group, effects: [...effects, ...others, ...turn.effects] };
}

function joinerOf({ request, freshId }: EventOf<'join'>): string {
  return request.memberId || freshId;
}

function isAnswerTo({ ticket }: EventOf<'join'>, effect: Effect): boolean {
  return effect.do === 'answer' && effect.ticket === ticket;
}

/** Whether nothing but a member's name has changed, and everybody has what it should have. */
function isSettled(before: ConsumerGroup, after: ConsumerGroup, event: EventOf<'join'>): boolean {
  const { groupEpoch, assignmentEpoch } = after;
  if (groupEpoch !== before.groupEpoch || assignmentEpoch !== groupEpoch) return false;
  if (!after.members.has(joinerOf(event))) return false;
  for (const { memberEpoch, state } of after.members.values())
    if (memberEpoch !== groupEpoch || state !== 'STABLE') return false;
  return true;
}

function downgraded(before: ConsumerGroup, after: ConsumerGroup, { nowMs, image }: World): ClassicGroup {
  const members = [...after.members.values()].map(classicMember);
  const group: ClassicGroup = {
    type: 'classic',
    groupId: before.groupId,
    state: 'Stable',
    stateSinceMs: nowMs,
    protocolType: consumerProtocolType,
    // Of which the members say that they are: who leaves must not make them strangers.
    generationId: before.groupEpoch,
    protocolName: null,
    leader: members[0]?.memberId ?? null,
    members: new Map(members.map((member) => [member.memberId, member])),
    pendingMembers: new Set(),
    settling: null,
    isRecorded: true,
  };
  const protocolName = chosenProtocol(group);
  const nameOf = (topicId: string) => image.topicsById.get(topicId)?.name;
  const assigned = members.map((member) => {
    const version = readSubscription(metadataOf(member, protocolName) ?? nothing)?.version ?? 0;
    const assignment = assignmentBytes(after.targetAssignment.get(member.memberId) ?? new Map(), nameOf, version);
    return [member.memberId, { ...member, assignment }] as const;
  });
  return { ...group, protocolName, members: new Map(assigned) };
}

const nothing = Buffer.alloc(0);

function classicMember(member: ConsumerMember): ClassicMember {
  const { memberId, instanceId, clientId, clientHost, rebalanceTimeoutMs } = member;
  const { sessionTimeoutMs, supportedProtocols } = member.classic!;
  return {
    memberId,
    groupInstanceId: instanceId,
    clientId,
    clientHost,
    sessionTimeoutMs,
    rebalanceTimeoutMs,
    protocols: supportedProtocols,
    assignment: nothing,
    joining: null,
    syncing: null,
    hasSynced: true,
  };
}

/** An assignment as classic consumers are given it; topics that are gone are left out. */
export function assignmentBytes(
  assignment: Assignment,
  nameOf: (topicId: string) => string | undefined,
  version: number,
): Buffer {
  const assignedPartitions = [...assignment].flatMap(([topicId, partitions]) => {
    const topic = nameOf(topicId);
    return topic === undefined ? [] : [{ topic, partitions: [...partitions] }];
  });
  return writeAssignment({ assignedPartitions }, version);
}

/** Those of the consumer protocol go, and sessions begin anew. */
function timers(before: ConsumerGroup, classic: ClassicGroup): Effect[] {
  const ids = new Set([...before.members.keys(), ...classic.members.keys()]);
  const kinds = ['session', 'revoke', 'join', 'sync'] as const;
  const gone = [...ids].flatMap((memberId) =>
    kinds.filter((kind) => kind !== 'session' || !classic.members.has(memberId)).map((kind) => disarm(kind, memberId)),
  );
  const sessions = [...classic.members.values()].map((member) =>
    arm('session', member.memberId, member.sessionTimeoutMs),
  );
  return [...gone, ...sessions];
}
