import { expect } from 'chai';
import { initProducerId } from '../../lib/apis/init-producer-id';
import { errors } from '../../lib/errors';
import { ask, TestBroker } from '../support/services';

interface Asked {
  readonly transactionalId?: string | null;
  readonly transactionTimeoutMs?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
}

describe('initProducerId', () => {
  const init = async (version: number, asked: Asked = {}, broker = new TestBroker()) => {
    const body = { transactionalId: null, transactionTimeoutMs: 60000, ...asked };
    const { errorCode, producerId, producerEpoch } = await ask(broker, initProducerId, version, body);
    return [errorCode, producerId, producerEpoch];
  };

  it('gives every producer an id of its own in epoch 0', async () => {
    const broker = new TestBroker();
    expect(await init(0, {}, broker)).to.deep.equal([0, 7000, 0]);
    expect(await init(5, {}, broker)).to.deep.equal([0, 7001, 0]);
  });

  it('gives a new id to an idempotent producer that brings one', async () => {
    expect(await init(3, { producerId: 5, producerEpoch: 2 })).to.deep.equal([0, 7000, 0]);
  });

  it('does not look at the transaction time-out of who has no transactions', async () => {
    expect((await init(4, { transactionTimeoutMs: -1 }))[0]).to.equal(0);
  });

  it('refuses id or epoch without the other', async () => {
    expect(await init(3, { producerId: 5 })).to.deep.equal([42, -1, -1]);
    expect(await init(3, { producerEpoch: 5, transactionalId: 'tx' })).to.deep.equal([42, -1, -1]);
  });

  it('refuses transactional ids, the wrong ones as Kafka does', async () => {
    expect(await init(2, { transactionalId: '' })).to.deep.equal([42, -1, -1]);
    expect(await init(2, { transactionalId: 'tx', transactionTimeoutMs: 0 })).to.deep.equal([50, -1, -1]);
    expect(await init(2, { transactionalId: 'tx', transactionTimeoutMs: 900001 })).to.deep.equal([50, -1, -1]);
    expect(await init(2, { transactionalId: 'tx', transactionTimeoutMs: 900000 })).to.deep.equal([53, -1, -1]);
  });

  it('passes on why there are no ids', async () => {
    const broker = new TestBroker();
    broker.services.producerIds.next = () => Promise.reject(errors.COORDINATOR_LOAD_IN_PROGRESS);
    expect(await init(4, {}, broker)).to.deep.equal([14, -1, -1]);
  });
});
