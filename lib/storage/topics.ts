/**
 * The keeper of all partition logs of this broker: opens what lies in the log directories, and makes, grows and deletes
 * topics as the metadata image changes. Made by broker.ts, which hands every new image to `update`.
 *
 * Always: a partition is served only while the image has its topic under the same id and this broker as a replica. Any
 * other directory is renamed (`-stray`, `-delete`), never read and never written. An error with one partition costs no
 * other one anything: it is offline and says KAFKA_STORAGE_ERROR.
 *
 * Not done: moving partitions between log directories (`-future`).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SchedulerLike } from 'rxjs';
import type { Config } from '../config';
import { errors } from '../errors';
import type { Logger } from '../logger';
import { resolveTopicConfig, type TopicConfig } from '../topic-config';
import type { Topics } from './engine';
import { Log } from './log';
import type { LogDir } from './log-dirs';
import { loadLog } from './log-load';
import type { MetadataImage, PartitionImage, TopicImage } from './metadata-image';
import { Partition } from './partition';
import {
  type FoundPartition,
  type HomesOptions,
  homeFor,
  openHomes,
  type PartitionDirs,
  type PartitionPath,
} from './partition-dirs';
import { ReadBuffers } from './read-buffers';
import { strayReason } from './stray';
import { LocalTopic } from './topic';
import { type HousedPartition, Upkeep } from './upkeep';

export interface LocalTopicsOptions extends HomesOptions {
  readonly config: Config;
  readonly nodeId: number;
  /** Log directories, locked and formatted. */
  readonly dirs: readonly LogDir[];
  readonly scheduler: SchedulerLike;
  readonly logger: Logger;
}

/** After so many partitions other work gets a turn. */
const turnPartitions = 64;
const deleted = errors.UNKNOWN_TOPIC_OR_PARTITION.because('the topic was deleted');
const closing = errors.NOT_LEADER_OR_FOLLOWER.because('the broker is shutting down');

export class LocalTopics implements Topics {
  private readonly options: LocalTopicsOptions;
  private readonly buffers: ReadBuffers;
  private readonly homes: readonly PartitionDirs[];
  private readonly upkeep: Upkeep;
  private readonly named = new Map<string, LocalTopic>();
  private readonly identified = new Map<string, LocalTopic>();
  private readonly housed = new Map<Partition, HousedPartition>();
  private readonly defaults: TopicConfig;
  /** What was brought up to last. */
  private latest: MetadataImage | null = null;
  private updating: Promise<void> = Promise.resolve();
  private isClosed = false;

  private constructor(options: LocalTopicsOptions) {
    const { config, logger } = options;
    this.options = options;
    this.buffers = new ReadBuffers(
      config['millrace.read.buffers.idle.max.bytes'],
      config['millrace.read.buffers.lent.max.bytes'],
    );
    this.defaults = resolveTopicConfig(new Map(), config);
    this.homes = openHomes(options.dirs, config, logger, options);
    const { scheduler } = options;
    this.upkeep = new Upkeep({ config, scheduler, logger, homes: this.homes, partitions: () => this.housed.values() });
  }

  /** Opens every log of the image, making those that are missing. Resolves when all of them can be used. */
  static async open(options: LocalTopicsOptions, image: MetadataImage): Promise<LocalTopics> {
    const topics = new LocalTopics(options);
    await topics.load(image);
    await topics.apply(image);
    topics.upkeep.start();
    return topics;
  }

  byName(name: string): LocalTopic | undefined {
    return this.named.get(name);
  }

  byId(id: string): LocalTopic | undefined {
    return this.identified.get(id);
  }

  [Symbol.iterator](): Iterator<LocalTopic> {
    return this.named.values();
  }

  /** Brings topics, partitions and configurations to what the image says; resolves when all of it can be used. */
  update(image: MetadataImage): Promise<void> {
    const updated = this.updating.then(() => (this.isClosed ? undefined : this.apply(image)));
    this.updating = updated.catch(() => {}); // reported to who asked; the next image is another matter
    return updated;
  }

