import { expect } from 'chai';
import { createPartitions } from '../../lib/apis/create-partitions';
import { ask, TestBroker } from '../support/services';

const topic = (name: string, count = 2) => ({ name, count, assignments: null });

describe('createPartitions', () => {
  it('passes on what is asked for, and answers each topic', async () => {
    const broker = new TestBroker();
    broker.topic('orders');
    const topics = [topic('orders', 3), { ...topic('nosuch'), assignments: [{ brokerIds: [1] }] }];
    for (const version of [0, 3]) {
      const { results } = await ask(broker, createPartitions, version, { topics, timeoutMs: 1, validateOnly: true });
      expect(results).to.deep.equal([
        { name: 'orders', errorCode: 0, errorMessage: null },
        { name: 'nosuch', errorCode: 3, errorMessage: null },
      ]);
    }
    expect(broker.asked[0]).to.deep.equal({ createPartitions: topics, validateOnly: true });
  });

  it('refuses a topic that comes twice, in one row before the others', async () => {
    const broker = new TestBroker();
    broker.topic('orders');
    const topics = [topic('orders'), topic('twice'), topic('twice')];
    const { results } = await ask(broker, createPartitions, 2, { topics, timeoutMs: 1, validateOnly: false });
    expect(results.map(({ name, errorCode }) => [name, errorCode])).to.deep.equal([
      ['twice', 42],
      ['orders', 0],
    ]);
    expect(broker.asked).to.deep.equal([{ createPartitions: [topic('orders')], validateOnly: false }]);
  });
});
