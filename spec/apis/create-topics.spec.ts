import { expect } from 'chai';
import { createTopics } from '../../lib/apis/create-topics';
import { errors } from '../../lib/errors';
import { zeroUuid } from '../../lib/protocol/bytes';
import { ask, TestBroker } from '../support/services';

const topic = (
  name: string,
  more: { numPartitions?: number; configs?: { name: string; value: string | null }[] } = {},
) => ({
  name,
  numPartitions: 1,
  replicationFactor: -1,
  assignments: [],
  configs: [],
  ...more,
});

describe('createTopics', () => {
  let broker: TestBroker;
  beforeEach(() => {
    broker = new TestBroker();
  });
  const create = (version: number, ...topics: ReturnType<typeof topic>[]) =>
    ask(broker, createTopics, version, { topics });

  it('creates topics and tells what they are', async () => {
    const { topics } = await create(7, topic('orders', { numPartitions: 3 }));
    expect(topics).to.have.length(1);
    expect(topics[0]).to.include({ name: 'orders', errorCode: 0, errorMessage: null, topicConfigErrorCode: 0 });
    expect(topics[0]).to.include({ numPartitions: 3, replicationFactor: 1 });
    expect(topics[0]!.topicId).to.equal(broker.topics.byName('orders')!.id);
  });

  it('tells their whole configuration by name, and where each value comes from', async () => {
    const { topics } = await create(5, topic('orders', { configs: [{ name: 'retention.ms', value: '1000' }] }));
    const configs = topics[0]!.configs!;
    const names = configs.map(({ name }) => name);
    expect(names).to.have.length(37);
    expect(names).to.deep.equal([...names].sort());
    expect(configs.find(({ name }) => name === 'retention.ms')).to.deep.equal({
      name: 'retention.ms',
      value: '1000',
      readOnly: false,
      configSource: 1,
      isSensitive: false,
    });
    expect(configs.find(({ name }) => name === 'cleanup.policy')).to.include({ value: 'delete', configSource: 5 });
  });

  it('passes on what is asked for', async () => {
    const assignments = [{ partitionIndex: 0, brokerIds: [1] }];
    const configs = [{ name: 'retention.ms', value: null }];
    const wanted = { ...topic('orders', { numPartitions: -1, configs }), assignments };
    await ask(broker, createTopics, 4, { topics: [wanted], validateOnly: true });
    expect(broker.asked).to.deep.equal([{ createTopics: [wanted], validateOnly: true }]);
    expect(broker.topics.byName('orders')).to.equal(undefined);
  });

  it('answers each topic in the order of the request, and failures with defaults', async () => {
    broker.topic('there');
    const { topics } = await create(7, topic('there'), topic('fresh'));
    expect(topics.map(({ name, errorCode }) => [name, errorCode])).to.deep.equal([
      ['there', 36],
      ['fresh', 0],
    ]);
    const { errorMessage, ...failed } = topics[0]!;
    expect(errorMessage).to.contain('there');
    expect(failed).to.deep.equal({
      name: 'there',
      topicId: zeroUuid,
      errorCode: 36,
      topicConfigErrorCode: 0,
      numPartitions: -1,
      replicationFactor: -1,
      configs: [],
    });
  });

  it('refuses a name that comes twice, in one row behind the others', async () => {
    const { topics } = await create(7, topic('twice'), topic('once'), topic('twice'), topic('twice'));
    expect(topics.map(({ name, errorCode }) => [name, errorCode])).to.deep.equal([
      ['once', 0],
      ['twice', 42],
    ]);
    expect(broker.topics.byName('twice')).to.equal(undefined);
  });

  it('refuses the whole request where the controller does', async () => {
    broker.services.controller.createTopics = () => Promise.reject(errors.POLICY_VIOLATION.because('too many'));
    const { topics } = await create(7, topic('a'), topic('b'));
    expect(topics.map(({ name, errorCode, errorMessage }) => [name, errorCode, errorMessage])).to.deep.equal([
      ['a', 44, 'too many'],
      ['b', 44, 'too many'],
    ]);
  });

  it('leaves numbers and names to the controller', async () => {
    broker.refuseTopics = errors.INVALID_PARTITIONS;
    const { topics } = await create(4, topic('a', { numPartitions: -7 }));
    expect(topics[0]).to.include({ errorCode: 37, errorMessage: null });
  });
});
