import { expect } from 'chai';
import type { Keys } from '../../lib/config/key';
import { brokerKey } from '../../lib/config/keys';
import { brokerSynonyms, topicConfigKeys } from '../../lib/config/topic-keys';
import { differences, kafkaKeys } from '../support/kafka-keys';

const keys: Keys = topicConfigKeys;

describe('topicConfigKeys', () => {
  it('are Kafka’s, and have what 4.4 has added', () => {
    const kafka = kafkaKeys('topic');
    expect(differences(keys, kafka).filter((what) => !what.includes(': update '))).to.deep.equal([
      'errors.deadletterqueue.group.enable: is new',
      'max.decompressed.message.bytes: is new',
      'remote.copy.lag.bytes: is new',
      'remote.copy.lag.ms: is new',
    ]);
    expect([...kafka.keys()].filter((name) => keys[name] === undefined)).to.deep.equal([]);
  });

  it('are the 37 that Kafka 4.4 lists, and one that it hides', () => {
    const hidden = Object.keys(keys).filter((name) => keys[name]?.hidden);
    expect([Object.keys(keys).length, hidden]).to.deep.equal([38, ['internal.segment.bytes']]);
  });

  it('have a sentence each', () => {
    for (const [name, key] of Object.entries(keys)) expect(key.documentation, name).to.match(/^[A-Z].*\.$/);
  });
});

describe('brokerSynonyms', () => {
  it('name broker keys, the first of the same type and, if it stands alone, the same default', () => {
    for (const [name, names] of Object.entries(brokerSynonyms)) {
      const [first, ...others] = names.map((synonym) => brokerKey(synonym));
      expect(first?.type, name).to.equal(keys[name]?.type);
      if (others.length === 0) expect(first?.fallback, name).to.deep.equal(keys[name]?.fallback);
      else expect([first, ...others].includes(undefined), name).to.equal(false);
    }
  });
});
