/**
 * The records of `__consumer_offsets`: every type that Kafka 4.4 writes for classic and consumer groups and for committed
 * offsets, with its fields. A key is an int16 type and its fields, a value an int16 version and its fields; a null value
 * takes the thing away. group-record-codec.ts makes bytes of them, the groups fold them into what they mean.
 *
 * [!] A nullable tagged struct or array whose definition says only `null` does not default to null but to an empty one,
 * so null is written out: a member of the consumer protocol ends in a tag that says so.
 *
 * Not done: records of share and streams groups, but for what tells that such a group and its members are there.
 */
import {
  array,
  bytes,
  type Draft,
  type Infer,
  int8,
  int16,
  int32,
  long,
  type Schema,
  string,
  struct,
  uuid,
} from '../../protocol/schema';

interface Declared<K extends Schema, V extends Schema> {
  readonly type: number;
  readonly key: K;
  readonly value: V;
  /** Newest version of the value, and the first that is flexible. */
  readonly maxVersion: number;
  readonly flexibleFrom: number;
  /** Version that is written. */
  readonly version: number;
}

function record<K extends Schema, V extends Schema>(
  type: number,
  key: K,
  value: V,
  versions: { max: number; flexibleFrom: number; written: number } = { max: 0, flexibleFrom: 0, written: 0 },
): Declared<K, V> {
  const { max, flexibleFrom, written } = versions;
  return { type, key, value, maxVersion: max, flexibleFrom, version: written };
}

const ofGroup = { groupId: string() };
const ofMember = { groupId: string(), memberId: string() };
const topicPartitions = () => array({ topicId: uuid(), partitions: array(int32()) });
/** Partitions with the epoch in which each was assigned (4.3). */
const assignedPartitions = () =>
  array({
    topicId: uuid(),
    partitions: array(int32()),
    assignmentEpochs: array(int32()).nullable().tag(0, 0).default([]),
  });

const offsetCommitKey = { group: string(), topic: string(), partition: int32() };

/** Every record by the name of Kafka's key, without its ending. */
export const groupRecords = {
  /** As written before Kafka 0.9; means the same as OffsetCommit. */
  LegacyOffsetCommit: record(
    0,
    offsetCommitKey,
    { offset: long(), metadata: string(), commitTimestamp: long() },
    { max: 0, flexibleFrom: 1, written: 0 },
  ),
  OffsetCommit: record(
    1,
    offsetCommitKey,
    {
      offset: long(),
      leaderEpoch: int32().since(3).default(-1),
      metadata: string(),
      commitTimestamp: long(),
      /** Only in version 1, which is written where a client said for how long. */
      expireTimestamp: long().since(1).until(1).default(-1),
      topicId: uuid().tag(0, 4).default('AAAAAAAAAAAAAAAAAAAAAA'),
    },
    { max: 4, flexibleFrom: 4, written: 4 },
  ),
  GroupMetadata: record(
    2,
    { group: string() },
    {
      protocolType: string(),
      generation: int32(),
      protocol: string().nullable(),
      leader: string().nullable(),
      currentStateTimestamp: long().since(2).default(-1),
      members: array({
        memberId: string(),
        groupInstanceId: string().since(3).nullable(3).default(null),
        clientId: string(),
        clientHost: string(),
        rebalanceTimeout: int32().since(1).default(-1),
        sessionTimeout: int32(),
        subscription: bytes(),
        assignment: bytes(),
      }),
    },
    { max: 4, flexibleFrom: 4, written: 3 },
  ),
  ConsumerGroupMetadata: record(3, ofGroup, { epoch: int32(), metadataHash: long().tag(0, 0).default(0) }),
  /** Written up to Kafka 4.0; taken away with the group. */
  ConsumerGroupPartitionMetadata: record(4, ofGroup, {
    topics: array({
      topicId: uuid(),
      topicName: string(),
      numPartitions: int32(),
      partitionMetadata: array({ partition: int32(), racks: array(string()) }),
    }),
  }),
  ConsumerGroupMemberMetadata: record(5, ofMember, {
    instanceId: string().nullable(),
    rackId: string().nullable(),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
    subscribedTopicRegex: string().nullable(),
    rebalanceTimeoutMs: int32().default(-1),
    serverAssignor: string().nullable(),
    /** Null for a member of the consumer protocol; an empty one if the tag is absent. */
    classicMemberMetadata: struct({
      sessionTimeoutMs: int32(),
      supportedProtocols: array({ name: string(), metadata: bytes() }),
    })
      .nullable()
      .tag(0, 0),
  }),
  ConsumerGroupTargetAssignmentMetadata: record(6, ofGroup, {
    assignmentEpoch: int32(),
    assignmentTimestamp: long().tag(0, 0).default(0),
  }),
  ConsumerGroupTargetAssignmentMember: record(7, ofMember, { topicPartitions: topicPartitions() }),
  ConsumerGroupCurrentMemberAssignment: record(8, ofMember, {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    /** 0 STABLE, 1 UNREVOKED_PARTITIONS, 2 UNRELEASED_PARTITIONS. */
    state: int8(),
    assignedPartitions: assignedPartitions(),
    partitionsPendingRevocation: assignedPartitions(),
  }),
  ShareGroupMemberMetadata: record(10, ofMember, {
    rackId: string().nullable(),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
  }),
  ShareGroupMetadata: record(11, ofGroup, { epoch: int32(), metadataHash: long() }),
  ConsumerGroupRegularExpression: record(
    16,
    { groupId: string(), regularExpression: string() },
    { topics: array(string()), version: long(), timestamp: long() },
  ),
  StreamsGroupMetadata: record(17, ofGroup, {
    epoch: int32(),
    metadataHash: long(),
    validatedTopologyEpoch: int32().tag(0, 0).default(-1),
    lastAssignmentConfigs: array({ key: string(), value: string() }).nullable().tag(1, 0).default([]),
    storedDescriptionTopologyEpoch: int32().tag(2, 0).default(-1),
    failedDescriptionTopologyEpoch: int32().tag(3, 0).default(-1),
  }),
  StreamsGroupMemberMetadata: record(19, ofMember, {
    instanceId: string().nullable(),
    rackId: string().nullable(),
    clientId: string(),
    clientHost: string(),
    rebalanceTimeoutMs: int32().default(-1),
    topologyEpoch: int32(),
    processId: string(),
    userEndpoint: struct({ host: string(), port: int16() }).nullable().default(null),
    clientTags: array({ key: string(), value: string() }),
  }),
} as const satisfies Record<string, Declared<Schema, Schema>>;

type Records = typeof groupRecords;
export type GroupRecordName = keyof Records;
export type KeyOf<N extends GroupRecordName> = Infer<Records[N]['key']>;
export type ValueOf<N extends GroupRecordName> = Infer<Records[N]['value']>;

/** A record as it was read; `value` is null where the thing is taken away. */
export type GroupRecord<N extends GroupRecordName = GroupRecordName> = {
  [E in N]: { readonly name: E; readonly key: KeyOf<E>; readonly value: ValueOf<E> | null };
}[N];

/** The group that a record is about. */
export function groupIdOf(key: GroupRecord['key']): string {
  return 'group' in key ? key.group : key.groupId;
}

/** A record to be written, in the version that is written today unless it says another. */
export type GroupRecordDraft<N extends GroupRecordName = GroupRecordName> = {
  [E in N]: {
    readonly name: E;
    readonly key: KeyOf<E>;
    readonly value: Draft<Records[E]['value']> | null;
    readonly version?: number;
  };
}[N];
