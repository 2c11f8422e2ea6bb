/**
 * The ids that live in a broker: which there are, and in which fields of Kafka's messages they stand. The one table that
 * replaying, comparing and the spec of both read.
 *
 * A field is found by its name, or by `parent.name` where its name alone means several things. What always holds (a spec
 * goes through every message of Kafka): a field whose name looks like an id is in this table, or in `notRewritten` with a
 * reason.
 *
 * Not done: share sessions (KIP-932). They have no id, but belong to a group, a member and a connection, and are counted by
 * their epoch. A target that has lost one, or heard of it in the middle, answers SHARE_SESSION_NOT_FOUND or
 * INVALID_SHARE_SESSION_EPOCH, and those are told as differences: unlike a fetch session (../fetch-sessions.ts) it is not kept
 * in the target's place, because what a member has acquired is the broker's alone.
 */
import type { Primitive } from '../../protocol/schema';
import { zeroUuid } from '../../uuid';

/** What an id belongs to: the same number is another id in another group. */
export type IdScope = 'broker' | 'group' | 'producer' | 'partition';

export interface IdKind {
  readonly name: string;
  readonly types: readonly Primitive[];
  readonly fields: readonly string[];
  readonly scope: IdScope;
  /** Whether the value stands for "none", "unknown" or "new", which means the same to every broker. */
  isNone(value: unknown): boolean;
  /** Whether the difference between two brokers is the same for all that follow, rather than another one for each. */
  readonly shifts?: boolean;
}

const isNegative = (value: unknown) => (value as number) < 0;
const isNotPositive = (value: unknown) => (value as number) <= 0;
const isEmpty = (value: unknown) => value === '' || value === zeroUuid;

export const idKinds: readonly IdKind[] = [
  { name: 'cluster id', types: ['string'], fields: ['clusterId'], scope: 'broker', isNone: isEmpty },
  { name: 'topic id', types: ['uuid'], fields: ['topicId'], scope: 'broker', isNone: isEmpty },
  {
    name: 'node id',
    types: ['int32'],
    fields: [
      'nodeId',
      'brokerId',
      'brokerIds',
      'leaderId',
      'controllerId',
      'replicaId',
      'replicas',
      'replicaNodes',
      'isrNodes',
      'offlineReplicas',
      'addingReplicas',
      'removingReplicas',
      'eligibleLeaderReplicas',
      'lastKnownElr',
      'preferredReadReplica',
      'voterId',
    ],
    scope: 'broker',
    isNone: isNegative,
  },
  { name: 'member id', types: ['string'], fields: ['memberId', 'leader'], scope: 'broker', isNone: isEmpty },
  {
    // A member's epoch is one that its group once had, so both are one kind.
    name: 'generation or epoch of a group',
    types: ['int32'],
    fields: ['generationId', 'generationIdOrMemberEpoch', 'memberEpoch', 'groupEpoch', 'assignmentEpoch'],
    scope: 'group',
    isNone: isNotPositive,
  },
  {
    name: 'producer id',
    types: ['long'],
    fields: ['producerId', 'producerIdFilters', 'v3AndBelowProducerId', 'ongoingTxnProducerId'],
    scope: 'broker',
    isNone: isNegative,
  },
  {
    name: 'producer epoch',
    types: ['int16', 'int32'],
    fields: ['producerEpoch', 'v3AndBelowProducerEpoch', 'ongoingTxnProducerEpoch'],
    scope: 'producer',
    isNone: isNegative,
  },
  { name: 'fetch session', types: ['int32'], fields: ['sessionId'], scope: 'broker', isNone: (value) => value === 0 },
  {
    name: 'leader epoch',
    types: ['int32'],
    fields: [
      'leaderEpoch',
      'currentLeaderEpoch',
      'committedLeaderEpoch',
      'lastFetchedEpoch',
      'divergingEpoch.epoch',
      'snapshotId.epoch',
    ],
    scope: 'partition',
    isNone: isNegative,
  },
  {
    name: 'offset',
    types: ['long'],
    fields: [
      'baseOffset',
      'fetchOffset',
      'committedOffset',
      'highWatermark',
      'lastStableOffset',
      'logStartOffset',
      'logEndOffset',
      'lowWatermark',
      'offset',
      'startOffset',
      'endOffset',
      'firstOffset',
      'lastOffset',
      'currentTxnStartOffset',
    ],
    scope: 'partition',
    isNone: isNegative,
    shifts: true,
  },
  {
    name: 'directory id',
    types: ['uuid'],
    fields: ['replicaDirectoryId', 'voterDirectoryId'],
    scope: 'broker',
    isNone: isEmpty,
  },
  { name: 'client instance', types: ['uuid'], fields: ['clientInstanceId'], scope: 'broker', isNone: isEmpty },
  { name: 'subscription', types: ['int32'], fields: ['subscriptionId'], scope: 'broker', isNone: () => false },
  { name: 'token id', types: ['string'], fields: ['tokenId'], scope: 'broker', isNone: isEmpty },
];

