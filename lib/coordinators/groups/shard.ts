/**
 * One partition of `__consumer_offsets`: the groups whose records it holds, their offsets, timers and parked answers.
 * groups.ts makes one for each partition that this broker leads.
 *
 * Every event goes through `stepGroup`; this file carries out the effects. Records of a step are one batch, and no answer
 * is given before all that was written until then is in the log. If a write fails, nobody knows what the log has: everybody
 * who waits is told COORDINATOR_NOT_AVAILABLE and all is read anew.
 *
 * What always holds: what is in memory is what the log says, once what is being written has been written; and a shard that
 * loads holds up nobody but its own groups.
 */
import type { SchedulerLike } from 'rxjs';
import type { Config } from '../../config';
import { errors, KafkaError } from '../../errors';
import type { Logger } from '../../logger';
import { buildBatch } from '../../records/build';
import type { Codec } from '../../records/compression';
import type { Appends, PartitionLog } from '../../storage/engine';
import type { MetadataImage } from '../../storage/metadata-image';
import { CommittedOffsets, isOffsetRecord } from './committed-offsets';
import type { ExpectedMembers } from './expected-members';
import type { Group } from './group';
import { foldGroups } from './group-fold';
import { writeGroupRecord } from './group-record-codec';
import type { GroupRecordDraft } from './group-records';
import type { Removal } from './group-removal';
import { stepGroup } from './group-step';
import { GroupTimers } from './group-timers';
import type { GroupOffsets } from './requests';
import { loadShard } from './shard-load';
import type { Effect, GroupEvent, Ticket, World } from './step';

export interface ShardOptions {
  readonly log: PartitionLog;
  readonly appends: Appends;
  readonly scheduler: SchedulerLike;
  readonly config: Config;
  readonly logger: Logger;
  readonly metadata: () => MetadataImage;
  /** Nobody is expected if absent. */
  readonly expected?: ExpectedMembers;
  /** Runs the reading of a log when it is its turn: memory is taken for so many at a time only. */
  readonly inTurn: (load: () => Promise<void>) => Promise<void>;
}

/** Somebody who waits. */
interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

export class Shard {
  readonly log: PartitionLog;
  /** Settles when everything there is has been read; never rejects. */
  loaded: Promise<void>;
  private readonly options: ShardOptions;
  private readonly timers: GroupTimers;
  private groups = new Map<string, Group>();
  private offsets = new CommittedOffsets();
  /** Why nothing can be asked; null: all is well. */
  private refusal: KafkaError | null = errors.COORDINATOR_LOAD_IN_PROGRESS;
  private readonly waiting = new Map<number, Waiting>();
  private lastTicket = 0;
  /** What was written last and is not in the log yet. */
  private writing: Promise<unknown> | null = null;

  constructor(options: ShardOptions) {
    this.options = options;
    this.log = options.log;
    this.timers = new GroupTimers(options.scheduler, (groupId, timer) => this.step(groupId, { on: 'timer', timer }));
    this.loaded = options.inTurn(() => this.load());
  }

  /** Whether it has been read. */
  get isLoaded(): boolean {
    return this.refusal === null;
  }

  /** The group, as it is now. Throws while nothing can be asked. */
  group(groupId: string): Group | null {
    this.check();
    return this.groups.get(groupId) ?? null;
  }

  /** Every group. Throws while nothing can be asked. */
  get all(): Iterable<Group> {
    this.check();
    return this.groups.values();
  }

  offsetsOf(groupId: string): GroupOffsets {
    this.check();
    return this.offsets.of(groupId);
  }

  /** Resolves with the answer that a step gives to the event. */
  ask<A>(groupId: string, event: (ticket: Ticket<A>) => GroupEvent): Promise<A> {
    return new Promise((resolve, reject) => {
      this.check();
      const ticket = { number: ++this.lastTicket };
      this.waiting.set(ticket.number, { resolve: resolve as Waiting['resolve'], reject });
      this.step(groupId, event(ticket));
    });
  }

  /** Resolves once all that was written until now is in the log; rejects with what everybody is told if it is not. */
  async written(): Promise<void> {
    this.check();
    await this.writing?.catch(() => Promise.reject(errors.COORDINATOR_NOT_AVAILABLE));
  }

