import { expect } from 'chai';
import { securityKeys } from '../../lib/config/security-keys';
import { differences, kafkaKeys } from '../support/kafka-keys';

describe('securityKeys', () => {
  it('are Kafka’s', () => {
    expect(differences(securityKeys, kafkaKeys('broker'))).to.deep.equal([]);
  });

  it('hold every password for a secret', () => {
    const passwords = Object.entries(securityKeys).filter(([name]) => /password|secret|passphrase/.test(name));
    expect(passwords.length).to.be.above(5);
    for (const [name, key] of passwords) expect(key.sensitive, name).to.equal(true);
  });
});
