/**
 * One step of a classic group in the making: the group as it is by now, and what is to be done about it. Made by
 * classic-step.ts, changed by the files that know a part of the protocol (classic-join.ts and its neighbours).
 *
 * What always holds: the group that the turn began with stays as it was. Maps are copied before their first change.
 */
import { errors, type KafkaError } from '../../errors';
import { type ClassicGroup, type ClassicMember, type ClassicState, isThere } from './classic-group';
import { classicRecord } from './classic-record';
import { refusedJoin, refusedSync } from './refusals';
import type { JoinAnswer, SyncAnswer } from './requests';
import {
  answer,
  arm,
  disarm,
  type Effect,
  type Step,
  type Ticket,
  type TimerId,
  tell,
  type World,
  write,
} from './step';

export const noAssignment = Buffer.alloc(0);

export class ClassicTurn {
  readonly world: World;
  readonly effects: Effect[] = [];
  private current: ClassicGroup;
  /** Copies of this turn, which may be changed. */
  private ownMembers: Map<string, ClassicMember> | null = null;
  private ownPending: Set<string> | null = null;

  constructor(group: ClassicGroup, world: World) {
    this.current = group;
    this.world = world;
  }

  get group(): ClassicGroup {
    return this.current;
  }

  /** The group and the effects; null for the group where nothing was created. */
  end(): Step<ClassicGroup> {
    return { group: isThere(this.current) ? this.current : null, effects: this.effects };
  }

  // ---- the group

  set(fields: Partial<Omit<ClassicGroup, 'state' | 'members' | 'pendingMembers'>>): void {
    this.current = { ...this.current, ...fields };
  }

  enter(state: ClassicState): void {
    this.current = { ...this.current, state, stateSinceMs: this.world.nowMs };
  }

  /** Writes the group to the log as it is now. */
  write(): void {
    this.effects.push(write(classicRecord(this.current)));
    this.set({ isRecorded: true });
  }

  // ---- its members

  /** Adds a member, or puts it in place of the one of the same id. */
  put(member: ClassicMember): void {
    this.members().set(member.memberId, member);
  }

  /** Puts others in place of all members. */
  mapMembers(change: (member: ClassicMember) => ClassicMember): void {
    const members = this.members();
    for (const member of [...members.values()]) members.set(member.memberId, change(member));
  }

  /** Takes a member out; whoever still waits in its name is answered `error`. The next in line becomes the leader. */
  remove({ memberId, joining, syncing }: ClassicMember, error: KafkaError): void {
    this.members().delete(memberId);
    if (joining !== null) this.refuseJoin(joining, error);
    if (syncing !== null) this.refuseSync(syncing, error);
    this.disarm('session', memberId);
    this.disarm('pending', memberId);
    if (this.current.leader === memberId) {
      const [next] = this.current.members.keys();
      this.set({ leader: next ?? null });
    }
  }

  /** Takes a member out that has not done its part. */
  expel(member: ClassicMember, what: string): void {
    this.remove(member, errors.UNKNOWN_MEMBER_ID);
    this.effects.push(tell(`group '${this.current.groupId}': member '${member.memberId}' ${what}, it is out`));
  }

  addPending(memberId: string, ms: number): void {
    this.pendingMembers().add(memberId);
    this.arm('pending', memberId, ms);
  }

  removePending(memberId: string): void {
    if (!this.current.pendingMembers.has(memberId)) return;
    this.pendingMembers().delete(memberId);
    this.disarm('pending', memberId);
  }

  private members(): Map<string, ClassicMember> {
    if (this.ownMembers === null) {
      this.ownMembers = new Map(this.current.members);
      this.current = { ...this.current, members: this.ownMembers };
    }
    return this.ownMembers;
  }

  private pendingMembers(): Set<string> {
    if (this.ownPending === null) {
      this.ownPending = new Set(this.current.pendingMembers);
      this.current = { ...this.current, pendingMembers: this.ownPending };
    }
    return this.ownPending;
  }

  // ---- timers

  arm(kind: TimerId['kind'], memberId: string, ms: number): void {
    this.effects.push(arm(kind, memberId, ms));
  }

  disarm(kind: TimerId['kind'], memberId = ''): void {
    this.effects.push(disarm(kind, memberId));
  }

  /** The member was heard of: its session begins anew. */
  keepAlive({ memberId, sessionTimeoutMs }: ClassicMember): void {
    this.arm('session', memberId, sessionTimeoutMs);
  }

  // ---- answers

  answer<A>(ticket: Ticket<A>, given: A): void {
    this.effects.push(answer(ticket, given));
  }

  /** @param memberId what the answer says of it; Kafka names the member in some errors and in some not */
  refuseJoin(ticket: Ticket<JoinAnswer>, error: KafkaError, memberId = ''): void {
    this.answer(ticket, refusedJoin(error, memberId));
  }

  refuseSync(ticket: Ticket<SyncAnswer>, error: KafkaError): void {
    this.answer(ticket, refusedSync(error));
  }

  /** Gives a member its assignment, as the leader brought it. */
  grantSync(ticket: Ticket<SyncAnswer>, { assignment }: ClassicMember): void {
    const { protocolType, protocolName } = this.current;
    this.answer(ticket, { error: errors.NONE, protocolType, protocolName, assignment });
  }
}
