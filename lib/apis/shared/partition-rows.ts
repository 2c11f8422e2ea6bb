/**
 * Partitions as Metadata and DescribeTopicPartitions tell of them.
 */
import { errors } from '../../errors';
import type { Services } from '../../services';
import type { PartitionImage } from '../../storage/metadata-image';
import { brokersOf } from './brokers';

export interface PartitionRow {
  readonly errorCode: number;
  readonly partitionIndex: number;
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly replicaNodes: readonly number[];
  readonly isrNodes: readonly number[];
  readonly offlineReplicas: readonly number[];
}

/**
 * Makes the rows that a client of this listener is given. A partition without a leader that the client can reach has an
 * error: LISTENER_NOT_FOUND if there is one elsewhere, else LEADER_NOT_AVAILABLE. A replica that cannot be reached is
 * offline, and so is this broker's own where the disk has failed.
 */
export function partitionRows(
  services: Services,
  listener: string,
): (topic: string, partition: PartitionImage) => PartitionRow {
  const brokers = brokersOf(services, listener).filter(({ fenced }) => !fenced);
  const reachable = new Set(brokers.map(({ nodeId }) => nodeId));
  const elsewhere = new Set(services.metadata().brokers.keys());

  return (topic, { partition, leader, leaderEpoch, replicas, isr }) => {
    const log = services.topics.byName(topic)?.partition(partition);
    const failed = log !== undefined && log.offline !== null;
    const isOnline = (id: number) => reachable.has(id) && !(failed && id === services.nodeId);
    const led = isOnline(leader);
    const error = !reachable.has(leader) && elsewhere.has(leader) ? 'LISTENER_NOT_FOUND' : 'LEADER_NOT_AVAILABLE';
    return {
      errorCode: led ? 0 : errors[error].code,
      partitionIndex: partition,
      leaderId: led ? leader : -1,
      leaderEpoch,
      replicaNodes: replicas,
      isrNodes: isr,
      offlineReplicas: replicas.filter((id) => !isOnline(id)),
    };
  };
}
