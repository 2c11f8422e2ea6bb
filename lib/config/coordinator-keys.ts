/**
 * Broker keys of the coordinators and of their own topics. Part of the table in keys.ts.
 */
import { codec } from './checks';
import { int, type Keys, short } from './key';

export const coordinatorKeys = {
  'offsets.topic.compression.codec': int(0)
    .check(codec)
    .idle()
    .doc('Codec of the batches in __consumer_offsets: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.'),
  'offsets.topic.num.partitions': int(50).min(1).doc('Partitions that __consumer_offsets is created with.'),
  'offsets.topic.replication.factor': short(1)
    .min(1)
    .doc('Replicas that __consumer_offsets is created with; 1 because Millrace is one node (Kafka: 3).'),
  'offsets.topic.segment.bytes': int(104857600).min(1).doc('Segment size that __consumer_offsets is created with.'),
  'share.coordinator.state.topic.min.isr': short(1)
    .min(1)
    .doc('In-sync replicas that __share_group_state is created with; 1 because Millrace is one node (Kafka: 2).'),
  'share.coordinator.state.topic.num.partitions': int(50)
    .min(1)
    .doc('Partitions that __share_group_state is created with.'),
  'share.coordinator.state.topic.replication.factor': short(1)
    .min(1)
    .doc('Replicas that __share_group_state is created with; 1 because Millrace is one node (Kafka: 3).'),
  'share.coordinator.state.topic.segment.bytes': int(104857600)
    .min(1)
    .doc('Segment size that __share_group_state is created with.'),
  'transaction.state.log.min.isr': int(1)
    .min(1)
    .doc('In-sync replicas that __transaction_state is created with; 1 because Millrace is one node (Kafka: 2).'),
  'transaction.state.log.num.partitions': int(50).min(1).doc('Partitions that __transaction_state is created with.'),
  'transaction.state.log.replication.factor': short(1)
    .min(1)
    .doc('Replicas that __transaction_state is created with; 1 because Millrace is one node (Kafka: 3).'),
  'transaction.state.log.segment.bytes': int(104857600)
    .min(1)
    .doc('Segment size that __transaction_state is created with.'),
  'transaction.max.timeout.ms': int(900000)
    .min(1)
    .doc('Longest time-out that a producer may ask for its transactions.'),
} as const satisfies Keys;
