/**
 * A group coordinator that remembers what it was asked and answers what a spec has scripted. Where nothing is scripted
 * there are no groups: members are unknown, nothing is committed, and any commit is welcome.
 */
import type { GroupCoordinator, TopicPartition } from '../../lib/coordinators/group-coordinator';
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
} from '../../lib/coordinators/groups/requests';
import { errors, type KafkaError } from '../../lib/errors';

type Script = { -readonly [N in keyof GroupCoordinator]?: GroupCoordinator[N] };

const { NONE, UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND } = errors;
const nothing = Buffer.alloc(0);

export class ScriptedGroups implements GroupCoordinator {
  /** What was asked, by the name of the method, in order. */
  readonly asked: unknown[] = [];
  /** What to answer instead of there being nothing. */
  readonly script: Script = {};

  expectMember(groupId: string): void {
    this.asked.push({ expectMember: groupId });
  }

  async joinGroup(request: JoinRequest): Promise<JoinAnswer> {
    this.asked.push({ joinGroup: request });
    const nobody = { generationId: -1, protocolType: null, protocolName: null, leader: '', skipAssignment: false };
    const { memberId } = request;
    return this.script.joinGroup?.(request) ?? { error: UNKNOWN_MEMBER_ID, memberId, ...nobody, members: [] };
  }

  async syncGroup(request: SyncRequest): Promise<SyncAnswer> {
    this.asked.push({ syncGroup: request });
    const unknown = { error: UNKNOWN_MEMBER_ID, protocolType: null, protocolName: null, assignment: nothing };
    return this.script.syncGroup?.(request) ?? unknown;
  }

  async heartbeat(request: HeartbeatRequest): Promise<KafkaError> {
    this.asked.push({ heartbeat: request });
    return this.script.heartbeat?.(request) ?? UNKNOWN_MEMBER_ID;
  }

  async leaveGroup(request: LeaveRequest): Promise<LeaveAnswer> {
    this.asked.push({ leaveGroup: request });
    const members = request.members.map(({ memberId, groupInstanceId }) => ({
      memberId,
      groupInstanceId,
      error: UNKNOWN_MEMBER_ID,
    }));
    return this.script.leaveGroup?.(request) ?? { error: NONE, members };
  }

  async consumerGroupHeartbeat(request: ConsumerHeartbeatRequest): Promise<ConsumerHeartbeatAnswer> {
    this.asked.push({ consumerGroupHeartbeat: request });
    const nobody = { memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
    return this.script.consumerGroupHeartbeat?.(request) ?? { error: UNKNOWN_MEMBER_ID, ...nobody };
  }

  async commitOffsets(request: CommitRequest): Promise<KafkaError> {
    this.asked.push({ commitOffsets: request });
    return this.script.commitOffsets?.(request) ?? NONE;
  }

  async fetchOffsets(request: OffsetFetchRequest): Promise<GroupOffsets> {
    this.asked.push({ fetchOffsets: request });
    return this.script.fetchOffsets?.(request) ?? new Map();
  }

  async deleteOffsets(groupId: string, partitions: readonly TopicPartition[]): Promise<KafkaError[]> {
    this.asked.push({ deleteOffsets: groupId, partitions });
    return this.script.deleteOffsets?.(groupId, partitions) ?? partitions.map(() => NONE);
  }

  async deleteGroup(groupId: string): Promise<KafkaError> {
    this.asked.push({ deleteGroup: groupId });
    if (this.script.deleteGroup === undefined) throw GROUP_ID_NOT_FOUND;
    return this.script.deleteGroup(groupId);
  }

  async listGroups(): Promise<ListedGroup[]> {
    this.asked.push({ listGroups: true });
    return this.script.listGroups?.() ?? [];
  }

  async describeClassicGroup(groupId: string): Promise<DescribedClassicGroup | null> {
    this.asked.push({ describeClassicGroup: groupId });
    return this.script.describeClassicGroup?.(groupId) ?? null;
  }

  async describeConsumerGroup(groupId: string): Promise<DescribedConsumerGroup | null> {
    this.asked.push({ describeConsumerGroup: groupId });
    return this.script.describeConsumerGroup?.(groupId) ?? null;
  }
}
