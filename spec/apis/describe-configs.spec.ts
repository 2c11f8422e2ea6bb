import { expect } from 'chai';
import { describeConfigs } from '../../lib/apis/describe-configs';
import { ask, TestBroker } from '../support/services';

interface Options {
  readonly keys?: string[] | null;
  readonly includeSynonyms?: boolean;
  readonly includeDocumentation?: boolean;
  readonly version?: number;
}

describe('describeConfigs', () => {
  let broker: TestBroker;
  beforeEach(() => {
    broker = new TestBroker({ 'log.retention.ms': -1, 'ssl.key.password': 'secret', 'own.key': 'value' });
    broker.topic('orders', { configs: { 'retention.ms': '3600000', 'segment.bytes': '2097152' } });
  });

  const describeOne = async (resourceType: number, resourceName: string, options: Options = {}) => {
    const { keys = null, includeSynonyms = false, includeDocumentation = false, version = 4 } = options;
    const resources = [{ resourceType, resourceName, configurationKeys: keys }];
    const answer = await ask(broker, describeConfigs, version, { resources, includeSynonyms, includeDocumentation });
    expect(answer.results[0]).to.include({ resourceType, resourceName });
    return answer.results[0]!;
  };
  const entryOf = async (resourceType: number, resourceName: string, key: string, options: Options = {}) => {
    const { errorCode, configs } = await describeOne(resourceType, resourceName, { ...options, keys: [key] });
    expect([errorCode, configs.length]).to.deep.equal([0, 1]);
    return configs[0]!;
  };

  describe('of a topic', () => {
    it('lists every key by name', async () => {
      const { errorCode, errorMessage, configs } = await describeOne(2, 'orders');
      expect([errorCode, errorMessage]).to.deep.equal([0, '']);
      const names = configs.map(({ name }) => name);
      expect(names).to.have.length(37);
      expect(names).to.deep.equal([...names].sort());
    });

    it('takes no list and an empty list for all keys, and leaves unknown keys out', async () => {
      expect((await describeOne(2, 'orders', { keys: [] })).configs).to.have.length(37);
      const { configs } = await describeOne(2, 'orders', {
        keys: ['flush.ms', 'no.such.key', 'internal.segment.bytes'],
      });
      expect(configs.map(({ name }) => name)).to.deep.equal(['flush.ms']);
    });

    it('tells value, source and type of each', async () => {
      expect(await entryOf(2, 'orders', 'retention.ms')).to.deep.equal({
        name: 'retention.ms',
        value: '3600000',
        readOnly: false,
        configSource: 1,
        isSensitive: false,
        synonyms: [],
        configType: 5,
        documentation: null,
      });
      expect(await entryOf(2, 'orders', 'flush.messages')).to.include({
        value: '9223372036854775807',
        configSource: 5,
      });
      expect(await entryOf(2, 'orders', 'cleanup.policy')).to.include({ value: 'delete', configType: 7 });
      expect(await entryOf(2, 'orders', 'min.cleanable.dirty.ratio')).to.include({ value: '0.5', configType: 6 });
      expect(await entryOf(2, 'orders', 'preallocate')).to.include({ value: 'false', configType: 1 });
    });

    it('falls back to what the broker says', async () => {
      broker = new TestBroker({ 'log.segment.bytes': 1048576 });
      broker.topic('users');
      expect(await entryOf(2, 'users', 'segment.bytes')).to.include({ value: '1048576', configSource: 4 });
    });

    it('tells the synonyms under the names of the broker, as Kafka does', async () => {
      const synonyms = async (key: string) =>
        (await entryOf(2, 'orders', key, { includeSynonyms: true })).synonyms.map((row) =>
          Object.values(row).join(' '),
        );
      expect(await synonyms('retention.ms')).to.deep.equal([
        'retention.ms 3600000 1',
        'log.retention.ms -1 4',
        'log.retention.hours 168 5',
      ]);
      expect(await synonyms('segment.bytes')).to.deep.equal([
        'segment.bytes 2097152 1',
        'log.segment.bytes 1073741824 5',
      ]);
      expect(await synonyms('flush.ms')).to.deep.equal([]);
      expect(await synonyms('remote.storage.enable')).to.deep.equal([]);
    });

    it('tells what was set for all brokers while they ran', async () => {
      expect(await entryOf(2, 'orders', 'min.insync.replicas')).to.include({ value: '1', configSource: 5 });
    });

    it('has no types and texts before version 3', async () => {
      expect(await entryOf(2, 'orders', 'flush.ms', { version: 1 })).to.include({ configType: 0, configSource: 5 });
    });

    it('refuses unknown topics and illegal names', async () => {
      expect(await describeOne(2, 'nosuch')).to.deep.include({ errorCode: 3, configs: [] });
      expect(await describeOne(2, 'no such')).to.deep.include({ errorCode: 17, configs: [] });
    });
  });

  describe('of a broker', () => {
    it('lists every key by name, and those that nobody knows without their values', async () => {
      const { configs } = await describeOne(4, '1');
      const names = configs.map(({ name }) => name);
      expect(names).to.deep.equal([...names].sort());
      expect(names).to.include.members(['log.retention.ms', 'own.key', 'node.id']);
      expect(configs.find(({ name }) => name === 'own.key')).to.include({
        value: null,
        isSensitive: true,
        configSource: 4,
      });
    });

    it('tells which can be changed while it runs', async () => {
      expect(await entryOf(4, '1', 'message.max.bytes')).to.include({ readOnly: false, configSource: 5 });
      expect(await entryOf(4, '1', 'node.id')).to.include({ readOnly: true });
    });

    it('keeps secrets', async () => {
      const entry = await entryOf(4, '1', 'ssl.key.password', { includeSynonyms: true });
      expect(entry).to.include({ value: null, isSensitive: true, configType: 9, configSource: 4 });
      expect(entry.synonyms).to.deep.equal([{ name: 'ssl.key.password', value: null, source: 4 }]);
      expect(JSON.stringify(await describeOne(4, '1', { includeSynonyms: true }))).not.to.contain('"secret"');
    });

    it('tells what its keys are for, to who asks', async () => {
      const entry = await entryOf(4, '1', 'message.max.bytes', { includeDocumentation: true });
      expect(entry.documentation).to.be.a('string').with.length.above(10);
      expect((await entryOf(4, '1', 'message.max.bytes')).documentation).to.equal(null);
    });

    it('tells under the empty name what was set for all brokers, and nothing else', async () => {
      expect((await describeOne(4, '')).configs).to.deep.equal([]);
      broker.configs(4, '', { 'min.insync.replicas': '1', 'own.key': 'x' });
      const { configs } = await describeOne(4, '', { includeSynonyms: true });
      expect(configs.map(({ name, value, configSource }) => [name, value, configSource])).to.deep.equal([
        ['min.insync.replicas', '1', 3],
        ['own.key', null, 3],
      ]);
    });

    it('knows no other broker', async () => {
      for (const name of ['2', 'one', '01']) expect((await describeOne(4, name)).errorCode).to.equal(42);
      expect((await describeOne(4, '2')).errorMessage).to.contain("'2'");
    });
  });

  describe('of a group', () => {
    it('lists what any group has', async () => {
      const { configs } = await describeOne(32, 'any');
      expect(configs).to.have.length(21);
      expect(await entryOf(32, 'any', 'consumer.session.timeout.ms')).to.include({
        value: '45000',
        configSource: 5,
        configType: 3,
      });
    });

    it('tells what was set on it, and on the broker', async () => {
      broker = new TestBroker({ 'group.share.session.timeout.ms': 50000 });
      broker.configs(32, 'mine', { 'consumer.session.timeout.ms': '46000' });
      expect(await entryOf(32, 'mine', 'consumer.session.timeout.ms')).to.include({ value: '46000', configSource: 8 });
      expect(await entryOf(32, 'mine', 'share.session.timeout.ms')).to.include({ value: '50000', configSource: 4 });
    });

    it('wants a name', async () => {
      expect((await describeOne(32, '')).errorCode).to.equal(42);
    });
  });

  describe('of a client metrics subscription', () => {
    it('lists what it has', async () => {
      broker.configs(16, 'mine', { 'interval.ms': '100', match: 'client_id=.*' });
      const { configs } = await describeOne(16, 'mine');
      expect(configs.map(({ name, value, configSource }) => [name, value, configSource])).to.deep.equal([
        ['interval.ms', '100', 7],
        ['match', 'client_id=.*', 7],
        ['metrics', '', 5],
      ]);
      expect((await describeOne(16, '')).errorCode).to.equal(42);
    });
  });

  it('answers each resource by itself', async () => {
    const resources = [
      { resourceType: 2, resourceName: 'nosuch', configurationKeys: null },
      { resourceType: 99, resourceName: 'x', configurationKeys: null },
      { resourceType: 2, resourceName: 'orders', configurationKeys: ['flush.ms'] },
    ];
    const { results } = await ask(broker, describeConfigs, 2, { resources });
    expect(results.map(({ errorCode }) => errorCode)).to.deep.equal([3, 42, 0]);
  });

  it('does not answer more than memory holds', async () => {
    const resource = { resourceType: 2, resourceName: 'orders', configurationKeys: null };
    const resources = Array.from({ length: 14_000 }, () => resource);
    const { results } = await ask(broker, describeConfigs, 1, { resources });
    expect(results[0]).to.deep.include({ errorCode: 42, configs: [] });
    expect(results[0]!.errorMessage).to.contain('500000');
  });
});
