/**
 * The records of the metadata log: every type that Kafka 4.4 knows, with its fields.
 *
 * The log `__cluster_metadata` is the cluster: topics, partitions, configs, brokers, features. metadata-frame.ts makes
 * bytes of these records, metadata-image.ts folds them into what they mean. Transcribed from Kafka's message definitions.
 */
import {
  array,
  bool,
  bytes,
  type Draft,
  float64,
  type Infer,
  int8,
  int16,
  int32,
  long,
  type Schema,
  string,
  uint16,
  uuid,
} from '../protocol/schema';

const endPoints = () => array({ name: string(), host: string(), port: uint16(), securityProtocol: int16() });
const features = () => array({ name: string(), minSupportedVersion: int16(), maxSupportedVersion: int16() });
const ids = () => array(int32());
const uuids = () => array(uuid());

function record<const T extends number, S extends Schema>(type: T, maxVersion: number, fields: S) {
  return { type, maxVersion, fields };
}

/** Every record by Kafka's name; versions run from 0 to `maxVersion` and are all flexible. */
export const metadataRecords = {
  RegisterBrokerRecord: record(0, 4, {
    brokerId: int32(),
    isMigratingZkBroker: bool().since(2).default(false),
    incarnationId: uuid(),
    brokerEpoch: long(),
    endPoints: endPoints(),
    features: features(),
    rack: string().nullable(),
    fenced: bool().default(true),
    inControlledShutdown: bool().since(1).default(false),
    logDirs: uuids().tag(0, 3),
    cordonedLogDirs: uuids().nullable().tag(1, 4).default(null),
  }),
  UnregisterBrokerRecord: record(1, 0, { brokerId: int32(), brokerEpoch: long() }),
  TopicRecord: record(2, 0, { name: string(), topicId: uuid() }),
  PartitionRecord: record(3, 2, {
    partitionId: int32().default(-1),
    topicId: uuid(),
    replicas: ids(),
    isr: ids(),
    removingReplicas: ids(),
    addingReplicas: ids(),
    leader: int32().default(-1),
    /** 0 recovered, 1 recovering from an unclean election. */
    leaderRecoveryState: int8().tag(0, 0).default(0),
    leaderEpoch: int32().default(-1),
    partitionEpoch: int32().default(-1),
    directories: uuids().since(1),
    eligibleLeaderReplicas: ids().nullable().tag(1, 2).default(null),
    lastKnownElr: ids().nullable().tag(2, 2).default(null),
  }),
  /** Resource types: 2 topic, 4 broker (name "" for all), 16 client metrics, 32 group. A null value takes the key away. */
  ConfigRecord: record(4, 0, {
    resourceType: int8(),
    resourceName: string(),
    name: string(),
    value: string().nullable(),
  }),
  /** Fields with their default say: no change. Leader −1 is none. */
  PartitionChangeRecord: record(5, 2, {
    partitionId: int32().default(-1),
    topicId: uuid(),
    isr: ids().nullable().tag(0, 0).default(null),
    leader: int32().tag(1, 0).default(-2),
    replicas: ids().nullable().tag(2, 0).default(null),
    removingReplicas: ids().nullable().tag(3, 0).default(null),
    addingReplicas: ids().nullable().tag(4, 0).default(null),
    leaderRecoveryState: int8().tag(5, 0).default(-1),
    directories: uuids().nullable().tag(8, 1).default(null),
    eligibleLeaderReplicas: ids().nullable().tag(6, 2).default(null),
    lastKnownElr: ids().nullable().tag(7, 2).default(null),
  }),
  FenceBrokerRecord: record(7, 0, { id: int32(), epoch: long() }),
  UnfenceBrokerRecord: record(8, 0, { id: int32(), epoch: long() }),
  RemoveTopicRecord: record(9, 0, { topicId: uuid() }),
  DelegationTokenRecord: record(10, 0, {
    owner: string(),
    requester: string(),
    renewers: array(string()),
    issueTimestamp: long(),
    maxTimestamp: long(),
    expirationTimestamp: long(),
    tokenId: string(),
  }),
  UserScramCredentialRecord: record(11, 0, {
    name: string(),
    mechanism: int8(),
    salt: bytes(),
    storedKey: bytes(),
    serverKey: bytes(),
    iterations: int32(),
  }),
  FeatureLevelRecord: record(12, 0, { name: string(), featureLevel: int16() }),
  ClientQuotaRecord: record(14, 0, {
    entity: array({ entityType: string(), entityName: string().nullable() }),
    key: string(),
    value: float64(),
    remove: bool(),
  }),
  ProducerIdsRecord: record(15, 0, { brokerId: int32(), brokerEpoch: long().default(-1), nextProducerId: long() }),
  /** Fenced: 0 no change, 1 fence, −1 unfence. */
  BrokerRegistrationChangeRecord: record(17, 3, {
    brokerId: int32(),
    brokerEpoch: long(),
    fenced: int8().tag(0, 0),
    inControlledShutdown: int8().tag(1, 1),
    logDirs: uuids().tag(2, 2),
    cordonedLogDirs: uuids().nullable().tag(3, 3).default(null),
  }),
  AccessControlEntryRecord: record(18, 0, {
    id: uuid(),
    resourceType: int8(),
    resourceName: string(),
    patternType: int8(),
    principal: string(),
    host: string(),
    operation: int8(),
    permissionType: int8(),
  }),
  RemoveAccessControlEntryRecord: record(19, 0, { id: uuid() }),
  NoOpRecord: record(20, 0, {}),
  ZkMigrationStateRecord: record(21, 0, { zkMigrationState: int8() }),
  RemoveUserScramCredentialRecord: record(22, 0, { name: string(), mechanism: int8() }),
  BeginTransactionRecord: record(23, 0, { name: string().nullable().tag(0, 0).default(null) }),
  EndTransactionRecord: record(24, 0, {}),
  AbortTransactionRecord: record(25, 0, { reason: string().nullable().tag(0, 0).default(null) }),
  RemoveDelegationTokenRecord: record(26, 0, { tokenId: string() }),
  RegisterControllerRecord: record(27, 0, {
    controllerId: int32(),
    incarnationId: uuid(),
    zkMigrationReady: bool(),
    endPoints: endPoints(),
    features: features(),
  }),
  /** Topic name "": every topic. */
  ClearElrRecord: record(28, 0, { topicName: string() }),
  UnregisterControllerRecord: record(29, 0, { controllerId: int32() }),
};

type Records = typeof metadataRecords;

export type RecordName = keyof Records;

/** The fields of a record as they were read. */
export type RecordData<N extends RecordName> = Infer<Records[N]['fields']>;

/** A record to write; fields that have their default may be left out. */
export type MetadataDraft = {
  [N in RecordName]: { readonly name: N; readonly version: number; readonly data: Draft<Records[N]['fields']> };
}[RecordName];

/** A record that was read. `name` says which, and with it what `data` holds. */
export type MetadataRecord = {
  [N in RecordName]: { readonly name: N; readonly version: number; readonly data: RecordData<N> };
}[RecordName];

/** A record of a type or version that only a newer Kafka knows. */
export interface UnknownRecord {
  readonly name: 'Unknown';
  readonly type: number;
  readonly version: number;
  /** The whole value as it lies in the log. */
  readonly frame: Buffer;
}
