import { expect } from 'chai';
import { logKeys } from '../../lib/config/log-keys';
import { differences, kafkaKeys } from '../support/kafka-keys';

describe('logKeys', () => {
  it('differ from Kafka’s in where the logs are, and have what 4.4 has added', () => {
    expect(differences(logKeys, kafkaKeys('broker'))).to.deep.equal([
      'log.dir: default ./data, not /tmp/kafka-logs',
      'max.decompressed.message.bytes: is new',
    ]);
  });
});
