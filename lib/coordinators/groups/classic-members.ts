/**
 * Members of the classic protocol in a consumer group (KIP-848): SyncGroup, Heartbeat and LeaveGroup as what a member of the
 * consumer protocol says with its heartbeats (GroupMetadataManager's classicGroup…ToConsumerGroup); classic-member-join.ts
 * has JoinGroup. Called by migration.ts.
 *
 * There is no leader and no waiting. A sync tells the member what it has. A heartbeat tells it to join again whenever there
 * is something for it to give up or to get, and it has its rebalance timeout to do so.
 *
 * Kafka leaves it to heartbeats of the consumer protocol to notice changed topics and to make new target assignments. Here
 * those of classic members do so too, for they may be the only ones in a group that must not become a classic one.
 */
import { errors, type KafkaError } from '../../errors';
import { mapKey } from '../../map-key';
import { readSubscription } from '../../protocol/consumer-protocol';
import { joinConsumerGroup } from './classic-member-join';
import { consumerProtocolType } from './classic-queries';
import { removal } from './consumer-changes';
import { assignmentOf, type ConsumerGroup, type ConsumerMember, staticMember } from './consumer-group';
import { assignIfDue, follow } from './consumer-member';
import { ConsumerTurn } from './consumer-turn';
import { assignmentBytes } from './downgrade';
import { inconsistent, mustRejoin, protocolNameOf } from './mixed-group';
import { refusedSync } from './refusals';
import type { HeartbeatRequest, LeavingMember, SyncRequest } from './requests';
import { answer, arm, disarm, type EventOf, type Step, type TimerId, type World } from './step';

export type ClassicMemberEvent = EventOf<'join'> | EventOf<'sync'> | EventOf<'heartbeat'> | EventOf<'leave'>;

/** One event of a classic member. Timers of the kinds `join` and `sync` come to `onClassicMemberTimer`. */
export function stepClassicMember(group: ConsumerGroup, event: ClassicMemberEvent, world: World): Step<ConsumerGroup> {
  switch (event.on) {
    case 'join':
      return joinConsumerGroup(group, event, world);
    case 'sync':
      return sync(group, event, world);
    case 'heartbeat':
      return heartbeat(group, event, world);
    case 'leave':
      return leave(group, event, world);
  }
}

/** A member has not joined again, or has not asked for its assignment, in the time it had: it is out. */
export function onClassicMemberTimer(
  group: ConsumerGroup,
  { kind, member: memberId }: TimerId,
  world: World,
): Step<ConsumerGroup> {
  const member = group.members.get(memberId);
  if (member === undefined || member.classic === null) return { group, effects: [] };
  const turn = new ConsumerTurn(group, world);
  expel(turn, [memberId]);
  const what = kind === 'sync' ? 'ask for its assignment' : 'join again';
  turn.tell(`member '${memberId}' is out of group '${group.groupId}': it did not ${what} in time`);
  return turn.end();
}

// ---- sync and heartbeat

function sync(group: ConsumerGroup, { ticket, request }: EventOf<'sync'>, { image }: World): Step<ConsumerGroup> {
  const member = memberOf(group, request);
  const fault = syncFault(group, member, request);
  if (fault !== null) return { group, effects: [answer(ticket, refusedSync(fault))] };
  const { memberId, classic, assigned } = member as ClassicMember;
  const metadata = classic.supportedProtocols[0]?.metadata;
  const version = (metadata === undefined ? null : readSubscription(metadata))?.version ?? 0;
  const given = {
    error: errors.NONE,
    protocolType: request.protocolType ?? null,
    protocolName: request.protocolName ?? null,
    assignment: assignmentBytes(assignmentOf(assigned), (id) => image.topicsById.get(id)?.name, version),
  };
  const session = arm('session', memberId, classic.sessionTimeoutMs);
  return { group, effects: [answer(ticket, given), disarm('sync', memberId), session] };
}

