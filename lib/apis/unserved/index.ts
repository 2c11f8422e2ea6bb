/**
 * Every API of Kafka 4.4 that this broker does not answer: its messages alone, one file each, one line here. They are for
 * whoever reads traffic. Who comes to serve one moves its file up and adds what answers it.
 *
 * Only ../exchanges.ts loads this folder, and only when it is asked.
 */
import type { Exchange } from '../../protocol/exchange';
import { addOffsetsToTxn } from './add-offsets-to-txn';
import { addPartitionsToTxn } from './add-partitions-to-txn';
import { addRaftVoter } from './add-raft-voter';
import { allocateProducerIds } from './allocate-producer-ids';
import { alterClientQuotas } from './alter-client-quotas';
import { alterConfigs } from './alter-configs';
import { alterPartition } from './alter-partition';
import { alterPartitionReassignments } from './alter-partition-reassignments';
import { alterReplicaLogDirs } from './alter-replica-log-dirs';
import { alterShareGroupOffsets } from './alter-share-group-offsets';
import { alterUserScramCredentials } from './alter-user-scram-credentials';
import { assignReplicasToDirs } from './assign-replicas-to-dirs';
import { beginQuorumEpoch } from './begin-quorum-epoch';
import { brokerHeartbeat } from './broker-heartbeat';
import { brokerRegistration } from './broker-registration';
import { controllerRegistration } from './controller-registration';
import { createAcls } from './create-acls';
import { createDelegationToken } from './create-delegation-token';
import { deleteAcls } from './delete-acls';
import { deleteRecords } from './delete-records';
import { deleteShareGroupOffsets } from './delete-share-group-offsets';
import { deleteShareGroupState } from './delete-share-group-state';
import { describeAcls } from './describe-acls';
import { describeClientQuotas } from './describe-client-quotas';
import { describeDelegationToken } from './describe-delegation-token';
import { describeLogDirs } from './describe-log-dirs';
import { describeProducers } from './describe-producers';
import { describeQuorum } from './describe-quorum';
import { describeShareGroupOffsets } from './describe-share-group-offsets';
import { describeTransactions } from './describe-transactions';
import { describeUserScramCredentials } from './describe-user-scram-credentials';
import { electLeaders } from './elect-leaders';
import { endQuorumEpoch } from './end-quorum-epoch';
import { endTxn } from './end-txn';
import { envelope } from './envelope';
import { expireDelegationToken } from './expire-delegation-token';
import { fetchSnapshot } from './fetch-snapshot';
import { getTelemetrySubscriptions } from './get-telemetry-subscriptions';
import { incrementalAlterConfigs } from './incremental-alter-configs';
import { initializeShareGroupState } from './initialize-share-group-state';
import { listConfigResources } from './list-config-resources';
import { listPartitionReassignments } from './list-partition-reassignments';
import { listTransactions } from './list-transactions';
import { pushTelemetry } from './push-telemetry';
import { readShareGroupState } from './read-share-group-state';
import { readShareGroupStateSummary } from './read-share-group-state-summary';
import { removeRaftVoter } from './remove-raft-voter';
import { renewDelegationToken } from './renew-delegation-token';
import { saslAuthenticate } from './sasl-authenticate';
import { saslHandshake } from './sasl-handshake';
import { shareAcknowledge } from './share-acknowledge';
import { shareFetch } from './share-fetch';
import { shareGroupDescribe } from './share-group-describe';
import { shareGroupHeartbeat } from './share-group-heartbeat';
import { streamsGroupDescribe } from './streams-group-describe';
import { streamsGroupHeartbeat } from './streams-group-heartbeat';
import { streamsGroupTopologyDescriptionUpdate } from './streams-group-topology-description-update';
import { txnOffsetCommit } from './txn-offset-commit';
import { unregisterBroker } from './unregister-broker';
import { unregisterController } from './unregister-controller';
import { updateFeatures } from './update-features';
import { updateRaftVoter } from './update-raft-voter';
import { vote } from './vote';
import { writeShareGroupState } from './write-share-group-state';
import { writeTxnMarkers } from './write-txn-markers';

export const unserved: readonly Exchange[] = [
  saslHandshake,
  deleteRecords,
  addPartitionsToTxn,
  addOffsetsToTxn,
  endTxn,
  writeTxnMarkers,
  txnOffsetCommit,
  describeAcls,
  createAcls,
  deleteAcls,
  alterConfigs,
  alterReplicaLogDirs,
  describeLogDirs,
  saslAuthenticate,
  createDelegationToken,
  renewDelegationToken,
  expireDelegationToken,
  describeDelegationToken,
  electLeaders,
  incrementalAlterConfigs,
  alterPartitionReassignments,
  listPartitionReassignments,
  describeClientQuotas,
  alterClientQuotas,
  describeUserScramCredentials,
  alterUserScramCredentials,
  vote,
  beginQuorumEpoch,
  endQuorumEpoch,
  describeQuorum,
  alterPartition,
  updateFeatures,
  envelope,
  fetchSnapshot,
  describeProducers,
  brokerRegistration,
  brokerHeartbeat,
  unregisterBroker,
  describeTransactions,
  listTransactions,
  allocateProducerIds,
  controllerRegistration,
  getTelemetrySubscriptions,
  pushTelemetry,
  assignReplicasToDirs,
  listConfigResources,
  shareGroupHeartbeat,
  shareGroupDescribe,
  shareFetch,
  shareAcknowledge,
  addRaftVoter,
  removeRaftVoter,
  updateRaftVoter,
  initializeShareGroupState,
  readShareGroupState,
  writeShareGroupState,
  deleteShareGroupState,
  readShareGroupStateSummary,
  streamsGroupHeartbeat,
  streamsGroupDescribe,
  describeShareGroupOffsets,
  alterShareGroupOffsets,
  deleteShareGroupOffsets,
  streamsGroupTopologyDescriptionUpdate,
  unregisterController,
];