  /**
   * Completes every log once the appends that were taken in are written. Resolves to whether all of it is on the device:
   * only then the broker may say that it stopped cleanly.
   */
  async close(): Promise<boolean> {
    this.isClosed = true;
    await this.updating;
    this.upkeep.stop();
    let isComplete = true;
    const closeOne = async ({ partition }: HousedPartition) => {
      await partition.end(closing);
      try {
        if (partition.offline === null) await partition.log.close();
        else isComplete = false;
      } catch (error) {
        isComplete = false;
        partition.goOffline('close', error);
      }
    };
    const all = [...this.housed.values()];
    while (all.length > 0) await Promise.all(all.splice(0, turnPartitions).map(closeOne));
    try {
      await this.upkeep.checkpoint(['recoveryPoints', 'logStarts', 'highWatermarks']);
    } catch {
      isComplete = false;
    }
    return isComplete;
  }

  /** Resolves when every checkpoint that was begun is on the device. */
  checkpointed(): Promise<void> {
    return this.upkeep.written();
  }

  /** Resolves when nothing is being removed any more. */
  removed(): Promise<void> {
    return this.upkeep.removed();
  }

  /** Loads the partitions that lie on disk. */
  private async load(image: MetadataImage): Promise<void> {
    let turn = 0;
    for (const home of this.homes) {
      const { partitions, deleted: leftovers } = home.find();
      for (const path of leftovers) this.upkeep.removeLater(path, this.defaults['file.delete.delay.ms']);
      const recoveryPoints = home.readCheckpoint('recoveryPoints');
      const logStarts = home.readCheckpoint('logStarts');
      for (const found of partitions) {
        if (++turn % turnPartitions === 0) await nextTurn();
        const name = `${found.topic}-${found.partition}`;
        const checkpoints = { recoveryPoint: recoveryPoints.get(name) ?? 0, logStartOffset: logStarts.get(name) ?? 0 };
        await this.loadOne(found, home, image, checkpoints).catch((error) => {
          // Whether the topic needs the directory shows when it is missing.
          this.options.logger.error(
            { err: error, directory: home.pathOf(found.topic, found.partition) },
            'cannot load',
          );
        });
      }
    }
    if (this.housed.size > 0) this.options.logger.info(`loaded ${this.housed.size} partitions`);
  }

  private async loadOne(
    found: FoundPartition,
    home: PartitionDirs,
    image: MetadataImage,
    checkpoints: { readonly recoveryPoint: number; readonly logStartOffset: number },
  ): Promise<void> {
    const topicImage = this.owner(found, home, image);
    if (topicImage === null) return;
    const { config, logger, scheduler } = this.options;
    const topic = this.topicOf(topicImage, image);
    const directory = { path: home.pathOf(found.topic, found.partition) };
    let failure: unknown = null;
    const log = await loadLog(directory, home.context, logger, {
      ...checkpoints,
      clean: home.dir.cleanShutdown !== null,
      indexIntervalBytes: topic.config['index.interval.bytes'],
      producerExpirationMs: config['producer.id.expiration.ms'],
      nowMs: scheduler.now(),
    }).catch((error) => {
      failure = error ?? new Error('unknown');
      return this.emptyLog(directory, home);
    });
    const partition = this.take(topic, topicImage.partitions[found.partition]!, log, home);
    if (failure !== null) partition.goOffline('load the log', failure);
  }

  /** The topic that a directory belongs to; null if it is nobody's, and was set aside. */
  private owner(found: FoundPartition, home: PartitionDirs, image: MetadataImage): TopicImage | null {
    const { topic: name, partition } = found;
    const path = home.pathOf(name, partition);
    const topic = image.topicsByName.get(name);
    const isTaken = this.named.get(name)?.partition(partition) !== undefined;
    const why = isTaken
      ? 'another log directory has the partition'
      : strayReason(found, topic, this.options.nodeId, home);
    if (why === null) {
      if (found.topicId === null) home.label(path, topic!.id);
      return topic!;
    }
    this.options.logger.warn({ path, why }, 'stray partition directory is set aside');
    home.setAside(name, partition, { path }, 'stray');
    return null;
  }

