import { expect } from 'chai';
import { cleanerKeys, idleKeys } from '../../lib/config/idle-keys';
import { differences, kafkaKeys } from '../support/kafka-keys';

describe('idleKeys', () => {
  it('are Kafka’s, and have what 4.4 has added', () => {
    expect(differences(idleKeys, kafkaKeys('broker'))).to.deep.equal([
      'log.remote.copy.lag.bytes: is new',
      'log.remote.copy.lag.ms: is new',
    ]);
  });
});

describe('cleanerKeys', () => {
  it('are Kafka’s', () => {
    expect(differences(cleanerKeys, kafkaKeys('broker'))).to.deep.equal([]);
  });
});
