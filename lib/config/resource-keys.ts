/**
 * Configuration keys of groups and of client metrics subscriptions, as Kafka 4.4 has them (KIP-848, KIP-932, KIP-714).
 * Called by whoever lists or checks the configuration of such a resource.
 *
 * Not done: nothing acts on those that do not begin with `consumer.` yet.
 */
import { boolean, int, type Keys, list, string } from './key';
import type { BrokerKey } from './keys';

export const groupConfigKeys = Object.freeze({
  'consumer.assignment.interval.ms': int(50).min(0),
  'consumer.heartbeat.interval.ms': int(1000).min(1),
  'consumer.session.timeout.ms': int(45000).min(1),
  'errors.deadletterqueue.copy.record.enable': boolean(false),
  'errors.deadletterqueue.topic.name': string(''),
  'share.assignment.interval.ms': int(1000).min(0),
  'share.auto.offset.reset': string('latest'),
  'share.delivery.count.limit': int(5).min(2),
  'share.heartbeat.interval.ms': int(5000).min(1),
  'share.isolation.level': string('read_uncommitted').oneOf('read_committed', 'read_uncommitted'),
  'share.partition.max.record.locks': int(2000).min(100),
  'share.record.lock.duration.ms': int(30000).min(1000),
  'share.renew.acknowledge.enable': boolean(true),
  'share.session.timeout.ms': int(45000).min(1),
  'streams.assignment.interval.ms': int(1000).min(0),
  'streams.assignor.name': string('sticky'),
  'streams.heartbeat.interval.ms': int(5000).min(1),
  'streams.initial.rebalance.delay.ms': int(3000).min(0),
  'streams.num.standby.replicas': int(0).min(0),
  'streams.rack.aware.assignment.tags': list([]),
  'streams.session.timeout.ms': int(45000).min(1),
} as const satisfies Keys);

/** Broker keys that a group configuration falls back to. */
export const groupConfigSynonyms: { readonly [name: string]: BrokerKey | undefined } = Object.freeze({
  'consumer.assignment.interval.ms': 'group.consumer.assignment.interval.ms',
  'consumer.heartbeat.interval.ms': 'group.consumer.heartbeat.interval.ms',
  'consumer.session.timeout.ms': 'group.consumer.session.timeout.ms',
  'share.assignment.interval.ms': 'group.share.assignment.interval.ms',
  'share.delivery.count.limit': 'group.share.delivery.count.limit',
  'share.heartbeat.interval.ms': 'group.share.heartbeat.interval.ms',
  'share.partition.max.record.locks': 'group.share.partition.max.record.locks',
  'share.record.lock.duration.ms': 'group.share.record.lock.duration.ms',
  'share.session.timeout.ms': 'group.share.session.timeout.ms',
  'streams.assignment.interval.ms': 'group.streams.assignment.interval.ms',
  'streams.heartbeat.interval.ms': 'group.streams.heartbeat.interval.ms',
  'streams.initial.rebalance.delay.ms': 'group.streams.initial.rebalance.delay.ms',
  'streams.num.standby.replicas': 'group.streams.num.standby.replicas',
  'streams.rack.aware.assignment.tags': 'group.streams.rack.aware.assignment.tags',
  'streams.session.timeout.ms': 'group.streams.session.timeout.ms',
} as const);

export const clientMetricsConfigKeys = Object.freeze({
  'interval.ms': int(300000).min(100).max(3600000),
  match: list([]),
  metrics: list([]),
} as const satisfies Keys);
