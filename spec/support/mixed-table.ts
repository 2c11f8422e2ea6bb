/**
 * Groups that may be classic or consumer groups, in tables of events (group-table.ts), and clients of both protocols that
 * do what they are told: what each of them owns is what it would read from.
 */
import { expect } from 'chai';
import { assignUniform } from '../../lib/coordinators/groups/assignors/uniform';
import { type ClassicGroup, isThere, newClassicGroup } from '../../lib/coordinators/groups/classic-group';
import { classicRecord, foldClassic } from '../../lib/coordinators/groups/classic-record';
import { foldConsumer } from '../../lib/coordinators/groups/consumer-fold';
import type { ConsumerGroup, ConsumerMember } from '../../lib/coordinators/groups/consumer-group';
import type { Group } from '../../lib/coordinators/groups/group';
import type { GroupRecord } from '../../lib/coordinators/groups/group-records';
import { stepGroup } from '../../lib/coordinators/groups/group-step';
import type { JoinAnswer, SyncAnswer } from '../../lib/coordinators/groups/requests';
import type { GroupEvent, Step, World } from '../../lib/coordinators/groups/step';
import type { KafkaError } from '../../lib/errors';
import {
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../../lib/protocol/consumer-protocol';
import { memberOf, membersOf, topicsOf } from './assignors';
import { topicIdOf } from './consumer-table';
import { type Asked, GroupTable, type GroupTableOptions } from './group-table';

function step(group: Group, event: GroupEvent, world: World): Step {
  return stepGroup(group.type === 'classic' && !isThere(group) ? null : group, 'group', event, world);
}

function fold(group: Group | null, record: GroupRecord): Group | null {
  if (record.name === 'GroupMetadata') return foldClassic(group?.type === 'classic' ? group : null, record);
  return foldConsumer(group?.type === 'consumer' ? group : null, [record]);
}

export class MixedTable extends GroupTable<Group> {
  constructor(options: GroupTableOptions = {}) {
    super({ create: (nowMs) => newClassicGroup('group', nowMs), step, fold }, options);
  }

  get classic(): ClassicGroup {
    if (this.group?.type !== 'classic') throw new Error(`it is a ${this.group?.type} group`);
    return this.group;
  }

  get consumer(): ConsumerGroup {
    if (this.group?.type !== 'consumer') throw new Error(`it is a ${this.group?.type} group`);
    return this.group;
  }

  member(memberId: string): ConsumerMember {
    const member = this.consumer.members.get(memberId);
    if (member === undefined) throw new Error(`no member ${memberId} in ${[...this.consumer.members.keys()]}`);
    return member;
  }

  /** That what is live is what the log says, where the log has to. */
  checkFolded(): void {
    const { group, folded } = this;
    expect(folded?.type).to.equal(group?.type);
    if (group?.type === 'consumer') expect({ ...group, seen: null }).to.deep.equal({ ...folded, seen: null });
    if (group?.type === 'classic' && (group.state === 'Stable' || group.state === 'Empty'))
      expect(classicRecord(group)).to.deep.equal(classicRecord(folded as ClassicGroup));
  }

  /** Names of the records that an action writes. */
  recordsOf(action: () => void): string[] {
    const before = this.records.length;
    action();
    return this.records
      .slice(before)
      .map(({ name, value }) => `${name.replace('ConsumerGroup', '')}${value === null ? ' −' : ''}`);
  }
}

/** What a classic consumer joins with. */
export function classicProtocol(
  name: string,
  topics: readonly string[],
  owned: Readonly<Record<string, number[]>> = {},
) {
  const ownedPartitions = Object.entries(owned).map(([topic, partitions]) => ({ topic, partitions }));
  return { name, metadata: writeSubscription({ topics, ownedPartitions }, 3) };
}

/** `a-0`, `a-1`, … */
type Owned = Set<string>;

const partitionsOf = (topic: string, partitions: readonly number[]) => partitions.map((n) => `${topic}-${n}`);

function byTopic(owned: Owned): { topic: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>();
  for (const one of owned) {
    const [topic, partition] = one.split('-') as [string, string];
    topics.set(topic, [...(topics.get(topic) ?? []), Number(partition)]);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}

export interface Client {
  readonly owned: Owned;
  readonly instanceId: string | null;
  /** Does the next thing that it has to do. */
  act(): void;
  leave(): void;
  /** Whether it has nothing to do but to say that it is there. */
  readonly isSettled: boolean;
}

/** A consumer of the classic protocol; a cooperative one keeps what it has while it joins again. */
export class ClassicClient implements Client {
  owned: Owned = new Set();
  memberId = '';
  generationId = -1;
  isSettled = false;
  readonly table: MixedTable;
  readonly topics: readonly string[];
  readonly isCooperative: boolean;
  readonly instanceId: string | null;
  private joining: Asked<JoinAnswer> | null = null;
  private syncing: Asked<SyncAnswer> | null = null;

  constructor(table: MixedTable, topics: readonly string[], isCooperative: boolean, instanceId: string | null = null) {
    this.table = table;
    this.topics = topics;
    this.isCooperative = isCooperative;
    this.instanceId = instanceId;
  }

  get protocols(): string {
    return this.isCooperative ? 'cooperative-sticky' : 'range';
  }

  act(): void {
    if (this.joining?.isAnswered) this.joined(this.joining.answer);
    else if (this.syncing?.isAnswered) this.synced(this.syncing.answer);
    else if (this.joining !== null) return;
    else if (this.syncing !== null) this.answered(this.heartbeat(), true);
    else if (!this.isSettled) this.join();
    else this.answered(this.heartbeat(), false);
  }

  /** Its connection broke: what it waits for never comes. */
  reconnect(): void {
    if (this.joining === null && this.syncing === null) return;
    this.joining = null;
    this.syncing = null;
    this.isSettled = false;
  }

  leave(): void {
    this.owned = new Set();
    const { memberId, instanceId: groupInstanceId } = this;
    if (memberId !== '') this.table.leave([{ memberId, groupInstanceId }]);
  }

  join(): Asked<JoinAnswer> {
    if (!this.isCooperative) this.owned = new Set();
    const metadata = writeSubscription(
      { topics: this.topics, ownedPartitions: byTopic(this.owned), generationId: this.generationId },
      3,
    );
    this.syncing = null;
    this.joining = this.table.join({
      memberId: this.memberId,
      groupInstanceId: this.instanceId,
      protocols: [{ name: this.protocols, metadata }],
    });
    return this.joining;
  }

  private heartbeat(): KafkaError {
    const { memberId, generationId, instanceId: groupInstanceId } = this;
    return this.table.heartbeat({ memberId, generationId, groupInstanceId }).answer;
  }

  /** While it waits, being told to join again means that it waits in vain. */
  private answered({ name }: KafkaError, isWaiting: boolean): void {
    if (name === 'NONE' || (isWaiting && name === 'REBALANCE_IN_PROGRESS')) return;
    this.failed(name);
  }

  private failed(name: string): void {
    this.isSettled = false;
    this.joining = null;
    this.syncing = null;
    if (name === 'REBALANCE_IN_PROGRESS') return;
    this.owned = new Set();
    this.generationId = -1;
    if (name === 'ILLEGAL_GENERATION') return;
    if (name !== 'UNKNOWN_MEMBER_ID') throw new Error(`client ${this.memberId}: ${name}`);
    this.memberId = '';
  }

  private joined(answer: JoinAnswer): void {
    this.joining = null;
    const { error, memberId, generationId, leader, protocolName } = answer;
    if (error.name === 'MEMBER_ID_REQUIRED') this.memberId = memberId;
    if (error.name === 'MEMBER_ID_REQUIRED') return;
    if (error.name !== 'NONE') {
      this.failed(error.name);
      return;
    }
    Object.assign(this, { memberId, generationId });
    const assignments = leader === memberId ? this.assign(answer.members) : [];
    this.syncing = this.table.sync({
      memberId,
      generationId,
      protocolName,
      groupInstanceId: this.instanceId,
      assignments,
    });
  }

  private synced({ error, assignment }: SyncAnswer): void {
    this.syncing = null;
    if (error.name !== 'NONE') {
      this.failed(error.name);
      return;
    }
    const told = readAssignment(assignment)?.assignedPartitions ?? [];
    const assigned = new Set(told.flatMap(({ topic, partitions }) => partitionsOf(topic, partitions)));
    // Who had to give something up joins again, so that others can have it.
    this.isSettled = !this.isCooperative || [...this.owned].every((one) => assigned.has(one));
    this.owned = assigned;
  }

  /** As a leader: what moves is given to nobody as long as somebody has it. */
  private assign(joined: JoinAnswer['members']) {
    const { topicsByName } = this.table.image;
    const sizes = Object.fromEntries([...topicsByName].map(([name, { partitions }]) => [name, partitions.length]));
    const owners = new Map<string, string>();
    const members = joined.map(({ memberId, metadata }) => {
      const { topics, ownedPartitions } = readSubscription(metadata)!;
      for (const { topic, partitions } of ownedPartitions)
        for (const one of partitionsOf(topic, partitions)) owners.set(one, memberId);
      const assigned = new Map(ownedPartitions.map(({ topic, partitions }) => [topic, partitions]));
      return memberOf(memberId, topics, { assigned });
    });
    return [...assignUniform(membersOf(...members), topicsOf(sizes))].map(([memberId, assignment]) => {
      const all = [...assignment].flatMap(([topic, partitions]) => partitionsOf(topic, partitions));
      const free = all.filter((one) => (owners.get(one) ?? memberId) === memberId);
      return { memberId, assignment: writeAssignment({ assignedPartitions: byTopic(new Set(free)) }, 3) };
    });
  }
}

/** A consumer of the consumer protocol. */
export class ModernClient implements Client {
  owned: Owned = new Set();
  epoch = 0;
  isSettled = false;
  readonly table: MixedTable;
  readonly memberId: string;
  readonly topics: readonly string[];
  readonly instanceId: string | null;

  constructor(table: MixedTable, memberId: string, topics: readonly string[], instanceId: string | null = null) {
    this.table = table;
    this.memberId = memberId;
    this.topics = topics;
    this.instanceId = instanceId;
  }

  act(): void {
    const name = this.heartbeat();
    if (name === 'NONE') return;
    this.owned = new Set();
    this.epoch = 0;
    this.isSettled = false;
    // A group that stays classic takes nobody in.
    const mayBe = ['FENCED_MEMBER_EPOCH', 'UNKNOWN_MEMBER_ID', 'GROUP_ID_NOT_FOUND', 'UNRELEASED_INSTANCE_ID'];
    if (!mayBe.includes(name)) throw new Error(`client ${this.memberId}: ${name}`);
  }

  /** Name of the error that it is told. */
  heartbeat(): string {
    const { memberId, epoch, instanceId, topics } = this;
    const isNew = epoch === 0;
    const { error, memberEpoch, assignment } = this.table.consumerHeartbeat({
      memberId,
      memberEpoch: epoch,
      instanceId,
      subscribedTopicNames: isNew ? topics : null,
      rebalanceTimeoutMs: isNew ? 60_000 : -1,
      topicPartitions: isNew
        ? []
        : byTopic(this.owned).map(({ topic, partitions }) => ({ topicId: topicIdOf(topic), partitions })),
    }).answer;
    if (error.name !== 'NONE') return error.name;
    const before = this.owned;
    if (assignment !== null) {
      const names = new Map([...this.table.image.topicsById].map(([id, { name }]) => [id, name]));
      const told = [...assignment].flatMap(([id, partitions]) => partitionsOf(names.get(id)!, partitions));
      this.owned = new Set(told);
    }
    this.isSettled = !isNew && this.epoch === memberEpoch && [...before].every((one) => this.owned.has(one));
    this.epoch = memberEpoch;
    return error.name;
  }

  leave(memberEpoch = -1): void {
    this.owned = new Set();
    const { memberId, instanceId, epoch } = this;
    if (epoch > 0) this.table.consumerHeartbeat({ memberId, memberEpoch, instanceId, rebalanceTimeoutMs: -1 });
    this.epoch = 0;
  }
}

/** Nobody reads what somebody else reads. */
export function checkOwners(clients: readonly Client[]): void {
  const all = clients.flatMap(({ owned }) => [...owned]);
  expect(all.length - new Set(all).size, `${all.sort().join(' ')} each once`).to.equal(0);
}

/** Lets all clients act in turn until nothing changes any more. */
export function settle(table: MixedTable, clients: readonly Client[], partitions: number): void {
  for (let round = 0; round < 60; round++) {
    for (const client of clients) {
      client.act();
      checkOwners(clients);
      table.checkFolded();
    }
    table.pass(1500);
    checkOwners(clients);
    table.checkFolded();
    const owned = clients.reduce((sum, client) => sum + client.owned.size, 0);
    if (owned === partitions && clients.every(({ isSettled }) => isSettled)) return;
  }
  const states = clients.map((client) => `${client.isSettled} ${[...client.owned].sort().join(' ')}`);
  throw new Error(`it does not come to rest: ${states.join('; ')}`);
}