type ClassicMember = ConsumerMember & { readonly classic: NonNullable<ConsumerMember['classic']> };

function syncFault(
  { assignmentEpoch }: ConsumerGroup,
  member: ConsumerMember | KafkaError,
  { protocolType, protocolName }: SyncRequest,
): KafkaError | null {
  if (protocolType === null || protocolName === null) return inconsistent('protocol type and name are needed');
  if (!('memberId' in member)) return member;
  if (protocolType !== undefined && protocolType !== consumerProtocolType)
    return inconsistent(`protocol type '${protocolType}', it is 'consumer'`);
  const name = protocolNameOf(member);
  if (protocolName !== undefined && protocolName !== name)
    return inconsistent(`protocol '${protocolName}', the member was told '${name}'`);
  const isBehind = member.memberEpoch < assignmentEpoch && member.state !== 'UNREVOKED_PARTITIONS';
  return isBehind ? errors.REBALANCE_IN_PROGRESS : null;
}

function heartbeat(group: ConsumerGroup, { ticket, request }: EventOf<'heartbeat'>, world: World): Step<ConsumerGroup> {
  const member = memberOf(group, request);
  if (!('memberId' in member)) return { group, effects: [answer(ticket, member)] };
  const turn = new ConsumerTurn(group, world);
  follow(turn, false, false);
  assignIfDue(turn);
  turn.armSession(member);
  turn.answer(ticket, mustRejoin(turn.group, member) ? errors.REBALANCE_IN_PROGRESS : errors.NONE);
  return turn.end();
}

/** The classic member that a request comes from; UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID or ILLEGAL_GENERATION. */
function memberOf(
  group: ConsumerGroup,
  { memberId, groupInstanceId, generationId }: HeartbeatRequest | SyncRequest,
): ConsumerMember | KafkaError {
  const member = groupInstanceId === null ? group.members.get(memberId) : staticMember(group, groupInstanceId);
  if (member === undefined) return errors.UNKNOWN_MEMBER_ID;
  if (member.memberId !== memberId) return errors.FENCED_INSTANCE_ID;
  if (member.classic === null) return errors.UNKNOWN_MEMBER_ID;
  return generationId === member.memberEpoch ? member : errors.ILLEGAL_GENERATION;
}

// ---- leave

/** Lets all of the members go that can, of either protocol: an administrator may name any static member. */
function leave(group: ConsumerGroup, { ticket, request }: EventOf<'leave'>, world: World): Step<ConsumerGroup> {
  const bearers = new Map<string, string>();
  for (const { instanceId, memberId } of group.members.values())
    if (instanceId !== null) bearers.set(mapKey(instanceId), memberId);
  const leaving = new Set<string>();
  const members = request.members.map((named) => {
    const { memberId, groupInstanceId } = named;
    const error = letGo(group, named, bearers, leaving);
    return { memberId, groupInstanceId, error };
  });
  const turn = new ConsumerTurn(group, world);
  turn.answer(ticket, { error: errors.NONE, members });
  if (leaving.size > 0) expel(turn, [...leaving]);
  return turn.end();
}

function letGo(
  { members }: ConsumerGroup,
  { memberId, groupInstanceId }: LeavingMember,
  bearers: ReadonlyMap<string, string>,
  leaving: Set<string>,
): KafkaError {
  const bearer = groupInstanceId === null ? memberId : bearers.get(mapKey(groupInstanceId));
  if (bearer === undefined || !members.has(bearer)) return errors.UNKNOWN_MEMBER_ID;
  if (groupInstanceId !== null && memberId !== '' && memberId !== bearer) return errors.FENCED_INSTANCE_ID;
  leaving.add(bearer);
  return errors.NONE;
}

function expel(turn: ConsumerTurn, memberIds: readonly string[]): void {
  turn.write(removal(turn.group, memberIds, turn.world));
  for (const memberId of memberIds) turn.disarm(memberId);
}
