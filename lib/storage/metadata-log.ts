/**
 * The metadata log `__cluster_metadata-0`: the one place where the cluster is changed (KIP-500).
 *
 * Whoever changes something hands over what to write: `change` gives it the image as it is when its turn has come, and
 * what it returns is one atomic step. Called by broker.ts (open, close), registration.ts (`lead`) and controller.ts.
 *
 * What always holds: changes happen one after another; the image shows a change once it is on the device and everybody
 * who follows the log has done their part; it is the image that a replay of the log would give.
 *
 * Not done: snapshots of our own, NoOp records while idle (they keep followers awake, and there are none).
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { SchedulerLike } from 'rxjs';
import { errors, type KafkaError } from '../errors';
import type { Logger } from '../logger';
import { buildBatch, type RecordDraft } from '../records/build';
import { controlRecord } from '../records/control';
import { type Disk, nodeDisk, storageError } from './disk';
import type { LeaderEpochs } from './leader-epochs';
import { type LogDir, metadataLogName } from './log-dirs';
import { applyRecords } from './metadata-fold';
import { decodeRecord, encodeRecord } from './metadata-frame';
import { imageOf, type MetadataImage } from './metadata-image';
import type { MetadataDraft, MetadataRecord } from './metadata-records';
import { type Quorum, type Replayed, replay, type Voter } from './metadata-replay';
import { MetadataSegments } from './metadata-segments';
import { readBootstrap, readNewestSnapshot, type Snapshot, writeInitialSnapshots } from './metadata-snapshot';
import { formatPartitionMetadata } from './partition-metadata';
import { type QuorumState, readQuorumState, writeQuorumState } from './quorum-state';
import { MapDraft } from './sharded-map';
import { replaceFileSync } from './small-file';

export interface MetadataLogOptions {
  readonly logDir: Pick<LogDir, 'path' | 'id'>;
  readonly nodeId: number;
  /** Where a controller of this node would be reached; Kafka learns it from the log. */
  readonly controllerEndpoints: Voter['endpoints'];
  /** `metadata.log.segment.bytes`. */
  readonly segmentMaxBytes: number;
  readonly scheduler: SchedulerLike;
  readonly logger: Logger;
  readonly disk?: Disk;
}

/**
 * What a change is to write, in batches, given the image that it applies to and the offset of its first record. Throwing
 * calls it off; nothing to write is allowed.
 */
export type Change = (image: MetadataImage, nextOffset: number) => readonly (readonly MetadataDraft[])[];

/**
 * Told of every change before anybody else sees it; the change is complete when the promise resolves. It must not wait for
 * a change of its own: that one's turn comes only afterwards.
 */
export type Follower = (previous: MetadataImage, next: MetadataImage) => Promise<void> | void;

const metadataTopicId = 'AAAAAAAAAAAAAAAAAAAAAQ';

export class MetadataLog {
  private readonly options: MetadataLogOptions;
  private readonly dir: string;
  private readonly segments: MetadataSegments;
  private readonly followers = new Set<Follower>();
  private current: MetadataImage;
  private next: number;
  private epoch: number;
  private readonly epochs: LeaderEpochs;
  private voters: Quorum;
  private last: Promise<unknown> = Promise.resolve();
  private failure: KafkaError | null = null;
  /** What the cluster is to begin with, as it was formatted; empty if nobody said anything. */
  readonly bootstrapRecords: readonly MetadataDraft[];

  private constructor(
    options: MetadataLogOptions,
    segments: MetadataSegments,
    replayed: Replayed,
    epoch: number,
    bootstrapRecords: readonly MetadataDraft[],
  ) {
    this.options = options;
    this.dir = join(options.logDir.path, metadataLogName);
    this.segments = segments;
    this.epochs = replayed.epochs;
    this.voters = replayed.quorum;
    this.current = withKraftVersion(replayed.image, replayed.quorum);
    this.next = replayed.nextOffset;
    this.epoch = epoch;
    this.bootstrapRecords = bootstrapRecords;
  }

