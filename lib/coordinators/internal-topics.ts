/**
 * How the broker's own topics are made: partitions, replicas and configs by the coordinators' keys (Kafka's
 * AutoTopicCreationManager). Called by the controller when one is asked for the first time.
 */
import type { Config } from '../config';
import { internalTopics } from '../topic-names';

export interface InternalTopic {
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly configs: readonly (readonly [name: string, value: string])[];
}

/** What an internal topic is to be; undefined for every other topic. */
export function internalTopic(name: string, config: Config): InternalTopic | undefined {
  switch (name) {
    case internalTopics.offsets:
      return {
        numPartitions: config['offsets.topic.num.partitions'],
        replicationFactor: config['offsets.topic.replication.factor'],
        configs: [
          ['compression.type', 'producer'],
          ['cleanup.policy', 'compact'],
          ['segment.bytes', String(config['offsets.topic.segment.bytes'])],
        ],
      };
    case internalTopics.transactions:
      return {
        numPartitions: config['transaction.state.log.num.partitions'],
        replicationFactor: config['transaction.state.log.replication.factor'],
        configs: [
          ['compression.type', 'uncompressed'],
          ['cleanup.policy', 'compact'],
          ['min.insync.replicas', String(config['transaction.state.log.min.isr'])],
          ['segment.bytes', String(config['transaction.state.log.segment.bytes'])],
          ['unclean.leader.election.enable', 'false'],
        ],
      };
    case internalTopics.shareGroups:
      return {
        numPartitions: config['share.coordinator.state.topic.num.partitions'],
        replicationFactor: config['share.coordinator.state.topic.replication.factor'],
        configs: [
          ['compression.type', 'producer'],
          ['cleanup.policy', 'delete'],
          ['min.insync.replicas', String(config['share.coordinator.state.topic.min.isr'])],
          ['segment.bytes', String(config['share.coordinator.state.topic.segment.bytes'])],
          ['retention.ms', '-1'],
        ],
      };
    default:
      return undefined;
  }
}
