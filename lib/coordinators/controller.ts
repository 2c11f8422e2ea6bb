/**
 * The controller: checks every change of the cluster and writes it to the metadata log.
 *
 * What always holds: a check and the write that follows from it are one step, so that no two requests can make the same
 * topic; what a promise of this file resolves with is committed, and the partitions behind it can be used.
 *
 * Not done: quotas of changes, policies for topics.
 */
import type { Config } from '../config';
import { errors, type KafkaError } from '../errors';
import type { Logger } from '../logger';
import { type MetadataImage, metadataVersion } from '../storage/metadata-image';
import type { MetadataLog } from '../storage/metadata-log';
import type { MetadataDraft } from '../storage/metadata-records';
import type { NewId } from '../uuid';
import { internalTopic } from './internal-topics';
import { leadAnew } from './leadership';
import { type Plan, planPartitions, planTopics } from './new-topics';

/** A topic to create; −1 partitions or replicas: the broker's default. */
export interface NewTopic {
  readonly name: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  /** Manual placement (partition index → broker ids), or empty. */
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[];
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

export interface CreatedTopic {
  readonly name: string;
  readonly topicId: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  /** Overrides that the topic was given. */
  readonly configs: ReadonlyMap<string, string>;
}

/** Either what was done or why not. */
export type Outcome<T> = { readonly done: T } | { readonly refused: KafkaError };

export interface NewPartitions {
  readonly name: string;
  /** Total number of partitions afterwards. */
  readonly count: number;
  /** Replicas of each added partition, or null. */
  readonly assignments: readonly { readonly brokerIds: readonly number[] }[] | null;
}

/** Each call rejects with KAFKA_STORAGE_ERROR when the metadata log cannot be written, and nothing has changed then. */
export interface Controller {
  /**
   * One outcome per topic, in order. With validateOnly nothing is written, but a topic id is made up.
   * Rejects with POLICY_VIOLATION when the request is too large as a whole.
   */
  createTopics(topics: readonly NewTopic[], validateOnly: boolean): Promise<Outcome<CreatedTopic>[]>;
  /**
   * Creates internal or auto-created topics with their usual configs; at once usable when the promise resolves. One that
   * is there already is as good as created. One outcome per name, in order.
   */
  createTopicsOnDemand(names: readonly string[]): Promise<Outcome<CreatedTopic>[]>;
  createPartitions(topics: readonly NewPartitions[], validateOnly: boolean): Promise<Outcome<void>[]>;
  /** By topic id. */
  deleteTopics(topicIds: readonly string[]): Promise<Outcome<void>[]>;
  /** Reserves the next block of producer ids (KIP-730). */
  allocateProducerIds(): Promise<{ readonly firstId: number; readonly count: number }>;
}

/** Producer ids in a block. */
const producerIdsPerBlock = 1000;

export interface ClusterControllerOptions {
  readonly log: MetadataLog;
  readonly nodeId: number;
  readonly config: Config;
  readonly logger: Logger;
  /** Makes up ids of topics; the machine does if absent. */
  readonly newId?: NewId;
}

/** The controller of a single node: the metadata log is its own. */
export class ClusterController implements Controller {
  private readonly log: MetadataLog;
  private readonly nodeId: number;
  private readonly config: Config;
  private readonly logger: Logger;
  private readonly newId: NewId | undefined;

  constructor({ log, nodeId, config, logger, newId }: ClusterControllerOptions) {
    this.log = log;
    this.nodeId = nodeId;
    this.config = config;
    this.logger = logger;
    this.newId = newId;
  }

  async createTopics(topics: readonly NewTopic[], validateOnly: boolean): Promise<Outcome<CreatedTopic>[]> {
    const plan = (image: MetadataImage) => planTopics(topics, image, this.nodeId, this.config, this.newId);
    const outcomes = await this.carryOut(plan, validateOnly);
    if (!validateOnly) for (const outcome of outcomes) if ('done' in outcome) this.tellOf(outcome.done);
    return outcomes;
  }

