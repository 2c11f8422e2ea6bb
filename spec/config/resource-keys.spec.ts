import { expect } from 'chai';
import { brokerKey } from '../../lib/config/keys';
import { clientMetricsConfigKeys, groupConfigKeys, groupConfigSynonyms } from '../../lib/config/resource-keys';
import { differences, kafkaKeys } from '../support/kafka-keys';

describe('groupConfigKeys', () => {
  it('are Kafka’s but for the defaults that the broker has, and have what 4.4 has added', () => {
    const found = differences(groupConfigKeys, kafkaKeys('group')).filter((what) => !what.includes(': update '));
    expect(found).to.deep.equal([
      'consumer.assignment.interval.ms: default 50, not 1000',
      'consumer.heartbeat.interval.ms: default 1000, not 5000',
      'errors.deadletterqueue.copy.record.enable: is new',
      'errors.deadletterqueue.topic.name: is new',
      'streams.assignor.name: is new',
      'streams.rack.aware.assignment.tags: is new',
    ]);
  });
});

describe('groupConfigSynonyms', () => {
  it('name broker keys of the same type and default', () => {
    for (const [name, synonym] of Object.entries(groupConfigSynonyms)) {
      const [key, broker] = [groupConfigKeys[name as keyof typeof groupConfigKeys], brokerKey(synonym ?? '')];
      expect([broker?.type, broker?.fallback], name).to.deep.equal([key.type, key.fallback]);
    }
  });
});

describe('clientMetricsConfigKeys', () => {
  it('allow an interval of 100 ms to an hour', () => {
    const interval = clientMetricsConfigKeys['interval.ms'];
    const takes = ['99', '100', '3600000', '3600001'].map((text) => 'value' in interval.read(text));
    expect(takes).to.deep.equal([false, true, true, false]);
  });
});
