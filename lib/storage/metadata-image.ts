/**
 * The cluster as the metadata log has it: topics, partitions, configs, brokers, features.
 *
 * An image never changes: metadata-fold.ts applies records to it and gives the next one, which shares all that stayed as
 * it was. Everybody reads it (`services.metadata()`); metadata-log.ts replaces it with every append.
 */
import type { MetadataRecord, RecordData, UnknownRecord } from './metadata-records';
import { ShardedMap } from './sharded-map';

export interface PartitionImage {
  readonly partition: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  /** Node id, −1 for none. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  /** True from an unclean election until the new leader has recovered. */
  readonly recovering: boolean;
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

export interface EndpointImage {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number;
}

export interface BrokerImage {
  readonly nodeId: number;
  readonly incarnationId: string;
  readonly brokerEpoch: number;
  readonly rack: string | null;
  readonly fenced: boolean;
  readonly inControlledShutdown: boolean;
  readonly endpoints: readonly EndpointImage[];
  /** Ids of its log directories; empty from a time when they had none. */
  readonly logDirs: readonly string[];
  /** Ids of those that new partitions avoid; null: it did not say. */
  readonly cordonedLogDirs: readonly string[] | null;
}

/** Resource types of ConfigRecord. */
export type ConfigResourceType = 2 | 4 | 16 | 32;

export interface MetadataImage {
  readonly topicsByName: ReadonlyMap<string, TopicImage>;
  readonly topicsById: ReadonlyMap<string, TopicImage>;
  /** Names that have a '.' or a '_', by what they must not share (topic-names.ts, `collisionKey`). */
  readonly collisions: ReadonlyMap<string, readonly string[]>;
  readonly brokers: ReadonlyMap<number, BrokerImage>;
  readonly controllers: ReadonlyMap<number, RecordData<'RegisterControllerRecord'>>;
  /** Finalized feature levels by name, such as `metadata.version` → 33; level 0 is not listed. */
  readonly features: ReadonlyMap<string, number>;
  /** Offset of the last record that is in the image; −1 for none. */
  readonly lastOffset: number;
  /** Overrides set on a resource; broker resources are named by node id, `` for the cluster-wide default. */
  configs(type: ConfigResourceType, name: string): ReadonlyMap<string, string>;
  /** Overrides of every resource, by `configKey`. */
  readonly allConfigs: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** First producer id of the next block. */
  readonly nextProducerId: number;
  /**
   * Records that nothing here acts on yet, the latest of each thing: client quotas, ACLs, SCRAM credentials, delegation
   * tokens, the ZooKeeper migration. Not lost, so that a snapshot can hold them.
   */
  readonly kept: ReadonlyMap<string, MetadataRecord>;
  /** Records that only a newer Kafka knows, in their order. */
  readonly unknown: readonly UnknownRecord[];
  /** What a transaction has written that has begun and not ended; none of it is in the image. Null: no transaction. */
  readonly transaction: readonly (MetadataRecord | UnknownRecord)[] | null;
}

/** Where a resource's overrides are in `allConfigs`. */
export function configKey(type: number, name: string): string {
  return `${type}:${name}`;
}

const noConfigs: ReadonlyMap<string, string> = new Map();

/** What an image is made of. */
export type ImageParts = Omit<MetadataImage, 'configs'>;

export function imageOf(parts: ImageParts): MetadataImage {
  return Object.freeze({
    ...parts,
    configs: (type: ConfigResourceType, name: string) => parts.allConfigs.get(configKey(type, name)) ?? noConfigs,
  });
}

/** The image of an empty log. */
export const emptyImage: MetadataImage = imageOf({
  topicsByName: new ShardedMap(),
  topicsById: new ShardedMap(),
  collisions: new ShardedMap(),
  brokers: new ShardedMap(),
  controllers: new ShardedMap(),
  features: new ShardedMap(),
  lastOffset: -1,
  allConfigs: new ShardedMap(),
  nextProducerId: 0,
  kept: new ShardedMap(),
  unknown: [],
  transaction: null,
});

/** Level of metadata.version that the log has; 0 as long as it says none. */
export function metadataVersion(image: MetadataImage): number {
  return image.features.get('metadata.version') ?? 0;
}

/** Whether the log keeps eligible leader replicas (KIP-966). */
export function keepsElr(image: MetadataImage): boolean {
  return (image.features.get('eligible.leader.replicas.version') ?? 0) >= 1;
}