  /** Carries out a removal, and resolves once it is in the log. Throws what `remove` throws. */
  async remove<R extends Removal>(
    groupId: string,
    remove: (group: Group | null, offsets: GroupOffsets, world: World) => R,
  ): Promise<R> {
    this.check();
    const group = this.groups.get(groupId) ?? null;
    const removal = remove(group, this.offsets.of(groupId), this.world());
    this.commit(groupId, removal.removesGroup ? null : group, removal.records);
    await this.written();
    return removal;
  }

  /** Looks at every group, and carries out what is to be removed of it. Does nothing while it is not loaded. */
  sweep(look: (group: Group | null, groupId: string, offsets: GroupOffsets, world: World) => Removal): void {
    if (this.refusal !== null) return;
    const world = this.world();
    for (const groupId of new Set([...this.groups.keys(), ...this.offsets.groupIds])) {
      const group = this.groups.get(groupId) ?? null;
      try {
        const { records, removesGroup } = look(group, groupId, this.offsets.of(groupId), world);
        if (records.length > 0) this.commit(groupId, removesGroup ? null : group, records);
      } catch (error) {
        this.tellFailure(error, groupId, 'sweep');
      }
    }
  }

  /** Everybody who waits is told that this broker no longer looks after their group. */
  close(): void {
    this.refuse(errors.NOT_COORDINATOR);
  }

  private check(): void {
    if (this.refusal !== null) throw this.refusal;
  }

  private world(groupId = ''): World {
    const { scheduler, config, metadata, expected } = this.options;
    return { nowMs: scheduler.now(), config, image: metadata(), expectsMember: expected?.has(groupId) ?? false };
  }

  private step(groupId: string, event: GroupEvent): void {
    try {
      const { group, effects } = stepGroup(this.groups.get(groupId) ?? null, groupId, event, this.world(groupId));
      const records = effects.flatMap((effect) => (effect.do === 'write' ? effect.records : []));
      // What nobody asked for, such as putting a member out, must be done whatever its size.
      const maxBytes = 'ticket' in event ? this.log.topic.config['max.message.bytes'] : Number.POSITIVE_INFINITY;
      this.commit(groupId, group, records, maxBytes);
      this.carryOut(groupId, effects);
    } catch (error) {
      // Whoever asked is told, and what had been decided before stands.
      this.tellFailure(error, groupId, event.on);
      if ('ticket' in event) this.settle(event.ticket.number, (waiting) => waiting.reject(error));
    }
  }

  /** A client has asked for too much, or there is a bug. */
  private tellFailure(error: unknown, group: string, event: string): void {
    const { logger } = this.options;
    if (error instanceof KafkaError) logger.warn({ group, event }, `a group event is refused: ${error.message}`);
    else logger.error({ group, event, err: error }, 'a group event failed');
  }

  /**
   * Makes a change stand: first what can fail, then the group as it is now, then its records. Throws what `batchOf`
   * throws.
   */
  private commit(
    groupId: string,
    group: Group | null,
    records: readonly GroupRecordDraft[],
    maxBytes = Number.POSITIVE_INFINITY,
  ): void {
    const batch = this.batchOf(records, maxBytes);
    if (group !== null) this.groups.set(groupId, group);
    else if (this.groups.delete(groupId)) this.timers.drop(groupId);
    if (batch !== null) this.write(records, batch);
  }

