/**
 * The state machine of consumer groups (KIP-848): what every heartbeat, timer and load makes of a group. Called by
 * group-step.ts; the rules are in the files that it imports.
 *
 * A heartbeat goes three ways, each a few records or none: the member says what is new about it, and the group begins a
 * new epoch if it subscribes to something else; the target assignment is made anew if the group has moved on; the
 * member comes nearer to its target. A heartbeat with no news copies nothing and writes nothing.
 *
 * What always holds: epochs never go back, and no partition has two owners.
 */
import { errors, KafkaError } from '../../errors';
import { departure, hasSameSubscription, memberChange, removal, replacement, updated } from './consumer-changes';
import {
  assignmentOf,
  type ConsumerGroup,
  type ConsumerMember,
  type EpochAssignment,
  isInLog,
  newConsumerGroup,
  newConsumerMember,
} from './consumer-group';
import { assignIfDue, follow, reconcileMember } from './consumer-member';
import {
  checkHeartbeat,
  joinEpoch,
  leaveForAWhileEpoch,
  leaverOf,
  refuseWithoutGroup,
  senderOf,
} from './consumer-requests';
import { heartbeatIntervalMs } from './consumer-settings';
import { checkRegex } from './consumer-subscriptions';
import { ConsumerTurn } from './consumer-turn';
import { refusedConsumerHeartbeat } from './refusals';
import type { ConsumerHeartbeatAnswer, ConsumerHeartbeatRequest } from './requests';
import { answer, type EventOf, type GroupEvent, type Step, type TimerId, type World } from './step';

/**
 * @param given null, or a new one, where there is none: a heartbeat that joins makes one
 * @returns no group where there was none and none came of it; events of classic members change nothing here
 */
export function stepConsumer(given: ConsumerGroup | null, event: GroupEvent, world: World): Step<ConsumerGroup> {
  const group = given !== null && isInLog(given) ? given : null;
  if (event.on === 'consumerHeartbeat') return heartbeat(group, event, world);
  if (group === null) return { group, effects: [] };
  if (event.on === 'timer') return timeOver(group, event.timer, world);
  if (event.on === 'loaded') return loaded(group, world);
  return { group, effects: [] };
}

function heartbeat(
  before: ConsumerGroup | null,
  { ticket, request, freshId }: EventOf<'consumerHeartbeat'>,
  world: World,
): Step<ConsumerGroup> {
  const refuse = (error: KafkaError) => ({ group: before, effects: [answer(ticket, refusedConsumerHeartbeat(error))] });
  const fault = checkHeartbeat(request, world.config) ?? (before === null ? refuseWithoutGroup(request) : null);
  if (fault !== null) return refuse(fault);
  const turn = new ConsumerTurn(before ?? newConsumerGroup(request.groupId), world);
  const given =
    request.memberEpoch < joinEpoch ? leave(turn, request) : speak(turn, request, request.memberId || freshId);
  if (given instanceof KafkaError) return refuse(given);
  turn.answer(ticket, given);
  return turn.end();
}

