import { expect } from 'chai';
import { serverKeys } from '../../lib/config/server-keys';
import { differences, kafkaKeys } from '../support/kafka-keys';

describe('serverKeys', () => {
  it('differ from Kafka’s in what starts a broker without a file, and in a limit to memory', () => {
    expect(differences(serverKeys, kafkaKeys('broker'))).to.deep.equal([
      'process.roles: default broker,controller, not required',
      'node.id: default 1, not required',
      'controller.listener.names: default , not required',
      'listener.security.protocol.map: default PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL, ' +
        'not SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
      'queued.max.request.bytes: default 268435456, not -1',
    ]);
  });
});
