/**
 * Tables of events for groups: runs events through a step function in virtual time, as shard.ts does with a log and a
 * clock, and keeps what came of it: answers by ticket, timers, records, and what the records fold to.
 *
 *     const table = new GroupTable({ create, step, fold });
 *     const joined = table.join({ memberId: 'a' });
 *     table.pass(30_000);
 *     expect(joined.answer.generationId).to.equal(1);
 *
 * Every step is run twice, so that one which changes what it was given, or depends on anything else, does not pass.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Config, type ConfigEntries, loadConfig } from '../../lib/config';
import type { Group } from '../../lib/coordinators/groups/group';
import { storedGroupRecord } from '../../lib/coordinators/groups/group-record-codec';
import type { GroupRecord } from '../../lib/coordinators/groups/group-records';
import type {
  CommitRequest,
  ConsumerHeartbeatAnswer,
  ConsumerHeartbeatRequest,
  HeartbeatRequest,
  JoinAnswer,
  JoinRequest,
  LeaveAnswer,
  LeaveRequest,
  SyncAnswer,
  SyncRequest,
} from '../../lib/coordinators/groups/requests';
import type { Effect, GroupEvent, Step, Ticket, TimerId, World } from '../../lib/coordinators/groups/step';
import type { KafkaError } from '../../lib/errors';
import { emptyImage, type MetadataImage } from '../../lib/storage/metadata-image';

/** When virtual time begins. */
export const groupStartMs = Date.UTC(2026, 0, 2, 3, 4, 5);

const firedAtOnceMax = 10_000;

/** What is under test. */
export interface GroupMachine<G extends Group> {
  /** What an event to a group that is not there is given. */
  create(nowMs: number): G;
  step(group: G, event: GroupEvent, world: World): Step<G>;
  fold(group: G | null, record: GroupRecord): G | null;
}

/** Somebody who waits for an answer. */
export class Asked<A> {
  readonly ticket: Ticket<A>;
  private given: { readonly answer: A; readonly atMs: number } | null = null;

  constructor(number: number) {
    this.ticket = { number };
  }

  get isAnswered(): boolean {
    return this.given !== null;
  }

  /** Throws as long as there is none. */
  get answer(): A {
    return this.present.answer;
  }

  get answeredAtMs(): number {
    return this.present.atMs;
  }

  private get present() {
    if (this.given === null) throw new Error(`ticket ${this.ticket.number} is not answered yet`);
    return this.given;
  }

  give(answer: A, atMs: number): void {
    if (this.given !== null) throw new Error(`ticket ${this.ticket.number} is answered twice`);
    this.given = { answer, atMs };
  }
}

export interface GroupTableOptions {
  readonly config?: ConfigEntries;
  readonly image?: MetadataImage;
}

export class GroupTable<G extends Group> {
  private readonly machine: GroupMachine<G>;
  readonly config: Config;
  /** Specs may replace it between two events. */
  image: MetadataImage;
  /** Whether somebody is about to join; specs set it. */
  expectsMember = false;
  nowMs = groupStartMs;
  group: G | null = null;
  /** What all records so far fold to. */
  folded: G | null = null;
  readonly records: GroupRecord[] = [];
  readonly told: string[] = [];
  private readonly waiting = new Map<number, Asked<unknown>>();
  private readonly timers = new Map<string, { timer: TimerId; dueMs: number }>();
  private lastNumber = 0;
  /** Timers fired since time last went on. */
  private firedAtOnce = 0;

  constructor(machine: GroupMachine<G>, { config = {}, image = emptyImage }: GroupTableOptions = {}) {
    this.machine = machine;
    this.config = loadConfig(config);
    this.image = image;
  }

  // ---- events

  join(request: Partial<JoinRequest> = {}): Asked<JoinAnswer> {
    return this.ask((ticket, freshId) => ({ on: 'join', ticket, freshId, request: { ...aJoin, ...request } }));
  }

  sync(request: Partial<SyncRequest>): Asked<SyncAnswer> {
    return this.ask((ticket) => ({ on: 'sync', ticket, request: { ...aSync, ...request } }));
  }

  heartbeat(request: Partial<HeartbeatRequest>): Asked<KafkaError> {
    return this.ask((ticket) => ({ on: 'heartbeat', ticket, request: { ...aHeartbeat, ...request } }));
  }

  leave(members: readonly Partial<LeaveRequest['members'][number]>[], groupId = 'group'): Asked<LeaveAnswer> {
    const leaving = members.map((member) => ({ memberId: '', groupInstanceId: null, reason: null, ...member }));
    return this.ask((ticket) => ({ on: 'leave', ticket, request: { groupId, members: leaving } }));
  }

  consumerHeartbeat(request: Partial<ConsumerHeartbeatRequest> = {}): Asked<ConsumerHeartbeatAnswer> {
    return this.ask((ticket, freshId) => ({
      on: 'consumerHeartbeat',
      ticket,
      freshId,
      request: { ...aConsumerHeartbeat, ...request },
    }));
  }

  commit(request: Partial<CommitRequest>): Asked<KafkaError> {
    return this.ask((ticket) => ({ on: 'commit', ticket, request: { ...aCommit, ...request } }));
  }