/** A member joins, or goes on. Nothing has changed yet where it gives an error. */
function speak(
  turn: ConsumerTurn,
  request: ConsumerHeartbeatRequest,
  memberId: string,
): ConsumerHeartbeatAnswer | KafkaError {
  const { world } = turn;
  const sender = senderOf(turn.group, memberId, request, world.config);
  if (sender.is === 'refused') return sender.error;
  try {
    checkRegex(turn.group, request.subscribedTopicRegex);
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
  if (sender.is === 'successor') {
    turn.write(replacement(turn.group, sender.of, memberId));
    turn.disarm(sender.of.memberId);
  }
  const before = turn.group.members.get(memberId) ?? null;
  const mayHaveUnsubscribed = update(turn, before ?? newConsumerMember(memberId), request);
  const { settings } = turn;
  assignIfDue(turn);
  // Before it was told to give something up, what it owns may be less than what it was given and has yet to take:
  // librdkafka says so once more while an assignment waits for the application to poll.
  const hasBeenTold = request.memberEpoch === joinEpoch || before?.state === 'UNREVOKED_PARTITIONS';
  const owned = hasBeenTold ? request.topicPartitions : null;
  const member = reconcileMember(turn, memberId, owned, mayHaveUnsubscribed);
  turn.armSession(member);
  // Who is behind has not heard the last answer, and so not what it has.
  const isBehind = request.memberEpoch !== before?.memberEpoch;
  const isToldAll = isFull(request) || isBehind || !haveSamePartitions(before?.assigned, member.assigned);
  return {
    error: errors.NONE,
    memberId,
    memberEpoch: member.memberEpoch,
    heartbeatIntervalMs: heartbeatIntervalMs(turn.group, member, settings, world),
    assignment: isToldAll ? assignmentOf(member.assigned) : null,
  };
}

/** Who the member is now, and what the group subscribes to; true where this member may have lost a topic by it. */
function update(turn: ConsumerTurn, before: ConsumerMember, request: ConsumerHeartbeatRequest): boolean {
  const { instanceId, rackId, client, rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex } = request;
  const member = updated(before, {
    instanceId,
    rackId,
    clientId: client.clientId,
    clientHost: client.clientHost,
    rebalanceTimeoutMs,
    subscribedTopicNames,
    subscribedTopicRegex,
    serverAssignor: request.serverAssignor,
    classic: null,
  });
  const hasChanged = !hasSameSubscription(before, member);
  const isNew = !turn.group.members.has(member.memberId);
  turn.write(memberChange(turn.group, member));
  return follow(turn, hasChanged, isNew);
}

/** A member leaves, or a static member for a while: then it keeps its place until its session is over. */
function leave(turn: ConsumerTurn, request: ConsumerHeartbeatRequest): ConsumerHeartbeatAnswer | KafkaError {
  const sender = leaverOf(turn.group, request);
  if (sender.is === 'refused') return sender.error;
  if (sender.is !== 'member') throw new Error(`a ${sender.is} cannot leave`);
  const { memberId } = sender.member;
  const { memberEpoch } = request;
  if (memberEpoch === leaveForAWhileEpoch) {
    turn.write(departure(turn.group, sender.member));
    turn.disarmRevoke(memberId);
  } else expel(turn, memberId);
  return { error: errors.NONE, memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null };
}

function expel(turn: ConsumerTurn, memberId: string): void {
  turn.write(removal(turn.group, [memberId], turn.world));
  turn.disarm(memberId);
}

function timeOver(group: ConsumerGroup, { kind, member: memberId }: TimerId, world: World): Step<ConsumerGroup> {
  const member = group.members.get(memberId);
  const isOver = kind === 'session' || (kind === 'revoke' && member?.state === 'UNREVOKED_PARTITIONS');
  if (member === undefined || !isOver) return { group, effects: [] };
  const turn = new ConsumerTurn(group, world);
  expel(turn, memberId);
  const why =
    kind === 'session'
      ? 'was not heard of for its session timeout'
      : `did not give up its partitions in ${member.rebalanceTimeoutMs} ms`;
  turn.tell(`member '${memberId}' is out of group '${group.groupId}': it ${why}`);
  return turn.end();
}

/** Everybody has the whole of its time again: nobody knows what was left of it. */
function loaded(group: ConsumerGroup, world: World): Step<ConsumerGroup> {
  const turn = new ConsumerTurn(group, world);
  for (const member of group.members.values()) {
    turn.armSession(member);
    if (member.state === 'UNREVOKED_PARTITIONS') turn.armRevoke(member);
  }
  return turn.end();
}

/** Whoever joins, or says all that it can, may not know what it had. */
function isFull(request: ConsumerHeartbeatRequest): boolean {
  const saysTopics = request.subscribedTopicNames !== null || request.subscribedTopicRegex !== null;
  const saysAll = request.rebalanceTimeoutMs !== -1 && saysTopics && request.topicPartitions !== null;
  return saysAll || request.memberEpoch === joinEpoch;
}

function haveSamePartitions(a: EpochAssignment | undefined, b: EpochAssignment): boolean {
  if (a === b) return true;
  if (a === undefined || a.size !== b.size) return false;
  for (const [topicId, epochs] of b) {
    const others = a.get(topicId);
    if (others === undefined || others.size !== epochs.size) return false;
    for (const partition of epochs.keys()) if (!others.has(partition)) return false;
  }
  return true;
}
