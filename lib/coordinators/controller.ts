/**
 * The controller: checks every change of the cluster and writes it to the metadata log. (contract; implementation to come)
 */
import type { KafkaError } from '../errors';

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

export interface Controller {
  /** One outcome per topic, in order. With validateOnly nothing is written, but a topic id is made up. */
  createTopics(topics: readonly NewTopic[], validateOnly: boolean): Promise<Outcome<CreatedTopic>[]>;
  /** Creates an internal or auto-created topic with its usual configs; at once usable when the promise resolves. */
  createTopicOnDemand(name: string): Promise<Outcome<CreatedTopic>>;
  createPartitions(topics: readonly NewPartitions[], validateOnly: boolean): Promise<Outcome<void>[]>;
  /** By topic id. */
  deleteTopics(topicIds: readonly string[]): Promise<Outcome<void>[]>;
  /** Reserves the next block of producer ids (KIP-730). */
  allocateProducerIds(): Promise<{ readonly firstId: number; readonly count: number }>;
}
