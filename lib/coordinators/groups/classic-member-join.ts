/**
 * JoinGroup to a consumer group: a member of the classic protocol says what it subscribes to and owns, and comes nearer to
 * its target assignment (KIP-848). Nobody waits for anybody: it is answered at once, with its epoch as the generation.
 * Called by classic-members.ts.
 */
import { errors, type KafkaError } from '../../errors';
import { mapKey } from '../../map-key';
import { readSubscription, type Subscription } from '../../protocol/consumer-protocol';
import type { MetadataImage } from '../../storage/metadata-image';
import { refusal as joinRefusal } from './classic-join';
import { keptProtocols, sameProtocols } from './classic-protocols';
import { consumerProtocolType } from './classic-queries';
import { hasSameSubscription, memberChange, replacement, updated } from './consumer-changes';
import { type ConsumerGroup, newConsumerMember, staticMember } from './consumer-group';
import { assignIfDue, follow, reconcileMember } from './consumer-member';
import type { OwnedPartitions } from './consumer-reconcile';
import { ConsumerTurn } from './consumer-turn';
import { allowsMixing } from './migration-policy';
import { inconsistent, mustRejoin, protocolNameOf } from './mixed-group';
import { refusedJoin } from './refusals';
import type { JoinRequest } from './requests';
import { answer, arm, disarm, type EventOf, type Step, type World } from './step';

export function joinConsumerGroup(group: ConsumerGroup, event: EventOf<'join'>, world: World): Step<ConsumerGroup> {
  const { ticket, request, freshId } = event;
  const refuse = (error: KafkaError, memberId = request.memberId) => ({
    group,
    effects: [answer(ticket, refusedJoin(error, memberId))],
  });
  const fault = joinRefusal(request, world.config) ?? joinFault(group, request, world);
  if (fault !== null) return refuse(fault);
  const subscription = subscriptionOf(request);
  if (subscription === null) return refuse(inconsistent(`the subscription of the joining member cannot be read`));
  const memberId = request.memberId || freshId;
  if (request.memberId === '' && request.groupInstanceId === null && request.requiresKnownMemberId)
    return refuse(errors.MEMBER_ID_REQUIRED, memberId);
  const former = request.groupInstanceId === null ? undefined : staticMember(group, request.groupInstanceId);
  if (request.groupInstanceId !== null && request.memberId !== '') {
    if (former === undefined) return refuse(errors.UNKNOWN_MEMBER_ID);
    if (former.memberId !== memberId) return refuse(errors.FENCED_INSTANCE_ID);
  }

  const turn = new ConsumerTurn(group, world);
  if (former !== undefined && former.memberId !== memberId) {
    turn.write(replacement(group, former, memberId));
    turn.disarm(former.memberId);
  }
  const mayHaveUnsubscribed = update(turn, memberId, request, subscription);
  assignIfDue(turn);
  const member = reconcileMember(turn, memberId, ownedBy(subscription, world.image), mayHaveUnsubscribed);
  turn.armSession(member);
  turn.answer(ticket, {
    error: errors.NONE,
    memberId,
    generationId: member.memberEpoch,
    protocolType: consumerProtocolType,
    protocolName: protocolNameOf(member),
    leader: '',
    skipAssignment: false,
    members: [],
  });
  const isToRejoin = mustRejoin(turn.group, member);
  const { rebalanceTimeoutMs } = member;
  const { group: after, effects } = turn.end();
  const rejoin = isToRejoin ? arm('join', memberId, rebalanceTimeoutMs) : disarm('join', memberId);
  return { group: after, effects: [...effects, rejoin, arm('sync', memberId, rebalanceTimeoutMs)] };
}

function joinFault(
  { groupId, members }: ConsumerGroup,
  { memberId, protocolType, protocols }: JoinRequest,
  { config }: World,
): KafkaError | null {
  if (!allowsMixing(config))
    return inconsistent(`'${groupId}' is a consumer group, and group.consumer.migration.policy is disabled`);
  const most = config['group.consumer.max.size'];
  if (members.size >= most && !members.has(memberId))
    return errors.GROUP_MAX_SIZE_REACHED.because(`group '${groupId}' has ${most} members, its most`);
  if (protocolType !== consumerProtocolType) return inconsistent(`protocol type '${protocolType}', it is 'consumer'`);
  const left = new Set(protocols.map(({ name }) => mapKey(name)));
  for (const { classic } of members.values()) {
    if (classic === null) continue;
    const its = new Set(classic.supportedProtocols.map(({ name }) => mapKey(name)));
    for (const key of left) if (!its.has(key)) left.delete(key);
  }
  return left.size > 0 ? null : inconsistent(`no protocol that all classic members of group '${groupId}' have`);
}

/** What the member says under the first of its protocols: one assignor is as good as another here. */
function subscriptionOf({ protocols }: JoinRequest): Subscription | null {
  const [first] = protocols;
  return first === undefined ? null : readSubscription(first.metadata);
}

/** Who the member is now, and what the group subscribes to; true where this member may have lost a topic by it. */
function update(turn: ConsumerTurn, memberId: string, request: JoinRequest, subscription: Subscription): boolean {
  const known = turn.group.members.get(memberId);
  const before = known ?? newConsumerMember(memberId);
  const { groupInstanceId, client, sessionTimeoutMs, rebalanceTimeoutMs } = request;
  const isSame =
    before.classic?.sessionTimeoutMs === sessionTimeoutMs &&
    sameProtocols(before.classic.supportedProtocols, request.protocols);
  const member = updated(before, {
    instanceId: groupInstanceId,
    rackId: subscription.rackId === '' ? null : subscription.rackId,
    ...client,
    rebalanceTimeoutMs: rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
    subscribedTopicNames: subscription.topics,
    subscribedTopicRegex: '',
    serverAssignor: null,
    classic: isSame ? before.classic : { sessionTimeoutMs, supportedProtocols: keptProtocols(request.protocols) },
  });
  turn.write(memberChange(turn.group, member));
  const hasChanged = !hasSameSubscription(before, member);
  return follow(turn, hasChanged, known === undefined);
}

function ownedBy({ ownedPartitions }: Subscription, { topicsByName }: MetadataImage): OwnedPartitions {
  return ownedPartitions.flatMap(({ topic, partitions }) => {
    const topicId = topicsByName.get(topic)?.id;
    return topicId === undefined ? [] : [{ topicId, partitions }];
  });
}
