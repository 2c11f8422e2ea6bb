/**
 * Features of the cluster (KIP-584): which levels this broker can work with, and which a new cluster begins with.
 *
 * The level of `metadata.version` says which records may be written to the metadata log; metadata-frame.ts knows what
 * each needs. A new cluster gets the levels of Apache Kafka 4.3, so that Kafka 4.3 and later start on its directories.
 */

export interface FeatureRange {
  readonly min: number;
  readonly max: number;
}

/** Levels that may be finalized, by feature. A log with other levels of metadata.version is refused at start. */
export const supportedFeatures: Readonly<Record<string, FeatureRange>> = Object.freeze({
  'metadata.version': { min: 7, max: 33 },
  'eligible.leader.replicas.version': { min: 0, max: 1 },
  'group.version': { min: 0, max: 1 },
  'kraft.version': { min: 0, max: 1 },
  'share.version': { min: 0, max: 2 },
  'streams.version': { min: 0, max: 1 },
  'transaction.version': { min: 0, max: 2 },
});

/** What a new cluster begins with, in the order in which Kafka writes it: metadata.version first, the rest by name. */
export const initialFeatures: readonly (readonly [name: string, level: number])[] = Object.freeze([
  ['metadata.version', 30],
  ['eligible.leader.replicas.version', 1],
  ['group.version', 1],
  ['share.version', 1],
  ['streams.version', 1],
  ['transaction.version', 2],
] as const);

/** Levels of metadata.version from which on something may be written (org.apache.kafka.server.common.MetadataVersion). */
export const metadataVersions = {
  /** RegisterBroker 2. */
  '3.4-IV0': 8,
  /** BeginTransaction, EndTransaction, AbortTransaction. */
  '3.6-IV1': 13,
  /** RegisterController. */
  '3.7-IV0': 15,
  /** Directories of replicas: RegisterBroker 3, Partition 1, PartitionChange 1. */
  '3.7-IV2': 17,
  /** Eligible leader replicas: Partition 2, PartitionChange 2, ClearElr. */
  '4.0-IV1': 23,
  /** Cordoned log directories: RegisterBroker 4, BrokerRegistrationChange 3. */
  '4.3-IV0': 30,
} as const;