  private async apply(image: MetadataImage): Promise<void> {
    const { latest } = this;
    if (latest?.topicsById === image.topicsById && latest.allConfigs === image.allConfigs) return;
    for (const topic of [...this.identified.values()]) {
      if (!image.topicsById.has(topic.id)) await this.remove(topic);
    }
    let turn = 0;
    for (const topicImage of image.topicsById.values()) {
      const known = this.identified.get(topicImage.id);
      const isSame = known?.isComplete && known.image === topicImage;
      if (isSame && (latest?.allConfigs === image.allConfigs || known.overrides === image.configs(2, known.name)))
        continue;
      const topic = this.topicOf(topicImage, image);
      for (const partitionImage of topicImage.partitions) {
        const partition = topic.partition(partitionImage.partition);
        if (partition !== undefined) partition.lead(partitionImage.leaderEpoch);
        else if (partitionImage.replicas.includes(this.options.nodeId)) {
          this.make(topic, partitionImage);
          if (++turn % turnPartitions === 0) await nextTurn();
        }
      }
      topic.isComplete = true;
    }
    this.latest = image;
  }

  /** The topic of an image with the configuration that the image has for it. */
  private topicOf(topicImage: TopicImage, image: MetadataImage): LocalTopic {
    const overrides = image.configs(2, topicImage.name);
    let topic = this.identified.get(topicImage.id);
    if (topic === undefined) {
      topic = new LocalTopic(topicImage, overrides, this.configOf(overrides));
      this.named.set(topic.name, topic);
      this.identified.set(topic.id, topic);
    } else if (topic.overrides !== overrides) {
      topic.overrides = overrides;
      topic.config = this.configOf(overrides);
    }
    topic.image = topicImage;
    return topic;
  }

  private configOf(overrides: ReadonlyMap<string, string>): TopicConfig {
    return overrides.size === 0 ? this.defaults : resolveTopicConfig(overrides, this.options.config);
  }

  /** Makes a new partition. */
  private make(topic: LocalTopic, image: PartitionImage): void {
    const assigned = image.directories[image.replicas.indexOf(this.options.nodeId)];
    const home = homeFor(this.homes, assigned);
    let failure: unknown = null;
    let directory: PartitionPath = { path: home.pathOf(topic.name, image.partition) };
    try {
      directory = home.make(topic.name, image.partition, topic.id);
    } catch (error) {
      failure = error;
    }
    const partition = this.take(topic, image, this.emptyLog(directory, home), home);
    if (failure !== null) partition.goOffline('make the directory', failure);
  }

  private emptyLog(directory: PartitionPath, home: PartitionDirs): Log {
    return Log.empty(directory, home.context, this.options.logger, this.options.scheduler.now());
  }

  private take(topic: LocalTopic, image: PartitionImage, log: Log, home: PartitionDirs): Partition {
    const partition = new Partition(topic, image.partition, image.leaderEpoch, log, this.buffers);
    partition.lead(image.leaderEpoch);
    topic.add(partition);
    home.count++;
    this.housed.set(partition, { partition, home });
    return partition;
  }

  /** Deletes a topic: its directories are renamed at once and removed later. */
  private async remove(topic: LocalTopic): Promise<void> {
    this.named.delete(topic.name);
    this.identified.delete(topic.id);
    for (const partition of topic.partitions) {
      const { home } = this.housed.get(partition)!;
      this.housed.delete(partition);
      home.count--;
      const ended = partition.end(deleted);
      const { directory } = partition.log;
      try {
        home.setAside(topic.name, partition.partition, directory, 'delete');
        this.upkeep.removeLater(directory.path, topic.config['file.delete.delay.ms']);
      } catch (error) {
        partition.goOffline('delete the partition', error);
      }
      await ended;
      partition.log.release();
    }
  }
}
