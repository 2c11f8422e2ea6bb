import { expect } from 'chai';
import { deleteTopics } from '../../lib/apis/delete-topics';
import { zeroUuid } from '../../lib/protocol/bytes';
import { ask, TestBroker } from '../support/services';

describe('deleteTopics', () => {
  let broker: TestBroker;
  let orders: string;
  let users: string;
  beforeEach(() => {
    broker = new TestBroker();
    orders = broker.topic('orders').id;
    users = broker.topic('users').id;
  });
  const byName = (version: number, ...topicNames: string[]) =>
    ask(broker, deleteTopics, version, { topics: [], topicNames, timeoutMs: 1 });
  const both = async (...topics: { name?: string | null; topicId?: string }[]) => {
    const rows = topics.map(({ name = null, topicId = zeroUuid }) => ({ name, topicId }));
    const { responses } = await ask(broker, deleteTopics, 6, { topics: rows, topicNames: [], timeoutMs: 1 });
    return responses.map(({ name, topicId, errorCode }) => [name, topicId, errorCode]);
  };
  const deleted = () => (broker.asked[0] as { deleteTopics: string[] }).deleteTopics;

  it('deletes topics by name', async () => {
    const { responses } = await byName(1, 'orders', 'nosuch', 'users');
    expect(responses.map(({ name, errorCode }) => [name, errorCode])).to.deep.equal([
      ['nosuch', 3],
      ['orders', 0],
      ['users', 0],
    ]);
    expect(deleted()).to.deep.equal([orders, users]);
  });

  it('answers names and ids in version 6, whichever was asked for', async () => {
    expect(await both({ name: 'orders' }, { topicId: users })).to.have.deep.members([
      ['orders', orders, 0],
      ['users', users, 0],
    ]);
  });

  it('says which ids are unknown', async () => {
    expect(await both({ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' })).to.deep.equal([[null, 'AAAAAAAAAAAAAAAAAAAAAQ', 100]]);
    expect(deleted()).to.deep.equal([]);
  });

  it('refuses rows with neither name nor id, or with both', async () => {
    expect(await both({}, { name: 'orders', topicId: orders })).to.deep.equal([
      [null, zeroUuid, 42],
      ['orders', orders, 42],
    ]);
  });

  it('refuses what comes twice, in one row', async () => {
    expect(await both({ name: 'orders' }, { name: 'orders' }, { topicId: users }, { topicId: users })).to.deep.equal([
      ['orders', zeroUuid, 42],
      [null, users, 42],
    ]);
    expect(deleted()).to.deep.equal([]);
  });

  it('refuses a topic that comes by name and by id', async () => {
    expect(await both({ name: 'orders' }, { topicId: orders })).to.deep.equal([['orders', orders, 42]]);
    expect(await both({ topicId: orders }, { name: 'orders' }, { topicId: orders })).to.deep.equal([
      [null, orders, 42],
      ['orders', orders, 42],
    ]);
    expect(broker.asked).to.deep.equal([{ deleteTopics: [] }, { deleteTopics: [] }]);
  });

  it('says why from version 5 on', async () => {
    expect((await byName(5, 'orders', 'orders')).responses[0]!.errorMessage).to.be.a('string');
    expect((await byName(5, 'users')).responses[0]!.errorMessage).to.equal(null);
  });

  it('refuses everything where delete.topic.enable is off', async () => {
    broker = new TestBroker({ 'delete.topic.enable': false });
    broker.topic('orders');
    expect((await byName(2, 'orders', 'nosuch')).responses.map(({ errorCode }) => errorCode)).to.deep.equal([42, 42]);
    expect((await byName(3, 'orders')).responses.map(({ errorCode }) => errorCode)).to.deep.equal([73]);
    expect(await both({ name: 'orders' })).to.deep.equal([['orders', zeroUuid, 73]]);
    expect(broker.asked).to.deep.equal([]);
  });
});
