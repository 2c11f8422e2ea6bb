import { expect } from 'chai';
import { brokersOf, thisBroker } from '../../../lib/apis/shared/brokers';
import { TestBroker } from '../../support/services';

describe('thisBroker', () => {
  it('has the address that the listener advertises, and the rack', () => {
    const { services } = new TestBroker({ 'broker.rack': 'r1' });
    expect(thisBroker(services, 'OUTSIDE')).to.deep.equal({
      nodeId: 1,
      host: 'outside.example',
      port: 19092,
      rack: 'r1',
      fenced: false,
    });
  });

  it('is not there for a listener that advertises nothing', () => {
    expect(thisBroker(new TestBroker().services, 'CONTROLLER')).to.equal(undefined);
  });
});

describe('brokersOf', () => {
  it('are this one and the others of the image that have the listener, by node id', () => {
    const broker = new TestBroker();
    broker.neighbour(3, true);
    broker.neighbour(0);
    broker.neighbour(1);
    const outline = (listener: string) =>
      brokersOf(broker.services, listener).map(({ nodeId, host, fenced }) => [nodeId, host, fenced]);
    expect(outline('PLAINTEXT')).to.deep.equal([
      [0, 'broker-0.example', false],
      [1, 'broker.example', false],
      [3, 'broker-3.example', true],
    ]);
    expect(outline('OUTSIDE')).to.deep.equal([[1, 'outside.example', false]]);
  });
});