const brokersOnly = 'brokers and controllers say this to each other; a replay leaves their connections out';
const ofClient = 'chosen by the client, or counted by it';

/** Fields that look like ids and stay as they are; `API>name` is a request's, `API<name` an answer's, `*` any API. */
export const notRewritten: Readonly<Record<string, string>> = {
  '*>groupId': ofClient,
  '*<groupId': ofClient,
  '*>groupIds': ofClient,
  '*>groupInstanceId': ofClient,
  '*<groupInstanceId': ofClient,
  '*>instanceId': ofClient,
  '*<instanceId': ofClient,
  '*<clientId': ofClient,
  '*>transactionalId': ofClient,
  '*<transactionalId': ofClient,
  '*>transactionalIds': ofClient,
  '*>v3AndBelowTransactionalId': ofClient,
  '*>rackId': ofClient,
  '*<rackId': ofClient,
  '*>processId': ofClient,
  '*<processId': ofClient,
  '*>subtopologyId': ofClient,
  '*<subtopologyId': ofClient,
  '*>topologyEpoch': ofClient,
  '*<topologyEpoch': ofClient,
  'StreamsGroupHeartbeat>epoch': ofClient,
  'StreamsGroupDescribe<epoch': ofClient,
  'Fetch>sessionEpoch': 'counted by the client, from 0 in each session',
  '*>shareSessionEpoch': 'counted by the client, from 0 in each session',
  'ElectLeaders<partitionId': 'a partition’s number',
  'StreamsGroupHeartbeat>endpointInformationEpoch': 'not done: of streams groups, which nobody has recorded',
  'StreamsGroupHeartbeat<endpointInformationEpoch': 'not done: of streams groups, which nobody has recorded',
  'DescribeProducers<coordinatorEpoch': 'only told, never asked with: compared as it is',
  'ApiVersions<finalizedFeaturesEpoch': 'only told; it may differ (may-differ.ts)',
  '*<stateEpoch': brokersOnly,
  '*>stateEpoch': brokersOnly,
  'WriteTxnMarkers>coordinatorEpoch': brokersOnly,
  'Fetch>replicaEpoch': brokersOnly,
};

/** APIs that only brokers and controllers use among themselves. */
export const brokerApis: ReadonlySet<string> = new Set([
  'AllocateProducerIds',
  'AlterPartition',
  'AssignReplicasToDirs',
  'BeginQuorumEpoch',
  'BrokerHeartbeat',
  'BrokerRegistration',
  'ControllerRegistration',
  'EndQuorumEpoch',
  'Envelope',
  'FetchSnapshot',
  'UnregisterController',
  'UpdateRaftVoter',
  'Vote',
]);

const byField = new Map(idKinds.flatMap((kind) => kind.fields.map((field) => [field, kind] as const)));

/** The kind of id that a field holds; null if it is none. `parent` is the name of the field around it. */
export function idKindOf(parent: string, name: string, type: Primitive): IdKind | null {
  const kind = byField.get(`${parent}.${name}`) ?? byField.get(name);
  return kind?.types.includes(type) ? kind : null;
}