  private carryOut(groupId: string, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do === 'arm') this.timers.arm(groupId, effect.timer, effect.ms);
      else if (effect.do === 'disarm') this.timers.disarm(groupId, effect.timer);
      else if (effect.do === 'tell') this.options.logger.info({ group: groupId }, effect.message);
      else if (effect.do === 'answer') this.answer(effect.ticket.number, effect.answer);
    }
  }

  /** Gives an answer, behind all that was written before it. */
  private answer(ticket: number, given: unknown): void {
    const give = () => this.settle(ticket, (waiting) => waiting.resolve(given));
    if (this.writing === null) give();
    // A write that fails is told to everybody who waits.
    else this.writing.then(give, () => {});
  }

  private settle(ticket: number, how: (waiting: Waiting) => void): void {
    const waiting = this.waiting.get(ticket);
    this.waiting.delete(ticket);
    if (waiting !== undefined) how(waiting);
  }

  /**
   * What is to be written, as one batch; null for nothing.
   * @throws EncodeError for what no record can say; UNKNOWN_SERVER_ERROR, as Kafka has it, for a batch beyond `maxBytes`
   */
  private batchOf(drafts: readonly GroupRecordDraft[], maxBytes: number): Buffer | null {
    if (drafts.length === 0) return null;
    const { scheduler, config } = this.options;
    const codec = config['offsets.topic.compression.codec'] as Codec;
    const batch = buildBatch(drafts.map(writeGroupRecord), { timestamp: scheduler.now(), codec, baseSequence: 0 });
    if (batch.length <= maxBytes) return batch;
    const what = `${batch.length} bytes to be written, max.message.bytes of ${this.log.topic.name} is ${maxBytes}`;
    throw errors.UNKNOWN_SERVER_ERROR.because(what);
  }

  private write(drafts: readonly GroupRecordDraft[], batch: Buffer): void {
    const { appends } = this.options;
    for (const draft of drafts) if (draft.name === 'OffsetCommit') this.offsets.apply(draft);
    const writing: Promise<unknown> = appends.submit({ log: this.log, batch, origin: 'coordinator' });
    this.writing = writing;
    writing.then(
      () => {
        if (this.writing === writing) this.writing = null;
      },
      (error) => this.startAnew(error),
    );
  }

  private startAnew(error: unknown): void {
    if (this.refusal !== null) return;
    const { topic, partition } = this.log;
    this.options.logger.error(
      { topic: topic.name, partition, err: loggable(error) },
      `groups of ${topic.name}-${partition} could not be written and are read anew`,
    );
    this.readAnew(errors.COORDINATOR_NOT_AVAILABLE);
  }

  /** Forgets all it knows and reads it from the log, as a coordinator does that takes over. Who waits is told. */
  readAnew(told: KafkaError): void {
    if (this.refusal !== null) return;
    const last = Promise.resolve(this.writing).catch(() => {});
    this.refuse(errors.COORDINATOR_LOAD_IN_PROGRESS, told);
    // Writes that are under way behind the one that failed may still get into the log.
    this.loaded = last.then(() => this.options.inTurn(() => this.load()));
  }

  private refuse(refusal: KafkaError, told = refusal): void {
    this.refusal = refusal;
    this.writing = null;
    this.timers.clear();
    this.groups = new Map();
    this.offsets = new CommittedOffsets();
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(told);
  }

  private async load(): Promise<void> {
    const { config, scheduler, logger } = this.options;
    const { topic, partition } = this.log;
    const startedMs = scheduler.now();
    try {
      const bufferBytes = config['offsets.load.buffer.size'];
      const wanted = () => this.refusal === errors.COORDINATOR_LOAD_IN_PROGRESS;
      const { records, inTransactions, count } = await loadShard({ log: this.log, bufferBytes, logger, wanted });
      if (!wanted()) return;
      this.refusal = null;
      for (const record of records) if (isOffsetRecord(record)) this.offsets.apply(record);
      this.groups = foldGroups(records, inTransactions, startedMs);
      if (count > 0)
        logger.info(
          { topic: topic.name, partition, records: count, groups: this.groups.size, ms: scheduler.now() - startedMs },
          `loaded the groups of ${topic.name}-${partition}`,
        );
      for (const groupId of [...this.groups.keys()]) this.step(groupId, { on: 'loaded' });
    } catch (error) {
      if (this.refusal !== errors.NOT_COORDINATOR) this.refusal = errors.COORDINATOR_NOT_AVAILABLE;
      logger.error(
        { topic: topic.name, partition, err: loggable(error) },
        `the groups of ${topic.name}-${partition} cannot be read`,
      );
    }
  }
}

/** A logger may write into what it takes for an error, and a KafkaError is frozen. */
function loggable(error: unknown): unknown {
  return error instanceof KafkaError ? String(error) : error;
}
