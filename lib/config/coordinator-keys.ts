/**
 * Broker keys of the coordinators and of their own topics. Part of the table in keys.ts.
 */
import { codec, migrationPolicy } from './checks';
import { int, type Keys, list, long, maxInt, short, string } from './key';

export const coordinatorKeys = {
  'group.consumer.assignment.interval.ms': int(50)
    .min(0)
    .dynamic()
    .doc('Shortest time between two new assignments of a consumer group (Kafka: 1000, to spare a busy coordinator).'),
  'group.consumer.assignors': list(['uniform', 'range'])
    .filled()
    .doc('Assignors that consumer groups may use; the first is the default.'),
  'group.consumer.heartbeat.interval.ms': int(1000)
    .min(1)
    .doc(
      'Time between two heartbeats of a member of a consumer group; its members learn of changes by them (Kafka: 5000).',
    ),
  'group.consumer.max.assignment.interval.ms': int(15000).min(0).doc('Longest assignment interval of a single group.'),
  'group.consumer.max.heartbeat.interval.ms': int(15000).min(1).doc('Longest heartbeat interval of a single group.'),
  'group.consumer.max.session.timeout.ms': int(60000).min(1).doc('Longest session time-out of a single group.'),
  'group.consumer.max.size': int(maxInt).min(1).doc('Members that a consumer group may have.'),
  'group.consumer.migration.policy': string('bidirectional')
    .check(migrationPolicy)
    .doc('Which conversions between classic and consumer groups are made.'),
  'group.consumer.min.assignment.interval.ms': int(0).min(0).doc('Shortest assignment interval of a single group.'),
  'group.consumer.min.heartbeat.interval.ms': int(1000)
    .min(1)
    .doc('Shortest heartbeat interval of a single group (Kafka: 5000).'),
  'group.consumer.min.session.timeout.ms': int(45000).min(1).doc('Shortest session time-out of a single group.'),
  'group.consumer.regex.refresh.interval.ms': int(600000)
    .min(10000)
    .hide()
    .doc('Time after which the topics of a regular expression are looked up anew.'),
  'group.consumer.session.timeout.ms': int(45000)
    .min(1)
    .doc('Time without a heartbeat after which a member of a consumer group is out.'),
  'group.coordinator.rebalance.protocols': list(['classic', 'consumer', 'streams'])
    .filled()
    .oneOf('consumer', 'classic', 'share', 'streams')
    .doc('Group protocols that are offered.'),
  'group.coordinator.threads': int(4).min(1).doc('Partitions of __consumer_offsets that are loaded at a time.'),
  'group.initial.rebalance.delay.ms': int(20).doc(
    'Time that an empty classic group waits for more members before its first rebalance, and again for each that comes (Kafka: 3000).',
  ),
  'group.max.session.timeout.ms': int(1800000).doc(
    'Longest session time-out that a member of a classic group may ask for.',
  ),
  'group.max.size': int(maxInt).min(1).doc('Members that a classic group may have.'),
  'group.min.session.timeout.ms': int(6000).doc(
    'Shortest session time-out that a member of a classic group may ask for.',
  ),
  'offset.metadata.max.bytes': int(4096).doc('Longest text that may be stored with a committed offset.'),
  'offsets.load.buffer.size': int(5242880)
    .min(1)
    .doc('Bytes of __consumer_offsets that are read at a time when it is loaded.'),
  'offsets.retention.check.interval.ms': long(600000).min(1).doc('Time between two looks for offsets to drop.'),
  'offsets.retention.minutes': int(10080).min(1).doc('Time after which the offsets of an empty group are dropped.'),
  'offsets.topic.compression.codec': int(0)
    .check(codec)
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
