import { expect } from 'chai';
import { metadata } from '../../lib/apis/metadata';
import { errors } from '../../lib/errors';
import { zeroUuid } from '../../lib/protocol/bytes';
import { ask, TestBroker } from '../support/services';

const byName = (...names: string[]) => names.map((name) => ({ name, topicId: zeroUuid }));
const plain = { includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false };
const noCreation = { ...plain, allowAutoTopicCreation: false };

describe('metadata', () => {
  let broker: TestBroker;
  beforeEach(() => {
    broker = new TestBroker();
    broker.topic('orders', { partitions: 2 });
    broker.topic('users');
  });

  const topicsOf = async (version: number, topics: { name: string | null; topicId: string }[] | null) =>
    (await ask(broker, metadata, version, { ...noCreation, topics })).topics;

  it('describes a topic with its partitions', async () => {
    const { topics, controllerId, clusterId } = await ask(broker, metadata, 12, { ...plain, topics: byName('orders') });
    expect(controllerId).to.equal(1);
    expect(clusterId).to.equal('MillraceMillraceMillra');
    expect(topics).to.have.length(1);
    expect(topics[0]).to.include({ errorCode: 0, name: 'orders', topicId: broker.topics.byName('orders')!.id });
    expect(topics[0]!.partitions).to.deep.equal(
      [0, 1].map((partitionIndex) => ({
        errorCode: 0,
        partitionIndex,
        leaderId: 1,
        leaderEpoch: 0,
        replicaNodes: [1],
        isrNodes: [1],
        offlineReplicas: [],
      })),
    );
  });

  it('has the address of the listener that the request came in on', async () => {
    const at = async (listener: string) =>
      (await ask(broker, metadata, 9, { ...plain, topics: [] }, { listener })).brokers;
    expect(await at('PLAINTEXT')).to.deep.equal([{ nodeId: 1, host: 'broker.example', port: 9092, rack: null }]);
    expect(await at('OUTSIDE')).to.deep.equal([{ nodeId: 1, host: 'outside.example', port: 19092, rack: null }]);
  });

  it('tells the rack of broker.rack', async () => {
    const { brokers } = await ask(new TestBroker({ 'broker.rack': 'r1' }), metadata, 1, { ...plain, topics: [] });
    expect(brokers[0]!.rack).to.equal('r1');
  });

  it('gives all topics for an empty list in version 0, and none from version 1 on', async () => {
    expect((await topicsOf(0, [])).map(({ name }) => name)).to.have.members(['orders', 'users']);
    expect(await topicsOf(1, [])).to.deep.equal([]);
  });

  it('gives all topics for null', async () => {
    expect((await topicsOf(12, null)).map(({ name }) => name)).to.have.members(['orders', 'users']);
  });

  it('answers each topic once, however often it is asked for', async () => {
    expect(await topicsOf(9, byName('users', 'orders', 'users'))).to.have.length(2);
  });

  it('says which names are unknown and which are illegal', async () => {
    const found = await topicsOf(12, byName('nosuch', 'a b', '__consumer_offsets'));
    expect(found).to.deep.equal([
      { ...missing, errorCode: 3, name: 'nosuch' },
      { ...missing, errorCode: 17, name: 'a b' },
      { ...missing, errorCode: 3, name: '__consumer_offsets', isInternal: true },
    ]);
  });

  describe('asked by id', () => {
    it('finds topics from version 12 on', async () => {
      const { id } = broker.topics.byName('users')!;
      const [found, unknown] = await topicsOf(12, [
        { name: null, topicId: id },
        { name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' },
      ]);
      expect(found).to.include({ errorCode: 0, name: 'users', topicId: id });
      expect(unknown).to.deep.equal({ ...missing, errorCode: 100, name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' });
    });

    it('goes by ids alone as soon as there is one', async () => {
      const { id } = broker.topics.byName('users')!;
      const found = await topicsOf(13, [...byName('orders'), { name: null, topicId: id }]);
      expect(found.map(({ name }) => name)).to.deep.equal(['users']);
    });

    it('refuses ids and missing names in versions 10 and 11', async () => {
      const { id } = broker.topics.byName('users')!;
      for (const version of [10, 11]) {
        expect((await topicsOf(version, [{ name: 'users', topicId: id }]))[0]!.errorCode).to.equal(42);
        expect((await topicsOf(version, [{ name: null, topicId: zeroUuid }]))[0]).to.include({
          errorCode: 42,
          name: '',
        });
      }
    });

    it('refuses a topic with neither name nor id', async () => {
      const body = { ...plain, topics: [{ name: null, topicId: zeroUuid }] };
      const { errorCode, topics } = await ask(broker, metadata, 13, body);
      expect([errorCode, topics[0]!.errorCode]).to.deep.equal([42, 42]);
    });
  });

  describe('creating topics', () => {
    it('creates a topic that is asked for, and answers it at once', async () => {
      const { topics } = await ask(broker, metadata, 12, { ...plain, topics: byName('fresh', 'orders') });
      expect(broker.asked).to.deep.equal([{ createTopicsOnDemand: ['fresh'] }]);
      expect(topics.map(({ name, errorCode }) => [name, errorCode])).to.deep.equal([
        ['fresh', 0],
        ['orders', 0],
      ]);
      expect(topics[0]!.partitions).to.have.length(1);
    });

    it('does so in versions that cannot say whether it may', async () => {
      expect((await ask(broker, metadata, 1, { ...plain, topics: byName('fresh') })).topics[0]!.errorCode).to.equal(0);
    });

    it('does not where the request forbids it', async () => {
      expect((await topicsOf(4, byName('fresh')))[0]!.errorCode).to.equal(3);
      expect(broker.asked).to.deep.equal([]);
    });

    it('does not where auto.create.topics.enable is off', async () => {
      const strict = new TestBroker({ 'auto.create.topics.enable': false });
      expect((await ask(strict, metadata, 9, { ...plain, topics: byName('fresh') })).topics[0]!.errorCode).to.equal(3);
      expect(strict.asked).to.deep.equal([]);
    });

    it('does not for an illegal name', async () => {
      const { topics } = await ask(broker, metadata, 9, { ...plain, topics: byName('a/b') });
      expect(topics[0]!.errorCode).to.equal(17);
      expect(broker.asked).to.deep.equal([]);
    });

    it('does not for more partitions than a request may create', async () => {
      broker = new TestBroker({ 'num.partitions': 5000 });
      const three = await ask(broker, metadata, 9, { ...plain, topics: byName('a', 'b', 'c') });
      expect(three.topics.map(({ errorCode }) => errorCode)).to.deep.equal([3, 3, 3]);
      const two = await ask(broker, metadata, 9, { ...plain, topics: byName('a', 'b') });
      expect(two.topics.map(({ errorCode }) => errorCode)).to.deep.equal([0, 0]);
    });

    it('answers that the topic is unknown where it cannot be created', async () => {
      broker.refuseTopics = errors.INVALID_REPLICATION_FACTOR;
      const { topics } = await ask(broker, metadata, 9, { ...plain, topics: byName('fresh') });
      expect(topics[0]!.errorCode).to.equal(3);
    });
  });

  describe('authorized operations', () => {
    it('are left out unless asked for', async () => {
      const answer = await ask(broker, metadata, 10, { ...plain, topics: byName('users') });
      expect(answer.clusterAuthorizedOperations).to.equal(-2147483648);
      expect(answer.topics[0]!.topicAuthorizedOperations).to.equal(-2147483648);
    });

    it('are all that there are', async () => {
      const all = { includeClusterAuthorizedOperations: true, includeTopicAuthorizedOperations: true };
      const answer = await ask(broker, metadata, 8, { ...all, topics: byName('users') });
      expect(answer.clusterAuthorizedOperations).to.equal(8096);
      expect(answer.topics[0]!.topicAuthorizedOperations).to.equal(3576);
    });
  });

  describe('partitions without a leader', () => {
    const partition = async (version: number, listener = 'PLAINTEXT') => {
      const body = { ...plain, topics: byName('users') };
      return (await ask(broker, metadata, version, body, { listener })).topics[0]!.partitions[0]!;
    };

    it('have LEADER_NOT_AVAILABLE', async () => {
      broker.repartition('users', 0, { leader: -1, isr: [] });
      expect(await partition(9)).to.include({ errorCode: 5, leaderId: -1 });
    });

    it('have LISTENER_NOT_FOUND where the leader is not on this listener, from version 6 on', async () => {
      broker.neighbour(2);
      broker.repartition('users', 0, { leader: 2, replicas: [2], isr: [2] });
      expect(await partition(6, 'PLAINTEXT')).to.include({ errorCode: 0, leaderId: 2 });
      expect(await partition(6, 'OUTSIDE')).to.include({ errorCode: 72, leaderId: -1 });
      expect(await partition(5, 'OUTSIDE')).to.include({ errorCode: 5, leaderId: -1 });
    });

    it('have LEADER_NOT_AVAILABLE and an offline replica where the disk has failed', async () => {
      broker.topics.byName('users')!.partition(0)!.offline = errors.KAFKA_STORAGE_ERROR;
      expect(await partition(9)).to.deep.include({
        errorCode: 5,
        leaderId: -1,
        replicaNodes: [1],
        offlineReplicas: [1],
      });
    });

    it('are errors in version 0 even if only a replica is missing', async () => {
      broker.repartition('users', 0, { replicas: [1, 2], isr: [1] });
      expect(await partition(0)).to.deep.include({ errorCode: 9, leaderId: 1, replicaNodes: [1], isrNodes: [1] });
      expect(await partition(1)).to.deep.include({ errorCode: 0, leaderId: 1, replicaNodes: [1, 2] });
      expect(await partition(5)).to.deep.include({ offlineReplicas: [2] });
    });
  });
});

const missing = {
  topicId: zeroUuid,
  isInternal: false,
  partitions: [],
  topicAuthorizedOperations: -2147483648,
};
