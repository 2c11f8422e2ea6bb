/**
 * What records make of a consumer group: the only way in which its durable part ever changes. Called with what was read
 * from the log (group-fold.ts) and with what a step has just made (consumer-turn.ts), so both come out the same.
 *
 * What always holds: the group that was given stays as it was; maps that no record touches are shared with it, others
 * are copied once per call. Records of other kinds are passed over.
 */
import {
  type ConsumerGroup,
  type ConsumerMember,
  type EpochAssignment,
  newConsumerGroup,
  newConsumerMember,
  noPartitions,
  type ResolvedRegex,
} from './consumer-group';
import { memberStates } from './consumer-records';
import type { GroupRecord, ValueOf } from './group-records';
import type { Assignment } from './requests';

/**
 * @param group null for one that is not there
 * @returns null once its ConsumerGroupMetadata is taken away, until a record makes it again
 */
export function foldConsumer(group: ConsumerGroup | null, records: Iterable<GroupRecord>): ConsumerGroup | null {
  let draft = group === null ? null : new Draft(group);
  for (const record of records) {
    if (!record.name.startsWith('Consumer')) continue;
    if (record.value === null && draft === null) continue;
    if (record.name === 'ConsumerGroupMetadata' && record.value === null) {
      draft = null;
      continue;
    }
    if (draft === null && 'groupId' in record.key) draft = new Draft(newConsumerGroup(record.key.groupId));
    draft?.apply(record);
  }
  return draft === null ? null : draft.result;
}

type Scalars = Omit<ConsumerGroup, 'members' | 'targetAssignment' | 'regexes'>;

class Draft {
  private readonly from: ConsumerGroup;
  private scalars: Partial<Scalars> = {};
  private readonly members: Copy<ConsumerMember>;
  private readonly targetAssignment: Copy<Assignment>;
  private readonly regexes: Copy<ResolvedRegex>;

  constructor(from: ConsumerGroup) {
    this.from = from;
    this.members = new Copy(from.members);
    this.targetAssignment = new Copy(from.targetAssignment);
    this.regexes = new Copy(from.regexes);
  }

  get result(): ConsumerGroup {
    return {
      ...this.from,
      ...this.scalars,
      members: this.members.now,
      targetAssignment: this.targetAssignment.now,
      regexes: this.regexes.now,
    };
  }

  apply(record: GroupRecord): void {
    switch (record.name) {
      case 'ConsumerGroupMetadata':
        if (record.value !== null)
          this.set({ groupEpoch: record.value.epoch, metadataHash: record.value.metadataHash });
        break;
      case 'ConsumerGroupPartitionMetadata':
        this.set({ hasPartitionMetadata: record.value !== null });
        break;
      case 'ConsumerGroupMemberMetadata': {
        const { memberId } = record.key;
        if (record.value === null) this.members.delete(memberId);
        else this.members.set(memberId, { ...this.member(memberId), ...identity(record.value) });
        break;
      }
      case 'ConsumerGroupTargetAssignmentMetadata': {
        const { assignmentEpoch, assignmentTimestamp } = record.value ?? noTarget;
        this.set({ assignmentEpoch, assignmentTimestampMs: Number(assignmentTimestamp) });
        break;
      }
      case 'ConsumerGroupTargetAssignmentMember': {
        const { memberId } = record.key;
        if (record.value === null) this.targetAssignment.delete(memberId);
        else this.targetAssignment.set(memberId, assignmentOf(record.value.topicPartitions));
        break;
      }
      case 'ConsumerGroupCurrentMemberAssignment': {
        const { memberId } = record.key;
        if (record.value !== null) this.members.set(memberId, { ...this.member(memberId), ...position(record.value) });
        else if (this.members.now.has(memberId)) this.members.set(memberId, { ...this.member(memberId), ...nowhere });
        break;
      }
      case 'ConsumerGroupRegularExpression': {
        const { regularExpression } = record.key;
        if (record.value === null) this.regexes.delete(regularExpression);
        else this.regexes.set(regularExpression, resolved(record.value));
        break;
      }
    }
  }

  private set(scalars: Partial<Scalars>): void {
    this.scalars = { ...this.scalars, ...scalars };
  }

  /** As it is, or one of which nothing is known: compaction may leave what it has in front of who it is. */
  private member(memberId: string): ConsumerMember {
    return this.members.now.get(memberId) ?? newConsumerMember(memberId);
  }
}

/** A map that is copied before its first change. */
class Copy<V> {
  private map: ReadonlyMap<string, V>;
  private own: Map<string, V> | null = null;

  constructor(map: ReadonlyMap<string, V>) {
    this.map = map;
  }

  get now(): ReadonlyMap<string, V> {
    return this.map;
  }

  set(key: string, value: V): void {
    this.changed().set(key, value);
  }

  delete(key: string): void {
    if (this.map.has(key)) this.changed().delete(key);
  }

  private changed(): Map<string, V> {
    this.own ??= new Map(this.map);
    this.map = this.own;
    return this.own;
  }
}

/** What a group without a target assignment is at. */
const noTarget = { assignmentEpoch: 1, assignmentTimestamp: 0 };

const nowhere = {
  memberEpoch: -1,
  previousMemberEpoch: -1,
  state: 'STABLE',
  assigned: noPartitions,
  pendingRevocation: noPartitions,
} as const;

function identity(value: ValueOf<'ConsumerGroupMemberMetadata'>) {
  const { instanceId, rackId, clientId, clientHost, subscribedTopicNames, rebalanceTimeoutMs, serverAssignor } = value;
  return {
    instanceId,
    rackId,
    clientId,
    clientHost,
    subscribedTopicNames,
    subscribedTopicRegex: value.subscribedTopicRegex === '' ? null : value.subscribedTopicRegex,
    rebalanceTimeoutMs,
    serverAssignor,
    classic: value.classicMemberMetadata,
  };
}

function position(value: ValueOf<'ConsumerGroupCurrentMemberAssignment'>) {
  const { memberEpoch, previousMemberEpoch } = value;
  const state = memberStates[value.state];
  const assigned = epochsOf(value.assignedPartitions, memberEpoch);
  const pendingRevocation = epochsOf(value.partitionsPendingRevocation, memberEpoch);
  // A state of a newer Kafka: no epoch of this member is right any more, so it has to give up all and join again.
  if (state === undefined) return { ...nowhere, assigned, pendingRevocation };
  return { memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation };
}

type Partitions = ValueOf<'ConsumerGroupCurrentMemberAssignment'>['assignedPartitions'];

/** Records from before 4.3 do not say in which epoch a partition was assigned; then it is that of the member. */
function epochsOf(topics: Partitions, memberEpoch: number): EpochAssignment {
  if (topics.length === 0) return noPartitions;
  return new Map(
    topics.map(({ topicId, partitions, assignmentEpochs }) => [
      topicId,
      new Map(partitions.map((partition, i) => [partition, assignmentEpochs?.[i] ?? memberEpoch])),
    ]),
  );
}

function assignmentOf(topics: ValueOf<'ConsumerGroupTargetAssignmentMember'>['topicPartitions']): Assignment {
  const named = topics.filter(({ partitions }) => partitions.length > 0);
  return new Map(named.map(({ topicId, partitions }) => [topicId, [...partitions].sort((a, b) => a - b)]));
}

function resolved({ topics, version, timestamp }: ValueOf<'ConsumerGroupRegularExpression'>): ResolvedRegex {
  return { topics: new Set(topics), version, timestampMs: Number(timestamp) };
}
