/**
 * What clients ask of groups and what they are answered, free of API versions. Types only. The APIs make the requests
 * (apis/join-group.ts and its neighbours), the groups give the answers; both use Kafka's field names.
 *
 * Wherever an answer has an `error`, NONE means that all is well.
 */
import type { KafkaError } from '../../errors';

/** Who sends a request: what describing a group shows of a member. */
export interface Client {
  readonly clientId: string;
  /** With a slash in front, as Kafka stores it: `/127.0.0.1`. */
  readonly clientHost: string;
}

// ---- the classic protocol

export interface JoinRequest {
  readonly groupId: string;
  /** Empty for a new member. */
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly client: Client;
  readonly sessionTimeoutMs: number;
  /** That of the session where the client did not say. */
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  /** In the member's order of preference. */
  readonly protocols: readonly ClassicProtocol[];
  /** A new dynamic member is first told its id and asked to come again with it (KIP-394, version 4). */
  readonly requiresKnownMemberId: boolean;
  /** A leader may be told that it need not assign anything (KIP-814, version 9). */
  readonly canSkipAssignment: boolean;
  readonly reason: string | null;
}

export interface ClassicProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

export interface JoinAnswer {
  readonly error: KafkaError;
  readonly memberId: string;
  /** −1 with an error. */
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string;
  readonly skipAssignment: boolean;
  /** For the leader, else empty. */
  readonly members: readonly { memberId: string; groupInstanceId: string | null; metadata: Buffer }[];
}

export interface SyncRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  /** Undefined in versions that cannot say (up to 4); null and a mismatch are refused. */
  readonly protocolType: string | null | undefined;
  readonly protocolName: string | null | undefined;
  /** From the leader, else empty. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[];
}

export interface SyncAnswer {
  readonly error: KafkaError;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Buffer;
}

export interface HeartbeatRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

/** A member as LeaveGroup names it: by its id, or by an instance id alone (an administrator's removal). */
export interface LeavingMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly reason: string | null;
}

export interface LeaveRequest {
  readonly groupId: string;
  readonly members: readonly LeavingMember[];
}

export interface LeaveAnswer {
  /** Of the group as a whole. */
  readonly error: KafkaError;
  /** One for each that was named, in order. */
  readonly members: readonly { memberId: string; groupInstanceId: string | null; error: KafkaError }[];
}

// ---- the consumer protocol (KIP-848)

/** Topic id → partitions, ascending. Topics without partitions are left out. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

export interface ConsumerHeartbeatRequest {
  readonly groupId: string;
  readonly memberId: string;
  /** 0 joins, −1 leaves, −2 is a static member that leaves for a while. */
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** −1: as before. */
  readonly rebalanceTimeoutMs: number;
  /** Null: as before; so with all that follow. */
  readonly subscribedTopicNames: readonly string[] | null;
  readonly subscribedTopicRegex: string | null;
  readonly serverAssignor: string | null;
  /** Partitions that the member owns. */
  readonly topicPartitions: readonly { readonly topicId: string; readonly partitions: readonly number[] }[] | null;
  readonly client: Client;
  /** Version of the API: 1 brought regular expressions and member ids made by clients. */
  readonly version: number;
}

export interface ConsumerHeartbeatAnswer {
  readonly error: KafkaError;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** Null: as before. */
  readonly assignment: Assignment | null;
}

// ---- offsets

export interface OffsetToCommit {
  readonly topic: string;
  /** All zero where it is not known. */
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
}

/** Who commits, or reads, offsets of a group. */
export interface Committer {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationIdOrMemberEpoch: number;
}

export interface CommitRequest extends Committer {
  readonly groupId: string;
  /** How long to keep them; −1: as the broker is configured. */
  readonly retentionTimeMs: number;
  /** Whether this version of the API can speak of member epochs and of groups that are not there (9). */
  readonly knowsMemberEpochs: boolean;
  /** Checked already, one by one; may be empty, for the group is asked nevertheless. */
  readonly offsets: readonly OffsetToCommit[];
}

export interface CommittedOffset {
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
  /** When it was committed, in ms. */
  readonly commitTimestampMs: number;
  /** When it is to go; −1: as the broker is configured. */
  readonly expireTimestampMs: number;
  /** All zero where it is not known. */
  readonly topicId: string;
}

export interface OffsetFetchRequest {
  readonly groupId: string;
  /** Null in versions that cannot say (up to 8). */
  readonly memberId: string | null;
  /** −1 where it is not said. */
  readonly memberEpoch: number;
  readonly requireStable: boolean;
}

/** What a group has committed: topic → partition → offset. Read it at once; it is the live map. */
export type GroupOffsets = ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>>;

// ---- looking at groups

export type GroupType = 'classic' | 'consumer' | 'share' | 'streams';

export interface ListedGroup {
  readonly groupId: string;
  readonly protocolType: string;
  /** In Kafka's spelling, such as `PreparingRebalance`. */
  readonly state: string;
  readonly type: GroupType;
}

export interface DescribedClassicGroup {
  readonly groupId: string;
  readonly state: string;
  readonly protocolType: string;
  /** Name of the chosen protocol; empty unless Stable. */
  readonly protocolData: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly clientId: string;
    readonly clientHost: string;
    /** Empty unless Stable. */
    readonly memberMetadata: Buffer;
    readonly memberAssignment: Buffer;
  }[];
}

export interface DescribedConsumerGroup {
  readonly groupId: string;
  readonly state: string;
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly assignorName: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly instanceId: string | null;
    readonly rackId: string | null;
    readonly memberEpoch: number;
    readonly clientId: string;
    readonly clientHost: string;
    readonly subscribedTopicNames: readonly string[];
    readonly subscribedTopicRegex: string | null;
    readonly assignment: Assignment;
    readonly targetAssignment: Assignment;
    /** 0 classic, 1 consumer. */
    readonly memberType: number;
  }[];
}
