/**
 * JoinGroup to a classic group: who may join, and as whom. Called by classic-step.ts.
 *
 * A new dynamic member is told its id and comes again with it (KIP-394); it is pending until then. A static member
 * (KIP-345) whose process is started again comes without an id and takes its own place over; classic-static.ts has that.
 * Whoever joins is answered when the join phase is over (classic-rebalance.ts), and a refused join changes nothing.
 */
import type { Config } from '../../config';
import { errors, type KafkaError } from '../../errors';
import { type ClassicMember, checkMember, isThere, saidOnJoining, staticMember } from './classic-group';
import { fits, sameProtocols } from './classic-protocols';
import { completeIfAllJoined, joinAnswer, rebalance } from './classic-rebalance';
import { takeOver } from './classic-static';
import { type ClassicTurn, noAssignment } from './classic-turn';
import { memberIdMaxLength } from './consumer-requests';
import type { JoinRequest } from './requests';
import type { EventOf } from './step';

/** A new member that waits for its first join phase sends no heartbeats; this is how long it may wait. */
const newMemberJoinTimeoutMs = 300_000;

/** The longest text that a record can hold, in bytes. */
const textMaxBytes = 32_767;

/** How much of a client's name goes into the ids of its members: ids are keys, and written with every record. */
const idPrefixMaxLength = 1000;

type Join = EventOf<'join'>;

export function join(turn: ClassicTurn, event: Join): void {
  const { ticket, request } = event;
  const { memberId } = request;
  const error = refusal(request, turn.world.config);
  if (error !== null) turn.refuseJoin(ticket, error, memberId);
  else if (memberId !== '' && !isThere(turn.group)) turn.refuseJoin(ticket, errors.UNKNOWN_MEMBER_ID, memberId);
  else if (!hasRoom(turn, request)) turnAway(turn, event);
  else if (!fits(turn.group, request.protocolType, request.protocols))
    turn.refuseJoin(ticket, errors.INCONSISTENT_GROUP_PROTOCOL, memberId);
  else if (memberId === '') joinWithoutId(turn, event);
  else if (turn.group.pendingMembers.has(memberId) && request.groupInstanceId === null)
    addMember(turn, event, memberId);
  else joinAgain(turn, event);
}

/** What is wrong with the request whatever the group. */
export function refusal(request: JoinRequest, config: Config): KafkaError | null {
  const { groupId, sessionTimeoutMs } = request;
  const minMs = config['group.min.session.timeout.ms'];
  const maxMs = config['group.max.session.timeout.ms'];
  if (groupId === '') return errors.INVALID_GROUP_ID;
  if (sessionTimeoutMs < minMs || sessionTimeoutMs > maxMs) return errors.INVALID_SESSION_TIMEOUT;
  const { memberId, client, groupInstanceId, protocolType, protocols } = request;
  if (memberId.length > memberIdMaxLength) return errors.UNKNOWN_MEMBER_ID;
  const texts = [groupId, client.clientId, client.clientHost, groupInstanceId ?? '', protocolType];
  const areStorable = texts.every(isStorable) && protocols.every(({ name }) => isStorable(name));
  return areStorable ? null : errors.INVALID_REQUEST;
}

/** Bytes that are no UTF-8 were replaced as they were read, and are longer now. */
function isStorable(text: string): boolean {
  return text.length * 3 <= textMaxBytes || Buffer.byteLength(text) <= textMaxBytes;
}

/** Whether the group takes somebody in: it has room, or has that member already. */
function hasRoom({ group, world }: ClassicTurn, { memberId, groupInstanceId }: JoinRequest): boolean {
  const max = world.config['group.max.size'];
  const isKnown = memberId === '' && groupInstanceId !== null;
  const known = isKnown ? staticMember(group, groupInstanceId) : group.members.get(memberId);
  if (group.state === 'Empty') return true;
  if (group.state !== 'PreparingRebalance') return known !== undefined || group.members.size < max;
  // Of a group that is too large (the limit was lowered) the first to join again stay.
  if (known !== undefined && known.joining !== null) return true;
  let waiting = 0;
  for (const { joining } of group.members.values()) if (joining !== null) waiting++;
  return waiting < max;
}

