/**
 * The cluster as the metadata log has it: topics, partitions, configs, brokers, features. (contract; fold to come)
 * An image never changes; applying records gives the next one.
 */

export interface PartitionImage {
  readonly partition: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  /** Node id, −1 for none. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly removingReplicas: readonly number[];
  readonly addingReplicas: readonly number[];
  /** Log directory ids, one per replica; empty where the record had none. */
  readonly directories: readonly string[];
  readonly eligibleLeaderReplicas: readonly number[];
  readonly lastKnownElr: readonly number[];
}

export interface TopicImage {
  readonly name: string;
  /** 22 characters of base64url. */
  readonly id: string;
  /** By partition index, which counts up from 0. */
  readonly partitions: readonly PartitionImage[];
}

export interface BrokerImage {
  readonly nodeId: number;
  readonly brokerEpoch: number;
  readonly rack: string | null;
  readonly fenced: boolean;
  readonly endpoints: readonly { readonly name: string; readonly host: string; readonly port: number }[];
}

/** Resource types of ConfigRecord. */
export type ConfigResourceType = 2 | 4 | 16 | 32;

export interface MetadataImage {
  readonly topicsByName: ReadonlyMap<string, TopicImage>;
  readonly topicsById: ReadonlyMap<string, TopicImage>;
  readonly brokers: ReadonlyMap<number, BrokerImage>;
  /** Finalized feature levels by name, such as `metadata.version` → 33; level 0 is not listed. */
  readonly features: ReadonlyMap<string, number>;
  /** Offset of the last record that is in the image; −1 for none. */
  readonly lastOffset: number;
  /** Overrides set on a resource; broker resources are named by node id, `` for the cluster-wide default. */
  configs(type: ConfigResourceType, name: string): ReadonlyMap<string, string>;
  /** First producer id of the next block. */
  readonly nextProducerId: number;
}
