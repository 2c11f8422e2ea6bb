/**
 * The state machine of groups: every event of every group comes through `stepGroup`, which decides by the group's type
 * and hands on. shard.ts calls it and carries out the effects.
 *
 * What is decided here is what lies between the types: groups that are not there yet, committing offsets, and groups that
 * become one of another type (KIP-848).
 */
import { errors, type KafkaError } from '../../errors';
import type { MetadataImage } from '../../storage/metadata-image';
import { type ClassicGroup, newClassicGroup } from './classic-group';
import { checkClassicCommit, keepAlive as keepClassicAlive } from './classic-queries';
import { stepClassic } from './classic-step';
import { offsetRecord } from './committed-offsets';
import { checkConsumerCommit } from './consumer-queries';
import { type Group, isEmptyGroup, isForeign, type OwnGroup, tombstonesOf } from './group';
import { stepConsumerGroup, stepUpgrade } from './migration';
import { refusedConsumerHeartbeat, refusedJoin, refusedLeave, refusedSync } from './refusals';
import type { CommitRequest } from './requests';
import { answer, type Effect, type EventOf, type GroupEvent, type Step, type World, write } from './step';

export function stepGroup(group: Group | null, groupId: string, event: GroupEvent, world: World): Step {
  switch (event.on) {
    case 'commit':
      return commit(group, groupId, event, world);
    case 'consumerHeartbeat':
      return consumerHeartbeat(group, event, world);
    case 'join':
      return join(group, groupId, event, world);
    case 'sync':
    case 'heartbeat':
    case 'leave':
      return ofClassicMember(group, event, world);
    case 'timer':
    case 'loaded':
      if (group?.type === 'classic') return ofClassic(group, event, world);
      return group?.type === 'consumer' ? stepConsumerGroup(group, event, world) : { group, effects: [] };
  }
}

function join(group: Group | null, groupId: string, event: EventOf<'join'>, world: World): Step {
  if (group === null) return stepClassic(newClassicGroup(groupId, world.nowMs), event, world);
  if (group.type === 'classic') return ofClassic(group, event, world);
  if (!isForeign(group) && isEmptyGroup(group))
    return insteadOf(group, stepClassic(newClassicGroup(groupId, world.nowMs), event, world));
  if (group.type === 'consumer') return stepConsumerGroup(group, event, world);
  const error = errors.INCONSISTENT_GROUP_PROTOCOL.because(`group '${groupId}' is a ${group.type} group`);
  return { group, effects: [answer(event.ticket, refusedJoin(error, event.request.memberId))] };
}

/** One that nobody has joined, and of which only offsets are kept, stays as long as they do. */
function ofClassic(group: ClassicGroup, event: GroupEvent, world: World): Step {
  const step = stepClassic(group, event, world);
  return { ...step, group: step.group ?? group };
}

/** Events of members that know the group: without it nobody is a member. A group without a name has offsets only. */
function ofClassicMember(group: Group | null, event: EventOf<'sync' | 'heartbeat' | 'leave'>, world: World): Step {
  const isNameless = event.request.groupId === '';
  if (group?.type === 'classic' && !isNameless) return ofClassic(group, event, world);
  if (group?.type === 'consumer') return stepConsumerGroup(group, event, world);
  const error = isNameless ? errors.INVALID_GROUP_ID : errors.UNKNOWN_MEMBER_ID;
  if (event.on === 'heartbeat') return { group, effects: [answer(event.ticket, error)] };
  if (event.on === 'sync') return { group, effects: [answer(event.ticket, refusedSync(error))] };
  const left = isNameless ? { error, members: [] } : refusedLeave(event.request, error);
  return { group, effects: [answer(event.ticket, left)] };
}

function consumerHeartbeat(group: Group | null, event: EventOf<'consumerHeartbeat'>, world: World): Step {
  if (group === null || group.type === 'consumer') return stepConsumerGroup(group, event, world);
  if (!isForeign(group))
    return isEmptyGroup(group)
      ? insteadOf(group, stepConsumerGroup(null, event, world))
      : stepUpgrade(group, event, world);
  const error = errors.GROUP_ID_NOT_FOUND.because(`group '${group.groupId}' is a ${group.type} group`);
  return { group, effects: [answer(event.ticket, refusedConsumerHeartbeat(error))] };
}

/** A group that has nobody in it makes room for one of another type: its records go first. */
function insteadOf(before: OwnGroup, step: Step): Step {
  // Nothing came of it: all stays as it was.
  if (step.group === null) return { group: before, effects: step.effects };
  return { group: step.group, effects: [write(...tombstonesOf(before)), ...step.effects] };
}

function commit(group: Group | null, groupId: string, event: EventOf<'commit'>, world: World): Step {
  const { request, ticket } = event;
  const refusal = checkCommit(group, request, world.image);
  if (refusal !== null) return { group, effects: [answer(ticket, refusal)] };
  const { offsets, retentionTimeMs } = request;
  const records = offsets.map((offset) => offsetRecord(groupId, offset, world.nowMs, retentionTimeMs));
  return {
    // Who commits to a group that nobody has joined makes one, of which only the offsets are kept.
    group: group ?? (records.length > 0 ? newClassicGroup(groupId, world.nowMs) : null),
    effects: [write(...records), ...keepAlive(group, request.memberId), answer(ticket, errors.NONE)],
  };
}

/** Whoever commits to a classic group is alive; members of consumer groups live by heartbeats alone. */
function keepAlive(group: Group | null, memberId: string): readonly Effect[] {
  return group?.type === 'classic' ? keepClassicAlive(group, memberId) : [];
}

/** Why a commit is not taken; null: it is. */
function checkCommit(group: Group | null, request: CommitRequest, image: MetadataImage): KafkaError | null {
  if (group?.type === 'classic') return checkClassicCommit(group, request);
  if (group?.type === 'consumer') return checkConsumerCommit(group, request, image);
  if (group === null && request.generationIdOrMemberEpoch < 0) return null;
  return request.knowsMemberEpochs ? errors.GROUP_ID_NOT_FOUND : errors.ILLEGAL_GENERATION;
}
