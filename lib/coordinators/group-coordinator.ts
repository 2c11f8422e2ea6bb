/**
 * What the group APIs call: groups of every type and their committed offsets. Types only; groups.ts implements it.
 *
 * Every method rejects with COORDINATOR_LOAD_IN_PROGRESS while the group's part of `__consumer_offsets` is being read,
 * and with NOT_COORDINATOR or COORDINATOR_NOT_AVAILABLE where this broker does not look after the group (yet, or any
 * more). Everything else that can go wrong is in the answers. What a promise resolves with is in the log.
 */
import type { KafkaError } from '../errors';
import type {
  CommitRequest,
  ConsumerHeartbeatAnswer,
  ConsumerHeartbeatRequest,
  DescribedClassicGroup,
  DescribedConsumerGroup,
  GroupOffsets,
  HeartbeatRequest,
  JoinAnswer,
  JoinRequest,
  LeaveAnswer,
  LeaveRequest,
  ListedGroup,
  OffsetFetchRequest,
  SyncAnswer,
  SyncRequest,
} from './groups/requests';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface GroupCoordinator {
  /** Somebody asked who coordinates the group. As a rule it is about to join. */
  expectMember(groupId: string): void;
  /** Parks until the join phase is over. */
  joinGroup(request: JoinRequest): Promise<JoinAnswer>;
  /** Parks until the leader has brought the assignments. */
  syncGroup(request: SyncRequest): Promise<SyncAnswer>;
  heartbeat(request: HeartbeatRequest): Promise<KafkaError>;
  leaveGroup(request: LeaveRequest): Promise<LeaveAnswer>;
  consumerGroupHeartbeat(request: ConsumerHeartbeatRequest): Promise<ConsumerHeartbeatAnswer>;

  /** One error for all of the offsets. */
  commitOffsets(request: CommitRequest): Promise<KafkaError>;
  /**
   * What the group has committed; empty for a group that is not there. Rejects with UNKNOWN_MEMBER_ID or
   * STALE_MEMBER_EPOCH where a member says who it is and is not.
   */
  fetchOffsets(request: OffsetFetchRequest): Promise<GroupOffsets>;
  /**
   * Takes committed offsets away. One error for each, in order; rejects with GROUP_ID_NOT_FOUND or NON_EMPTY_GROUP where
   * it concerns the group.
   */
  deleteOffsets(groupId: string, partitions: readonly TopicPartition[]): Promise<KafkaError[]>;

  /** Removes the group and its offsets: NONE. Rejects with GROUP_ID_NOT_FOUND or NON_EMPTY_GROUP. */
  deleteGroup(groupId: string): Promise<KafkaError>;
  /** The groups of every part that is loaded; rejects with COORDINATOR_LOAD_IN_PROGRESS while one of them is not. */
  listGroups(): Promise<ListedGroup[]>;
  /** Null: there is no classic group of this name. */
  describeClassicGroup(groupId: string): Promise<DescribedClassicGroup | null>;
  /** Null: there is no consumer group of this name. */
  describeConsumerGroup(groupId: string): Promise<DescribedConsumerGroup | null>;
}