  async createTopicsOnDemand(names: readonly string[]): Promise<Outcome<CreatedTopic>[]> {
    const outcomes = await this.createTopics(
      names.map((name) => this.usualTopic(name)),
      false,
    );
    return outcomes.map((outcome, i) => ('done' in outcome ? outcome : (this.existing(names[i]!) ?? outcome)));
  }

  private usualTopic(name: string): NewTopic {
    const usual = internalTopic(name, this.config);
    return {
      name,
      numPartitions: usual?.numPartitions ?? -1,
      replicationFactor: usual?.replicationFactor ?? -1,
      assignments: [],
      configs: (usual?.configs ?? []).map(([key, value]) => ({ name: key, value })),
    };
  }

  /** A topic that is there, as if it had been created just now. */
  private existing(name: string): Outcome<CreatedTopic> | null {
    const { image } = this.log;
    const topic = image.topicsByName.get(name);
    if (topic === undefined) return null;
    const { id: topicId, partitions } = topic;
    const replicationFactor = partitions[0]?.replicas.length ?? 1;
    return {
      done: { name, topicId, numPartitions: partitions.length, replicationFactor, configs: image.configs(2, name) },
    };
  }

  createPartitions(topics: readonly NewPartitions[], validateOnly: boolean): Promise<Outcome<void>[]> {
    return this.carryOut((image) => planPartitions(topics, image, this.nodeId), validateOnly);
  }

  async deleteTopics(topicIds: readonly string[]): Promise<Outcome<void>[]> {
    const deleted: string[] = [];
    const outcomes = await this.carryOut((image) => {
      const topics = [...new Set(topicIds)].map((id) => image.topicsById.get(id));
      const records = topics.flatMap((topic): MetadataDraft[] => {
        if (topic === undefined) return [];
        deleted.push(`${topic.name} (${topic.id})`);
        return [{ name: 'RemoveTopicRecord', version: 0, data: { topicId: topic.id } }];
      });
      const outcome = (id: string): Outcome<void> =>
        image.topicsById.has(id) ? { done: undefined } : { refused: errors.UNKNOWN_TOPIC_ID };
      return { records, outcomes: topicIds.map(outcome) };
    }, false);
    for (const topic of deleted) this.logger.info(`deleted topic ${topic}`);
    return outcomes;
  }

  /**
   * Begins a new leader epoch of a partition that this node leads, as an election does that it wins again. Rejects with
   * UNKNOWN_TOPIC_OR_PARTITION, or LEADER_NOT_AVAILABLE where another node leads.
   */
  async leadAnew(topic: string, partition: number): Promise<void> {
    const { nodeId } = this;
    await this.log.change((image) => {
      const found = image.topicsByName.get(topic);
      const leader = found?.partitions[partition]?.leader;
      if (found === undefined || leader === undefined) throw errors.UNKNOWN_TOPIC_OR_PARTITION;
      if (leader !== nodeId) throw errors.LEADER_NOT_AVAILABLE;
      return [[leadAnew(found, partition, { nodeId, metadataVersion: metadataVersion(image) })]];
    });
  }

  async allocateProducerIds(): Promise<{ readonly firstId: number; readonly count: number }> {
    let firstId = -1;
    await this.log.change((image) => {
      firstId = image.nextProducerId;
      const brokerEpoch = image.brokers.get(this.nodeId)?.brokerEpoch ?? -1;
      const data = { brokerId: this.nodeId, brokerEpoch, nextProducerId: firstId + producerIdsPerBlock };
      return [[{ name: 'ProducerIdsRecord', version: 0, data }]];
    });
    return { firstId, count: producerIdsPerBlock };
  }

  /** Checks and writes in one step. */
  private async carryOut<T>(plan: (image: MetadataImage) => Plan<T>, validateOnly: boolean): Promise<Outcome<T>[]> {
    let outcomes: Outcome<T>[] = [];
    await this.log.change((image) => {
      const planned = plan(image);
      outcomes = planned.outcomes;
      return validateOnly ? [] : [planned.records];
    });
    return outcomes;
  }

  private tellOf({ name, topicId, numPartitions }: CreatedTopic): void {
    this.logger.info(
      `created topic ${name} (${topicId}) with ${numPartitions} partition${numPartitions === 1 ? '' : 's'}`,
    );
  }
}
