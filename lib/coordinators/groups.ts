/**
 * The group coordinator of this broker: every partition of `__consumer_offsets` that it leads, each with the groups that
 * hash to it. The group APIs call it through group-coordinator.ts; broker.ts makes it, tells it of every change of the
 * cluster, and closes it.
 *
 * Partitions load by themselves, at the start and when the topic is made; nobody waits for one but its own groups.
 */
import { mergeMap, type SchedulerLike, Subject, type Subscription } from 'rxjs';
import type { Config } from '../config';
import { coordinatorPartition } from '../coordinator-partition';
import { errors, type KafkaError } from '../errors';
import type { Logger } from '../logger';
import type { Appends, Topics } from '../storage/engine';
import type { MetadataImage } from '../storage/metadata-image';
import { removedValues } from '../storage/sharded-map';
import { every } from '../timers';
import { internalTopics } from '../topic-names';
import type { GroupCoordinator, TopicPartition } from './group-coordinator';
import { ExpectedMembers } from './groups/expected-members';
import { checkFetch, describeClassicGroup, describeConsumerGroup, listed } from './groups/group';
import { deleteGroup, deleteOffsets, expire, forgetTopics } from './groups/group-removal';
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
import { Shard } from './groups/shard';

export interface LocalGroupsOptions {
  readonly topics: Topics;
  readonly appends: Appends;
  readonly scheduler: SchedulerLike;
  readonly config: Config;
  readonly logger: Logger;
  readonly metadata: () => MetadataImage;
  /** Makes up a random uuid, in the spelling of `java.util.UUID`, for a member that has no id. */
  readonly newId: () => string;
}

/** Longest name of a group, in bytes. */
const nameMaxBytes = 0x7fff;

export class LocalGroups implements GroupCoordinator {
  private readonly options: LocalGroupsOptions;
  private readonly shards: Shard[] = [];
  private readonly expected: ExpectedMembers;
  private readonly loads$ = new Subject<() => Promise<void>>();
  private readonly expiry: Subscription;
  private isClosed = false;

  constructor(options: LocalGroupsOptions) {
    const { scheduler, config } = options;
    this.options = options;
    this.expected = new ExpectedMembers(scheduler);
    this.loads$.pipe(mergeMap((load) => load(), config['group.coordinator.threads'])).subscribe();
    this.lead();
    this.expiry = every(scheduler, config['offsets.retention.check.interval.ms'], () => this.expire());
  }

  /** Takes up the partitions that this broker leads now, and forgets what was committed of topics that are gone. */
  update(previous: MetadataImage, next: MetadataImage): void {
    if (this.isClosed) return;
    this.lead();
    const gone = [...removedValues(previous.topicsById, next.topicsById)];
    if (gone.length === 0) return;
    const deleted = new Map(gone.map(({ name, id }) => [name, id]));
    for (const shard of this.shards) shard.sweep((_group, groupId, offsets) => forgetTopics(groupId, offsets, deleted));
  }

  /** Settles when every partition has been read. */
  async loaded(): Promise<void> {
    await Promise.all(this.shards.map((shard) => shard.loaded));
  }

  /** Everybody who waits is told to look for another coordinator. */
  close(): void {
    this.isClosed = true;
    this.expiry.unsubscribe();
    for (const shard of this.shards) shard.close();
  }

  /** As if another coordinator looked after the group from now on: its part is read anew, and who waits is told. */
  moveCoordinator(groupId: string): void {
    const partitions = this.options.metadata().topicsByName.get(internalTopics.offsets)?.partitions.length ?? 0;
    if (partitions > 0) this.shards[coordinatorPartition(groupId, partitions)]?.readAnew(errors.NOT_COORDINATOR);
  }

  expectMember(groupId: string): void {
    this.expected.expect(groupId);
  }

  async joinGroup(request: JoinRequest): Promise<JoinAnswer> {
    if (request.memberId === '') this.expected.arrive(request.groupId);
    const freshId = this.options.newId();
    return this.shard(request.groupId).ask(request.groupId, (ticket) => ({ on: 'join', ticket, request, freshId }));
  }

