import { expect } from 'chai';
import { findCoordinator } from '../../lib/apis/find-coordinator';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const here = { nodeId: 1, host: 'broker.example', port: 9092 };
const nowhere = { nodeId: -1, host: '', port: -1 };

describe('findCoordinator', () => {
  let broker: TestBroker;
  beforeEach(() => {
    broker = new TestBroker();
  });
  const one = async (version: number, key: string, keyType = 0) => {
    const answer = await ask(broker, findCoordinator, version, { key, keyType, coordinatorKeys: [] });
    const { errorCode, errorMessage, nodeId, host, port } = answer;
    return { errorCode, errorMessage, nodeId, host, port };
  };
  const many = async (version: number, coordinatorKeys: string[], keyType = 0) =>
    (await ask(broker, findCoordinator, version, { key: '', keyType, coordinatorKeys })).coordinators;

  it('finds the coordinator of a group, and creates its topic first', async () => {
    expect(await one(1, 'my-group')).to.deep.equal({ ...here, errorCode: 0, errorMessage: 'NONE' });
    expect(broker.asked).to.deep.equal([{ createTopicsOnDemand: ['__consumer_offsets'] }]);
    await one(1, 'my-group');
    expect(broker.asked).to.have.length(1);
  });

  it('tells the coordinator of groups who is about to come', async () => {
    const groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
    await one(1, 'my-group');
    await one(2, 'tx', 1);
    await many(4, ['a', 'b']);
    expect(groups.asked).to.deep.equal(['my-group', 'a', 'b'].map((expectMember) => ({ expectMember })));
  });

  it('finds that of a transactional id', async () => {
    expect(await one(2, 'tx', 1)).to.include({ ...here, errorCode: 0 });
    expect(broker.asked).to.deep.equal([{ createTopicsOnDemand: ['__transaction_state'] }]);
  });

  it('finds those of many keys, in their order', async () => {
    const found = await many(4, ['a', '', 'a']);
    expect(found).to.deep.equal(['a', '', 'a'].map((key) => ({ key, ...here, errorCode: 0, errorMessage: '' })));
    expect(await many(4, [])).to.deep.equal([]);
  });

  it('takes any key, even the empty one', async () => {
    expect((await one(0, '')).errorCode).to.equal(0);
  });

  it('finds those of share groups from version 6 on, by keys that are some', async () => {
    const key = 'group:with:colons:AAAAAAAAAAAAAAAAAAAAAQ:7';
    expect((await many(6, [key], 2))[0]).to.include({ key, errorCode: 0 });
    expect((await many(6, ['group'], 2))[0]).to.include({ errorCode: 42, ...nowhere });
    expect((await many(5, [key], 2))[0]).to.include({ errorCode: 42, ...nowhere });
  });

  it('knows no other kinds of keys', async () => {
    expect(await one(1, 'k', 3)).to.include({ errorCode: 42, ...nowhere });
    expect((await many(6, ['k'], -1))[0]).to.include({ errorCode: 42 });
  });

  it('says that there is none where its topic cannot be created', async () => {
    broker.refuseTopics = errors.INVALID_REPLICATION_FACTOR;
    expect(await one(1, 'g')).to.include({ errorCode: 15, errorMessage: 'COORDINATOR_NOT_AVAILABLE', ...nowhere });
    expect((await many(4, ['g']))[0]).to.include({ errorCode: 15, ...nowhere });
  });

  it('goes by the leader of the partition that the key’s hash picks', async () => {
    broker.topic('__consumer_offsets', { partitions: 50 });
    broker.neighbour(2);
    broker.repartition('__consumer_offsets', 12, { leader: 2 });
    broker.repartition('__consumer_offsets', 48, { leader: -1 });
    expect(await one(1, 'my-group')).to.include({ nodeId: 2, host: 'broker-2.example' });
    expect(await one(1, 'test')).to.include({ errorCode: 15, nodeId: -1 });
    expect(await one(1, 'g')).to.include(here);
  });

  it('has the address of the listener that the request came in on', async () => {
    const body = { key: 'g', keyType: 0, coordinatorKeys: [] };
    expect((await ask(broker, findCoordinator, 3, body, { listener: 'OUTSIDE' })).host).to.equal('outside.example');
  });
});
