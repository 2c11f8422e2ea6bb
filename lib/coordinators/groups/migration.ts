/**
 * Consumer groups with members of either protocol, and what a group becomes by it: the one door to upgrade.ts,
 * downgrade.ts and classic-members.ts (KIP-848). group-step.ts calls it for every event of a consumer group, and for those
 * who want to join a classic group by the consumer protocol.
 *
 * What always holds: a group is a consumer group as long as it has a member of the consumer protocol; and a classic member
 * that is to join again has its rebalance timeout to do so, from the step on by which it is to.
 */
import { errors, type KafkaError } from '../../errors';
import type { ClassicGroup } from './classic-group';
import { onClassicMemberTimer, stepClassicMember } from './classic-members';
import type { ConsumerGroup } from './consumer-group';
import { checkHeartbeat, joinEpoch } from './consumer-requests';
import { stepConsumer } from './consumer-step';
import { downgrade, downgradeFault, hasLostConsumers } from './downgrade';
import { mustRejoin } from './mixed-group';
import { refusedConsumerHeartbeat } from './refusals';
import {
  answer,
  arm,
  disarm,
  type Effect,
  type EventOf,
  type GroupEvent,
  type Step,
  tell,
  type World,
  write,
} from './step';
import { upgrade } from './upgrade';

/**
 * One step of a consumer group, whichever protocol the event is of. The group that comes out may be a classic one.
 *
 * @param group null where there is none: a heartbeat that joins makes one
 */
export function stepConsumerGroup(
  group: ConsumerGroup | null,
  event: GroupEvent,
  world: World,
): Step<ConsumerGroup | ClassicGroup> {
  if (group === null) return stepConsumer(group, event, world);
  const step = stepMember(group, event, world);
  const after = step.group;
  if (after === null) return step;
  if (!hasLostConsumers(group, after)) return withTimers(group, step, event);
  const fault = downgradeFault(after, world);
  if (fault === null) return downgrade(group, { ...step, group: after }, event, world);
  const told = tell(`group '${group.groupId}' has only classic members and stays a consumer group: ${fault}`);
  const { effects } = withTimers(group, step, event);
  return { group: after, effects: [...effects, told] };
}

/**
 * A heartbeat of the consumer protocol to a classic group that has members: one that joins makes it a consumer group, if
 * that may be. Else GROUP_ID_NOT_FOUND, and the group stays as it was.
 */
export function stepUpgrade(
  classic: ClassicGroup,
  event: EventOf<'consumerHeartbeat'>,
  world: World,
): Step<ConsumerGroup | ClassicGroup> {
  const refuse = (error: KafkaError) => ({
    group: classic,
    effects: [answer(event.ticket, refusedConsumerHeartbeat(error))],
  });
  const fault = checkHeartbeat(event.request, world.config);
  if (fault !== null) return refuse(fault);
  const { groupId } = classic;
  if (event.request.memberEpoch !== joinEpoch)
    return refuse(errors.GROUP_ID_NOT_FOUND.because(`group '${groupId}' is a classic group`));
  const upgraded = upgrade(classic, world);
  if (typeof upgraded === 'string')
    return refuse(errors.GROUP_ID_NOT_FOUND.because(`group '${groupId}' stays a classic group: ${upgraded}`));
  const { group, records, effects } = upgraded;
  const step = withTimers(group, stepConsumer(group, event, world), event);
  // The one for whom it was to be done was refused.
  if (step.group === group) return { group: classic, effects: step.effects };
  return { group: step.group, effects: [write(...records), ...effects, ...step.effects] };
}

function stepMember(group: ConsumerGroup, event: GroupEvent, world: World): Step<ConsumerGroup> {
  switch (event.on) {
    case 'join':
    case 'sync':
    case 'heartbeat':
    case 'leave':
      return stepClassicMember(group, event, world);
    case 'timer':
      if (event.timer.kind === 'join' || event.timer.kind === 'sync')
        return onClassicMemberTimer(group, event.timer, world);
      return stepConsumer(group, event, world);
    default:
      return stepConsumer(group, event, world);
  }
}

/** Classic members that are to join again by this step, and were not before, have to do so in time. */
function withTimers(before: ConsumerGroup, step: Step<ConsumerGroup>, event: GroupEvent): Step<ConsumerGroup> {
  const after = step.group;
  if (after === null || (after === before && event.on !== 'loaded')) return step;
  const timers: Effect[] = [];
  for (const member of after.members.values()) {
    if (member.classic === null) continue;
    const { memberId, rebalanceTimeoutMs } = member;
    const former = event.on === 'loaded' ? undefined : before.members.get(memberId);
    const wasTo = former !== undefined && mustRejoin(before, former);
    const isTo = mustRejoin(after, member);
    if (isTo && !wasTo) timers.push(arm('join', memberId, rebalanceTimeoutMs));
    else if (wasTo && !isTo) timers.push(disarm('join', memberId));
  }
  for (const { memberId, classic } of before.members.values())
    if (classic !== null && !after.members.get(memberId)?.classic)
      timers.push(disarm('join', memberId), disarm('sync', memberId));
  return { group: after, effects: [...step.effects, ...timers] };
}