  /** Any event that is answered; `freshId` counts up: `id-1`, `id-2`, … */
  ask<A>(event: (ticket: Ticket<A>, freshId: string) => GroupEvent): Asked<A> {
    const number = ++this.lastNumber;
    const asked = new Asked<A>(number);
    this.waiting.set(number, asked as Asked<unknown>);
    this.run(event(asked.ticket, `id-${number}`));
    return asked;
  }

  /** As if the broker started again: timers and those who wait are gone, the group is what its records say. */
  reload(): void {
    this.waiting.clear();
    this.timers.clear();
    this.group = this.folded;
    if (this.group !== null) this.run({ on: 'loaded' });
  }

  // ---- time

  /** Lets time pass, and fires the timers that fall due, in order. */
  pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let next = this.nextTimer(); next !== null && next.dueMs <= endMs; next = this.nextTimer()) this.fire(next);
    this.nowMs = endMs;
  }

  /** Goes on to the next timer and fires it; false if there is none. */
  fireNext(): boolean {
    const next = this.nextTimer();
    if (next !== null) this.fire(next);
    return next !== null;
  }

  /** In how many ms each timer is due, by `kind` or `kind member`. */
  get due(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.timers].map(([key, { dueMs }]) => [key, dueMs - this.nowMs]));
  }

  /** How many wait for an answer. */
  get waitingCount(): number {
    return this.waiting.size;
  }

  private nextTimer(): { timer: TimerId; dueMs: number } | null {
    let next: { timer: TimerId; dueMs: number } | null = null;
    for (const one of this.timers.values()) if (next === null || one.dueMs < next.dueMs) next = one;
    return next;
  }

  private fire({ timer, dueMs }: { timer: TimerId; dueMs: number }): void {
    this.firedAtOnce = dueMs > this.nowMs ? 0 : this.firedAtOnce + 1;
    if (this.firedAtOnce > firedAtOnceMax) throw new Error(`timers go round and round without time: ${keyOf(timer)}`);
    this.nowMs = Math.max(this.nowMs, dueMs);
    this.timers.delete(keyOf(timer));
    this.run({ on: 'timer', timer });
  }

  // ---- steps

  private run(event: GroupEvent): void {
    const before = this.group ?? this.machine.create(this.nowMs);
    const { nowMs, config, image, expectsMember } = this;
    const world = { nowMs, config, image, expectsMember };
    const step = this.machine.step(before, event, world);
    if (!isDeepStrictEqual(this.machine.step(before, event, world), step))
      throw new Error(`the same step on '${event.on}' comes out differently the second time`);
    this.group = step.group;
    // As in the broker: nobody is answered before all records are written.
    for (const effect of step.effects) if (effect.do === 'write') this.write(effect);
    for (const effect of step.effects) this.carryOut(effect);
    if (step.group === null) this.timers.clear();
  }

  private write({ records }: Extract<Effect, { do: 'write' }>): void {
    for (const draft of records) {
      const record = storedGroupRecord(draft);
      this.records.push(record);
      this.folded = this.machine.fold(this.folded, record);
    }
  }

  private carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'answer': {
        const asked = this.waiting.get(effect.ticket.number);
        if (asked === undefined) throw new Error(`nobody waits with ticket ${effect.ticket.number}`);
        asked.give(effect.answer, this.nowMs);
        this.waiting.delete(effect.ticket.number);
        break;
      }
      case 'arm':
        this.timers.set(keyOf(effect.timer), { timer: effect.timer, dueMs: this.nowMs + Math.max(0, effect.ms) });
        break;
      case 'disarm':
        this.timers.delete(keyOf(effect.timer));
        break;
      case 'tell':
        this.told.push(effect.message);
        break;
    }
  }
}

function keyOf({ kind, member }: TimerId): string {
  return member === '' ? kind : `${kind} ${member}`;
}

// ---- requests as clients send them by default

export const aJoin: JoinRequest = {
  groupId: 'group',
  memberId: '',
  groupInstanceId: null,
  client: { clientId: 'client', clientHost: '/127.0.0.1' },
  sessionTimeoutMs: 45_000,
  rebalanceTimeoutMs: 300_000,
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from('range of anybody') }],
  requiresKnownMemberId: true,
  canSkipAssignment: true,
  reason: null,
};

export const aSync: SyncRequest = {
  groupId: 'group',
  generationId: 1,
  memberId: '',
  groupInstanceId: null,
  protocolType: 'consumer',
  protocolName: 'range',
  assignments: [],
};

export const aHeartbeat: HeartbeatRequest = { groupId: 'group', generationId: 1, memberId: '', groupInstanceId: null };

export const aConsumerHeartbeat: ConsumerHeartbeatRequest = {
  groupId: 'group',
  memberId: '',
  memberEpoch: 0,
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: 300_000,
  subscribedTopicNames: null,
  subscribedTopicRegex: null,
  serverAssignor: null,
  topicPartitions: null,
  client: { clientId: 'client', clientHost: '/127.0.0.1' },
  version: 1,
};

export const aCommit: CommitRequest = {
  groupId: 'group',
  memberId: '',
  groupInstanceId: null,
  generationIdOrMemberEpoch: -1,
  retentionTimeMs: -1,
  knowsMemberEpochs: true,
  offsets: [],
};
