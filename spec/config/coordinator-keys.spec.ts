import { expect } from 'chai';
import { coordinatorKeys } from '../../lib/config/coordinator-keys';
import { differences, kafkaKeys } from '../support/kafka-keys';

describe('coordinatorKeys', () => {
  it('differ from Kafka’s in the replicas of internal topics, of which a single node has one', () => {
    expect(differences(coordinatorKeys, kafkaKeys('broker'))).to.deep.equal([
      'offsets.topic.replication.factor: default 1, not 3',
      'share.coordinator.state.topic.min.isr: default 1, not 2',
      'share.coordinator.state.topic.replication.factor: default 1, not 3',
      'transaction.state.log.min.isr: default 1, not 2',
      'transaction.state.log.replication.factor: default 1, not 3',
    ]);
  });
});