  async syncGroup(request: SyncRequest): Promise<SyncAnswer> {
    return this.shard(request.groupId).ask(request.groupId, (ticket) => ({ on: 'sync', ticket, request }));
  }

  async heartbeat(request: HeartbeatRequest): Promise<KafkaError> {
    return this.shard(request.groupId).ask(request.groupId, (ticket) => ({ on: 'heartbeat', ticket, request }));
  }

  async leaveGroup(request: LeaveRequest): Promise<LeaveAnswer> {
    return this.shard(request.groupId).ask(request.groupId, (ticket) => ({ on: 'leave', ticket, request }));
  }

  async consumerGroupHeartbeat(request: ConsumerHeartbeatRequest): Promise<ConsumerHeartbeatAnswer> {
    const { groupId } = request;
    const freshId = this.options.newId();
    return this.shard(groupId).ask(groupId, (ticket) => ({ on: 'consumerHeartbeat', ticket, request, freshId }));
  }

  async commitOffsets(request: CommitRequest): Promise<KafkaError> {
    return this.shard(request.groupId).ask(request.groupId, (ticket) => ({ on: 'commit', ticket, request }));
  }

  async fetchOffsets(request: OffsetFetchRequest): Promise<GroupOffsets> {
    const shard = this.shard(request.groupId);
    await shard.written();
    const refusal = checkFetch(shard.group(request.groupId), request);
    if (refusal !== null) throw refusal;
    return shard.offsetsOf(request.groupId);
  }

  async deleteOffsets(groupId: string, partitions: readonly TopicPartition[]): Promise<KafkaError[]> {
    const removal = await this.shard(groupId).remove(groupId, (group, offsets) =>
      deleteOffsets(group, groupId, offsets, partitions),
    );
    return removal.errors;
  }

  async deleteGroup(groupId: string): Promise<KafkaError> {
    await this.shard(groupId).remove(groupId, (group, offsets) => deleteGroup(group, groupId, offsets));
    return errors.NONE;
  }

  async listGroups(): Promise<ListedGroup[]> {
    return this.shards.flatMap((shard) => [...shard.all].map((group) => listed(group)));
  }

  async describeClassicGroup(groupId: string): Promise<DescribedClassicGroup | null> {
    return describeClassicGroup(this.shard(groupId).group(groupId));
  }

  async describeConsumerGroup(groupId: string): Promise<DescribedConsumerGroup | null> {
    const { metadata, config } = this.options;
    const [defaultAssignor] = config['group.consumer.assignors'];
    return describeConsumerGroup(this.shard(groupId).group(groupId), metadata(), defaultAssignor);
  }

  /** The part of the coordinator that looks after a group. */
  private shard(groupId: string): Shard {
    // Names are keys of records, whose length is an int16.
    if (groupId.length > nameMaxBytes / 3 && Buffer.byteLength(groupId) > nameMaxBytes) throw errors.INVALID_GROUP_ID;
    if (this.isClosed) throw errors.NOT_COORDINATOR;
    const partitions = this.options.metadata().topicsByName.get(internalTopics.offsets)?.partitions.length ?? 0;
    if (partitions === 0) throw errors.COORDINATOR_NOT_AVAILABLE;
    const shard = this.shards[coordinatorPartition(groupId, partitions)];
    if (shard === undefined) throw errors.NOT_COORDINATOR;
    return shard;
  }

  /** One shard for each log there is. The topic may have been deleted, and its groups with it, and made anew. */
  private lead(): void {
    const logs = [...(this.options.topics.byName(internalTopics.offsets)?.partitions ?? [])];
    for (const shard of this.shards.splice(logs.length)) shard.close();
    for (const log of logs) {
      const known = this.shards[log.partition];
      if (known?.log === log) continue;
      known?.close();
      this.shards[log.partition] = new Shard({ ...this.options, log, expected: this.expected, inTurn: this.inTurn });
    }
  }

  /** Partitions load so many at a time, in the order in which they ask. */
  private readonly inTurn = (load: () => Promise<void>): Promise<void> =>
    new Promise((resolve) => this.loads$.next(() => load().then(resolve)));

  private expire(): void {
    for (const shard of this.shards) shard.sweep(expire);
  }
}