  /**
   * Opens the log of a directory, or begins one where there is none.
   * @throws Error when the log is damaged, of a version that is not known, or of a quorum with other voters
   */
  static open(options: MetadataLogOptions): MetadataLog {
    const { logDir, logger, nodeId } = options;
    const dir = join(logDir.path, metadataLogName);
    fs.mkdirSync(dir, { recursive: true });
    const segments = new MetadataSegments(dir, options.segmentMaxBytes, options.disk ?? nodeDisk, logger);
    let snapshot = readNewestSnapshot(dir, logger);
    if (snapshot === null && segments.startOffset === null) {
      const nowMs = options.scheduler.now();
      writeInitialSnapshots(logDir.path, dir, voterOf(options), nowMs);
      fs.writeFileSync(join(dir, 'partition.metadata'), formatPartitionMetadata(metadataTopicId));
      snapshot = readNewestSnapshot(dir, logger);
    }
    const replayed = replay(segments, snapshot, dir, logger);
    const state = quorumState(dir, logger);
    const others = [...(state?.voters ?? []), ...replayed.quorum.voters.map((voter) => voter.voterId)];
    if (others.some((id) => id !== nodeId))
      throw new Error(
        `the metadata log in ${dir} belongs to a quorum of nodes ${[...new Set(others)].join(', ')}; ` +
          `Millrace is a single node, and this one is ${nodeId}`,
      );
    const epoch = Math.max(replayed.epoch, state?.leaderEpoch ?? 0);
    const formatted = snapshot?.endOffset === 0 ? snapshot.records : [];
    const bootstrap = readBootstrap(logDir.path, logger) ?? formatted;
    return new MetadataLog(options, segments, replayed, epoch, known(bootstrap));
  }

  /** The cluster as it is now. */
  get image(): MetadataImage {
    return this.current;
  }

  /** Whether the log has no records yet. */
  get isEmpty(): boolean {
    return this.next === 0;
  }

  /** Epoch that this node leads in, or last knew of. */
  get leaderEpoch(): number {
    return this.epoch;
  }

  /** Offset of the next record; all before it are committed. */
  get nextOffset(): number {
    return this.next;
  }

  /** Who votes, as far as the log says. */
  get quorum(): Quorum {
    return this.voters;
  }

  /** Whether nothing can be written any more, and why: after a failed flush nobody knows what is on the device. */
  get offline(): KafkaError | null {
    return this.failure;
  }

  /** Calls `follower` with every change from now on, in order. Returns how to stop that. */
  onChange(follower: Follower): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  /**
   * Becomes the leader, in an epoch that no one has led in, and makes a first change in it.
   * @throws KafkaError KAFKA_STORAGE_ERROR
   */
  lead(change: Change): Promise<void> {
    return this.inTurn(async () => {
      const epoch = this.epoch + 1;
      const { nodeId } = this.options;
      const { kraftVersion } = this.voters;
      const state = {
        version: kraftVersion >= 1 ? 1 : 0,
        leaderId: nodeId,
        leaderEpoch: epoch,
        voters: [nodeId],
      } as const;
      try {
        await writeQuorumState(this.dir, state);
      } catch (error) {
        throw storageError(`writing quorum-state in ${this.dir}`, error);
      }
      this.epoch = epoch;
      this.epochs.assign(epoch, this.next);
      const records = this.leaderRecords();
      const first = this.batchOf(records, this.next, true);
      await this.commit(change(this.current, this.next + records.length), [first], records.length);
      replaceFileSync(join(this.dir, 'leader-epoch-checkpoint'), this.epochs.format());
      if (kraftVersion >= 1) this.voters = { kraftVersion, voters: [voterOf(this.options)] };
    });
  }

  /**
   * Makes a change, after those that were asked for before it. Resolves once it is committed and followed.
   * @throws KafkaError KAFKA_STORAGE_ERROR when it could not be written; whatever `change` throws
   */
  change(change: Change): Promise<void> {
    return this.inTurn(() => this.commit(change(this.current, this.next)));
  }

