import { expect } from 'chai';
import { coordinatorKeys } from '../../lib/config/coordinator-keys';
import { differences, kafkaKeys } from '../support/kafka-keys';

describe('coordinatorKeys', () => {
  it('differ from Kafka’s where groups are to be quick, and in the replicas of internal topics', () => {
    expect(differences(coordinatorKeys, kafkaKeys('broker'))).to.deep.equal([
      'group.consumer.assignment.interval.ms: default 50, not 1000',
      'group.consumer.heartbeat.interval.ms: default 1000, not 5000',
      'group.consumer.min.heartbeat.interval.ms: default 1000, not 5000',
      'group.initial.rebalance.delay.ms: default 20, not 3000',
      'offsets.topic.replication.factor: default 1, not 3',
      'share.coordinator.state.topic.min.isr: default 1, not 2',
      'share.coordinator.state.topic.replication.factor: default 1, not 3',
      'transaction.state.log.min.isr: default 1, not 2',
      'transaction.state.log.replication.factor: default 1, not 3',
    ]);
  });
});
