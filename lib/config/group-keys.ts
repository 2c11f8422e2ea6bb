/**
 * Broker keys of consumer groups of every kind, of their offsets, and of transactions.
 * Part of the table in keys.ts, where they are marked as without effect.
 *
 * Not done: nothing acts on them yet; a key that gets an effect moves to coordinator-keys.ts.
 */
import { codec } from './checks';
import { boolean, className, int, type Keys, list, maxInt, string } from './key';

export const groupKeys = {
  'group.coordinator.append.linger.ms': int(-1).min(-1),
  'group.coordinator.background.threads': int(2).min(1),
  'group.coordinator.cached.buffer.max.bytes': int(1048588).min(524288).dynamic(),
  'group.share.assignment.interval.ms': int(1000).min(0).dynamic(),
  'group.share.assignors': list(['simple']).filled(),
  'group.share.delivery.count.limit': int(5).min(2).max(10),
  'group.share.heartbeat.interval.ms': int(5000).min(1),
  'group.share.initialize.retry.interval.ms': int(30000).min(1).hide(),
  'group.share.max.assignment.interval.ms': int(15000).min(0),
  'group.share.max.delivery.count.limit': int(10).min(5).max(25),
  'group.share.max.heartbeat.interval.ms': int(15000).min(1),
  'group.share.max.partition.max.record.locks': int(4000).min(2000).max(10000),
  'group.share.max.record.lock.duration.ms': int(60000).min(30000).max(3600000),
  'group.share.max.session.timeout.ms': int(60000).min(1),
  'group.share.max.share.sessions': int(2000).min(1),
  'group.share.max.size': int(200).min(1).max(1000),
  'group.share.min.assignment.interval.ms': int(0).min(0),
  'group.share.min.delivery.count.limit': int(2).min(2).max(5),
  'group.share.min.heartbeat.interval.ms': int(5000).min(1),
  'group.share.min.partition.max.record.locks': int(100).min(100).max(2000),
  'group.share.min.record.lock.duration.ms': int(15000).min(1000).max(30000),
  'group.share.min.session.timeout.ms': int(45000).min(1),
  'group.share.partition.max.record.locks': int(2000).min(100).max(10000),
  'group.share.persister.class.name': string('org.apache.kafka.server.share.persister.DefaultStatePersister').hide(),
  'group.share.record.lock.duration.ms': int(30000).min(1000).max(3600000),
  'group.share.session.timeout.ms': int(45000).min(1),
  'group.streams.assignment.interval.ms': int(1000).min(0).dynamic(),
  'group.streams.heartbeat.interval.ms': int(5000).min(1),
  'group.streams.initial.rebalance.delay.ms': int(3000).min(0),
  'group.streams.max.assignment.interval.ms': int(15000).min(0),
  'group.streams.max.heartbeat.interval.ms': int(15000).min(1),
  'group.streams.max.session.timeout.ms': int(60000).min(1),
  'group.streams.max.size': int(maxInt).min(1),
  'group.streams.max.standby.replicas': int(2).min(0),
  'group.streams.min.assignment.interval.ms': int(0).min(0),
  'group.streams.min.heartbeat.interval.ms': int(5000).min(1),
  'group.streams.min.session.timeout.ms': int(45000).min(1),
  'group.streams.num.standby.replicas': int(0).min(0),
  'group.streams.session.timeout.ms': int(45000).min(1),
  'offsets.commit.timeout.ms': int(5000)
    .min(1)
    .doc('Time that a commit of offsets may take before it is answered with a time-out.'),
  'share.coordinator.append.linger.ms': int(-1).min(-1),
  'share.coordinator.cached.buffer.max.bytes': int(1048588).min(524288).dynamic(),
  'share.coordinator.cold.partition.snapshot.interval.ms': int(300000).min(1).hide(),
  'share.coordinator.load.buffer.size': int(5242880).min(1),
  'share.coordinator.snapshot.update.records.per.snapshot': int(500).min(0).max(500),
  'share.coordinator.state.topic.compression.codec': int(0).check(codec),
  'share.coordinator.state.topic.prune.interval.ms': int(300000).min(1).hide(),
  'share.coordinator.threads': int(1).min(1),
  'share.coordinator.write.timeout.ms': int(5000).min(1),
  'share.fetch.purgatory.purge.interval.requests': int(1000),
  'group.streams.rack.aware.assignment.tags': list([]),
  'group.streams.assignors': list(['sticky']),
  'group.streams.topology.description.plugin.class': className(null),
} as const satisfies Keys;

export const transactionKeys = {
  'add.partitions.to.txn.retry.backoff.max.ms': int(100).min(0),
  'add.partitions.to.txn.retry.backoff.ms': int(20).min(1),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int(10000).min(1),
  'transaction.partition.verification.enable': boolean(true)
    .dynamic()
    .doc('Whether the coordinator is asked that a partition is part of the transaction before it is written to.'),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int(3600000).min(1),
  'transaction.state.log.load.buffer.size': int(5242880).min(1),
  'transaction.two.phase.commit.enable': boolean(false),
  'transactional.id.expiration.ms': int(604800000)
    .min(1)
    .doc('Time after which an unused transactional id is forgotten.'),
  'errors.deadletterqueue.topic.name.prefix': string('dlq.'),
  'errors.deadletterqueue.auto.create.topics.enable': boolean(false),
} as const satisfies Keys;
