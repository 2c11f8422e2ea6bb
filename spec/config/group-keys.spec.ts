import { expect } from 'chai';
import { groupKeys, transactionKeys } from '../../lib/config/group-keys';
import { differences, kafkaKeys } from '../support/kafka-keys';

describe('groupKeys', () => {
  it('are Kafka’s, and have what 4.4 has added', () => {
    expect(differences(groupKeys, kafkaKeys('broker'))).to.deep.equal([
      'group.streams.rack.aware.assignment.tags: is new',
      'group.streams.assignors: is new',
      'group.streams.topology.description.plugin.class: is new',
    ]);
  });
});

describe('transactionKeys', () => {
  it('are Kafka’s, and have what 4.4 has added', () => {
    expect(differences(transactionKeys, kafkaKeys('broker'))).to.deep.equal([
      'errors.deadletterqueue.topic.name.prefix: is new',
      'errors.deadletterqueue.auto.create.topics.enable: is new',
    ]);
  });
});
