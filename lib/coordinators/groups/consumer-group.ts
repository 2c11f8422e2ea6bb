/**
 * A group of the consumer protocol (KIP-848): its epochs, its members, what each has and should have
 * (org.apache.kafka.coordinator.group.modern.consumer.ConsumerGroup). Data that never changes; consumer-step.ts makes
 * the next one. All of it but what is marked volatile is what its records fold to.
 */
import type { MetadataImage } from '../../storage/metadata-image';
import type { Assignment, ClassicProtocol } from './requests';

export type ConsumerMemberState = 'STABLE' | 'UNREVOKED_PARTITIONS' | 'UNRELEASED_PARTITIONS';

/** Topic id → partition → the member epoch in which it was assigned. */
export type EpochAssignment = ReadonlyMap<string, ReadonlyMap<number, number>>;

export interface ConsumerMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** As `subscribedNames` gives them. */
  readonly subscribedTopicNames: readonly string[];
  /** Null for none, which Kafka writes as an empty text. */
  readonly subscribedTopicRegex: string | null;
  readonly rebalanceTimeoutMs: number;
  readonly serverAssignor: string | null;
  /** What a member of the classic protocol said when it joined; null for one of the consumer protocol. */
  readonly classic: {
    readonly sessionTimeoutMs: number;
    readonly supportedProtocols: readonly ClassicProtocol[];
  } | null;
  /** −2: a static member that left for a while. */
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: ConsumerMemberState;
  readonly assigned: EpochAssignment;
  readonly pendingRevocation: EpochAssignment;
}

export interface ResolvedRegex {
  readonly topics: ReadonlySet<string>;
  /** Offset of the metadata that it was resolved against. */
  readonly version: number;
  readonly timestampMs: number;
}

export interface ConsumerGroup {
  readonly type: 'consumer';
  readonly groupId: string;
  readonly groupEpoch: number;
  /** Hash of the topics that are subscribed to; int64, 0 for none. */
  readonly metadataHash: number;
  readonly members: ReadonlyMap<string, ConsumerMember>;
  readonly assignmentEpoch: number;
  readonly assignmentTimestampMs: number;
  readonly targetAssignment: ReadonlyMap<string, Assignment>;
  readonly regexes: ReadonlyMap<string, ResolvedRegex>;
  /** The log has a ConsumerGroupPartitionMetadata record of it, from Kafka up to 4.0. */
  readonly hasPartitionMetadata: boolean;
  /** Volatile: the cluster that its subscriptions were last looked up in; null: look again. */
  readonly seen: MetadataImage | null;
}

/** A group that nobody has joined yet: both epochs begin at 1, and who joins first makes it 2, as in Kafka 4.3. */
export function newConsumerGroup(groupId: string): ConsumerGroup {
  return {
    type: 'consumer',
    groupId,
    groupEpoch: 1,
    metadataHash: 0,
    members: new Map(),
    assignmentEpoch: 1,
    assignmentTimestampMs: 0,
    targetAssignment: new Map(),
    regexes: new Map(),
    hasPartitionMetadata: false,
    seen: null,
  };
}

/** Whether there is anything of the group in the log. */
export function isInLog(group: ConsumerGroup): boolean {
  return group.members.size > 0 || group.groupEpoch > 1 || group.assignmentEpoch > 1;
}

/** A member of which nothing is known but its id. */
export function newConsumerMember(memberId: string): ConsumerMember {
  return {
    memberId,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    subscribedTopicNames: [],
    subscribedTopicRegex: null,
    rebalanceTimeoutMs: -1,
    serverAssignor: null,
    classic: null,
    memberEpoch: 0,
    previousMemberEpoch: -1,
    state: 'STABLE',
    assigned: noPartitions,
    pendingRevocation: noPartitions,
  };
}

/** Names as a member keeps them: sorted, each once. */
export function subscribedNames(names: readonly string[]): string[] {
  return [...names].sort().filter((name, i, sorted) => name !== sorted[i - 1]);
}

export const noPartitions: EpochAssignment = new Map();
export const noAssignment: Assignment = new Map();

/** The static member that goes by this instance id. */
export function staticMember(group: ConsumerGroup, instanceId: string): ConsumerMember | undefined {
  for (const member of group.members.values()) if (member.instanceId === instanceId) return member;
  return undefined;
}

/** What is assigned without the epochs: an assignment as members are told it, partitions in order. */
export function assignmentOf(assigned: EpochAssignment): Assignment {
  return new Map([...assigned].map(([topicId, epochs]) => [topicId, [...epochs.keys()].sort((a, b) => a - b)]));
}

export type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable' | 'Dead';
