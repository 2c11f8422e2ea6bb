import { expect } from 'chai';
import { demandConsumerProtocol } from '../../../lib/apis/shared/consumer-protocol';
import { errors } from '../../../lib/errors';
import { TestBroker } from '../../support/services';
import { kafkaErrorOf } from '../../support/thrown';

const refusal = (broker: TestBroker) => kafkaErrorOf(() => demandConsumerProtocol(broker.services));

describe('demandConsumerProtocol', () => {
  it('is content where the protocol is offered and the cluster knows it', () => {
    const broker = new TestBroker();
    broker.feature('group.version', 1);
    expect(() => demandConsumerProtocol(broker.services)).not.to.throw();
  });

  it('refuses where group.version is 0', () => {
    expect(refusal(new TestBroker())).to.equal(errors.UNSUPPORTED_VERSION);
  });

  it('refuses where the configuration leaves it out', () => {
    const broker = new TestBroker({ 'group.coordinator.rebalance.protocols': 'classic' });
    broker.feature('group.version', 1);
    expect(refusal(broker)).to.equal(errors.UNSUPPORTED_VERSION);
  });
});