/** The group is full; whoever was in it, or was to be, is out. */
function turnAway(turn: ClassicTurn, { ticket, request }: Join): void {
  const member = turn.group.members.get(request.memberId);
  if (member !== undefined) turn.remove(member, errors.GROUP_MAX_SIZE_REACHED);
  turn.removePending(request.memberId);
  turn.refuseJoin(ticket, errors.GROUP_MAX_SIZE_REACHED);
  completeIfAllJoined(turn);
}

function joinWithoutId(turn: ClassicTurn, event: Join): void {
  const { ticket, request, freshId } = event;
  const { groupInstanceId, client, sessionTimeoutMs } = request;
  const memberId = `${idPrefix(groupInstanceId ?? client.clientId)}-${freshId}`;
  const known = groupInstanceId === null ? undefined : staticMember(turn.group, groupInstanceId);
  if (known !== undefined) takeOver(turn, event, known, memberId);
  else if (groupInstanceId !== null || !request.requiresKnownMemberId) addMember(turn, event, memberId);
  else {
    create(turn);
    turn.addPending(memberId, sessionTimeoutMs);
    turn.refuseJoin(ticket, errors.MEMBER_ID_REQUIRED, memberId);
  }
}

function idPrefix(name: string): string {
  // Never half of a character: it would come out of the log as another.
  return name.slice(0, idPrefixMaxLength).replace(/[\uD800-\uDBFF]$/, '');
}

/** A group is written as soon as anybody asks to join it. */
function create(turn: ClassicTurn): void {
  if (!turn.group.isRecorded) turn.write();
}

function addMember(turn: ClassicTurn, { ticket, request }: Join, memberId: string): void {
  create(turn);
  const { members, leader } = turn.group;
  if (members.size === 0) turn.set({ protocolType: request.protocolType });
  if (leader === null) turn.set({ leader: memberId });
  turn.removePending(memberId);
  turn.put({
    memberId,
    groupInstanceId: request.groupInstanceId,
    ...request.client,
    ...saidOnJoining(request),
    assignment: noAssignment,
    joining: ticket,
    syncing: null,
    hasSynced: false,
  });
  turn.arm('pending', memberId, newMemberJoinTimeoutMs);
  rebalance(turn);
}

function joinAgain(turn: ClassicTurn, { ticket, request }: Join): void {
  const { group } = turn;
  const { memberId, groupInstanceId } = request;
  const error = checkMember(group, memberId, groupInstanceId);
  if (error !== null) {
    turn.refuseJoin(ticket, error, memberId);
    return;
  }
  const member = group.members.get(memberId)!;
  if (mustRebalance(turn, member, request)) {
    park(turn, member, { ticket, request });
    rebalance(turn);
    return;
  }
  // Its first answer was lost, or it is a follower that has nothing to change: it is where the group is.
  turn.answer(ticket, joinAnswer(group, member));
  turn.keepAlive(member);
}

function mustRebalance({ group }: ClassicTurn, member: ClassicMember, { protocols }: JoinRequest): boolean {
  if (group.state === 'PreparingRebalance') return true;
  // A leader may have seen what its metadata does not say, such as new partitions.
  if (group.state === 'Stable' && group.leader === member.memberId) return true;
  return !sameProtocols(member.protocols, protocols);
}

/** A known member joins with what it says now, and waits for the end of the join phase. */
function park(turn: ClassicTurn, member: ClassicMember, { ticket, request }: Pick<Join, 'ticket' | 'request'>): void {
  if (member.joining !== null) turn.refuseJoin(member.joining, errors.REBALANCE_IN_PROGRESS, member.memberId);
  turn.put({ ...member, ...saidOnJoining(request), joining: ticket });
}