  /** Writes records as one atomic batch; resolves with the offset of the first of them. */
  async append(records: readonly MetadataDraft[]): Promise<{ offset: number }> {
    let offset = -1;
    await this.change((_, nextOffset) => {
      offset = nextOffset;
      return [records];
    });
    return { offset };
  }

  /** Waits for what is under way and lets go of the files. */
  close(): Promise<void> {
    return this.inTurn(async () => {
      this.failure = errors.KAFKA_STORAGE_ERROR.because('the metadata log is closed');
      this.segments.close();
    });
  }

  private inTurn<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.last.then(action);
    this.last = turn.catch(() => {});
    return turn;
  }

  private leaderRecords(): RecordDraft[] {
    const own = [{ voterId: this.options.nodeId }];
    const leader = { leaderId: this.options.nodeId, voters: own, grantingVoters: own };
    const records = [controlRecord('LEADER_CHANGE', leader)];
    if (this.voters.kraftVersion >= 1) {
      records.push(controlRecord('KRAFT_VERSION', { kRaftVersion: this.voters.kraftVersion }));
      records.push(controlRecord('KRAFT_VOTERS', { voters: [voterOf(this.options)] }));
    }
    return records;
  }

  private batchOf(records: readonly RecordDraft[], baseOffset: number, control: boolean): Buffer {
    const timestamp = this.options.scheduler.now();
    return buildBatch(records, { baseOffset, partitionLeaderEpoch: this.epoch, timestamp, control });
  }

  private async commit(
    drafts: readonly (readonly MetadataDraft[])[],
    batches: Buffer[] = [],
    controlRecords = 0,
  ): Promise<void> {
    if (this.failure !== null) throw this.failure;
    let offset = this.next + controlRecords;
    const records: MetadataRecord[] = [];
    for (const group of drafts) {
      if (group.length === 0) continue;
      const values = group.map((draft) => ({ value: encodeRecord(draft) }));
      batches.push(this.batchOf(values, offset, false));
      for (const { value } of values) records.push(decodeRecord(value) as MetadataRecord);
      offset += values.length;
    }
    if (batches.length === 0) return;
    await this.write(batches);
    this.next = offset;
    const warn = (what: string) => this.options.logger.error(`metadata log: ${what}`);
    const image = applyRecords(this.current, records, offset - 1, warn);
    for (const follower of this.followers) {
      try {
        await follower(this.current, image);
      } catch (error) {
        this.options.logger.error(error, 'a change of the metadata could not be followed');
      }
    }
    this.current = image;
  }

  private async write(batches: readonly Buffer[]): Promise<void> {
    try {
      await this.segments.append(batches, this.next);
    } catch (error) {
      const failure = storageError(`writing to the metadata log in ${this.dir}`, error);
      this.options.logger.error(error, `cannot write to the metadata log in ${this.dir}`);
      if (!this.segments.intact) this.failure = failure;
      throw failure;
    }
  }
}

function voterOf({ nodeId, logDir, controllerEndpoints }: MetadataLogOptions): Voter {
  const kRaftVersionFeature = { minSupportedVersion: 0, maxSupportedVersion: 1 };
  return { voterId: nodeId, voterDirectoryId: logDir.id, endpoints: [...controllerEndpoints], kRaftVersionFeature };
}

/** What quorum-state says; a broken file counts as missing, for the epochs in the log say as much. */
function quorumState(dir: string, logger: Logger): QuorumState | null {
  try {
    return readQuorumState(dir);
  } catch (error) {
    logger.warn(`${error instanceof Error ? error.message : error}; it is written anew`);
    return null;
  }
}

/** kraft.version is a feature like others to whoever asks, but not a record. */
function withKraftVersion(image: MetadataImage, { kraftVersion }: Quorum): MetadataImage {
  if (kraftVersion === 0) return image;
  const features = new MapDraft(image.features);
  features.set('kraft.version', kraftVersion);
  return imageOf({ ...image, features: features.result });
}

function known(records: Snapshot['records']): MetadataDraft[] {
  return records.filter((record) => record.name !== 'Unknown') as MetadataDraft[];
}
