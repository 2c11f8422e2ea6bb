/**
 * Groups of the consumer protocol in tables of events (group-table.ts), and clients that do what they are told.
 */
import { isDeepStrictEqual } from 'node:util';
import { foldConsumer } from '../../lib/coordinators/groups/consumer-fold';
import {
  type ConsumerGroup,
  type ConsumerMember,
  newConsumerGroup,
} from '../../lib/coordinators/groups/consumer-group';
import { stepConsumer } from '../../lib/coordinators/groups/consumer-step';
import type {
  Assignment,
  ConsumerHeartbeatAnswer,
  ConsumerHeartbeatRequest,
} from '../../lib/coordinators/groups/requests';
import type { MetadataImage } from '../../lib/storage/metadata-image';
import { GroupTable, type GroupTableOptions } from './group-table';
import { brokerRecord, imageAfter, topicRecords } from './metadata';

/** Topic ids by name: a letter's own. */
export function topicIdOf(name: string): string {
  return Buffer.alloc(16, `millrace-${name}`).toString('base64url');
}

/** Topics by name, with how many partitions each has. */
export type Cluster = Readonly<Record<string, number>>;

/** A cluster with these topics, and configs of the group. */
export function cluster(topics: Cluster, groupConfigs: Record<string, string> = {}): MetadataImage {
  const configs = Object.entries(groupConfigs).map(([name, value]) => ({
    name: 'ConfigRecord' as const,
    version: 0,
    data: { resourceType: 32, resourceName: 'group', name, value },
  }));
  const records = Object.entries(topics).flatMap(([name, partitions]) =>
    topicRecords(name, topicIdOf(name), partitions),
  );
  return imageAfter(brokerRecord(1), ...records, ...configs);
}

/** An assignment as text, such as `a:0,1 b:2`; topics by name. */
export function shown(assignment: Assignment | ReadonlyMap<string, ReadonlyMap<number, number>> | null): string | null {
  if (assignment === null) return null;
  const names = new Map([...'abcdefgh'].map((name) => [topicIdOf(name), name]));
  const topics = [...assignment].map(([id, partitions]) => {
    const numbers = Array.isArray(partitions) ? partitions : [...partitions.keys()].sort((a, b) => a - b);
    return `${names.get(id) ?? id}:${numbers.join(',')}`;
  });
  return topics.sort().join(' ');
}

export class ConsumerTable extends GroupTable<ConsumerGroup> {
  constructor(options: GroupTableOptions = {}) {
    const step = stepConsumer;
    const create = () => newConsumerGroup('group');
    super({ create, step, fold: (group, record) => foldConsumer(group, [record]) }, options);
  }

  /** The group; there must be one. */
  get consumer(): ConsumerGroup {
    if (this.group === null) throw new Error('there is no group');
    return this.group;
  }

  member(memberId: string): ConsumerMember {
    const found = this.consumer.members.get(memberId);
    if (found === undefined)
      throw new Error(`no member ${memberId} in ${[...this.consumer.members.keys()].join(', ')}`);
    return found;
  }

  /** Whether what is live is what the log says, but for what only lives. */
  get isFolded(): boolean {
    const durable = (group: ConsumerGroup | null) => (group === null ? null : { ...group, seen: null });
    return isDeepStrictEqual(durable(this.group), durable(this.folded));
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

type Said = Partial<Pick<ConsumerHeartbeatRequest, 'subscribedTopicNames' | 'subscribedTopicRegex' | 'serverAssignor'>>;

/** A member's own side: what it has is what it was told, and what it tells is what it has. */
export class ConsumerClient {
  readonly table: ConsumerTable;
  readonly instanceId: string | null;
  memberId: string;
  epoch = 0;
  intervalMs = 0;
  /** Topic id → partitions; what it works on right now. */
  owned: Assignment = new Map();
  subscription: Said;
  /** What it was told to own and has not taken up yet. */
  told: Assignment | null = null;
  private saysAll = true;
  private saysOwned = false;

  constructor(table: ConsumerTable, memberId: string, subscription: Said, instanceId: string | null = null) {
    this.table = table;
    this.memberId = memberId;
    this.subscription = subscription;
    this.instanceId = instanceId;
  }

  /** Sends a heartbeat, joining if need be, and takes up what it is told. */
  heartbeat(): ConsumerHeartbeatAnswer {
    const answer = this.send();
    this.hear(answer);
    this.takeUp();
    return answer;
  }

  /** Subscribes to something else with the next heartbeat. */
  subscribe(subscription: Said): void {
    this.subscription = { subscribedTopicNames: [], subscribedTopicRegex: '', ...subscription };
    this.saysAll = true;
  }

  /** Sends a heartbeat, of which the answer may be lost. */
  send(): ConsumerHeartbeatAnswer {
    const all = this.epoch === 0 || this.saysAll;
    const { memberId, epoch, instanceId } = this;
    return this.table.consumerHeartbeat({
      memberId,
      memberEpoch: epoch,
      instanceId,
      rebalanceTimeoutMs: all ? 60_000 : -1,
      ...(all ? { subscribedTopicNames: null, subscribedTopicRegex: null, ...this.subscription } : {}),
      topicPartitions: all || this.saysOwned ? this.ownedTopics() : null,
    }).answer;
  }

  /** The answer did not come: says all that it can the next time. */
  miss(): void {
    this.saysAll = true;
  }

  hear({ error, memberEpoch, heartbeatIntervalMs, assignment }: ConsumerHeartbeatAnswer): void {
    if (error.name === 'FENCED_MEMBER_EPOCH' || error.name === 'UNKNOWN_MEMBER_ID') {
      this.reset();
      return;
    }
    if (error.name !== 'NONE') return;
    this.epoch = memberEpoch;
    this.intervalMs = heartbeatIntervalMs;
    this.saysAll = false;
    this.saysOwned = false;
    if (assignment !== null) this.told = assignment;
  }

  /** Gives up and takes what it was told to. */
  takeUp(): void {
    if (this.told === null) return;
    this.saysOwned = !isDeepStrictEqual(this.told, this.owned);
    this.owned = this.told;
    this.told = null;
  }

  leave(memberEpoch = -1): ConsumerHeartbeatAnswer {
    const { memberId, instanceId } = this;
    const { answer } = this.table.consumerHeartbeat({ memberId, memberEpoch, instanceId });
    this.reset();
    return answer;
  }

  /** Starts again: it has nothing and is in no group. */
  reset(memberId = this.memberId): void {
    this.memberId = memberId;
    this.epoch = 0;
    this.owned = new Map();
    this.told = null;
    this.saysAll = true;
    this.saysOwned = false;
  }

  private ownedTopics() {
    return [...this.owned].map(([topicId, partitions]) => ({ topicId, partitions }));
  }
}
