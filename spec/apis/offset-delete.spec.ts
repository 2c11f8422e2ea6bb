import { expect } from 'chai';
import { offsetDelete } from '../../lib/apis/offset-delete';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const asked = (...topics: [name: string, ...partitions: number[]][]) =>
  topics.map(([name, ...partitions]) => ({
    name,
    partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
  }));

describe('offsetDelete', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
    broker.topic('orders', { partitions: 2 });
    broker.topic('users');
  });
  const remove = async (topics: ReturnType<typeof asked>, groupId = 'g') => {
    const answer = await ask(broker, offsetDelete, 0, { groupId, topics });
    const rows = answer.topics.map(({ name, partitions }) => [
      name,
      ...partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]),
    ]);
    return [answer.errorCode, ...rows];
  };

  it('takes the offsets of topics that exist, and says for each how that went', async () => {
    groups.script.deleteOffsets = async (_groupId, partitions) =>
      partitions.map(({ topic }) => (topic === 'users' ? errors.GROUP_SUBSCRIBED_TO_TOPIC : errors.NONE));
    const topics = asked(['nosuch', 0], ['orders', 1, 2, -1, 0], ['users', 0]);
    expect(await remove(topics)).to.deep.equal([
      0,
      ['nosuch', [0, 3]],
      ['orders', [1, 0], [2, 3], [-1, 3], [0, 0]],
      ['users', [0, 86]],
    ]);
    const partitions = [
      { topic: 'orders', partition: 1 },
      { topic: 'orders', partition: 0 },
      { topic: 'users', partition: 0 },
    ];
    expect(groups.asked).to.deep.equal([{ deleteOffsets: 'g', partitions }]);
  });

  it('asks the group even where no topic exists', async () => {
    groups.script.deleteOffsets = async () => {
      throw errors.GROUP_ID_NOT_FOUND;
    };
    expect(await remove(asked(['nosuch', 0]))).to.deep.equal([69]);
  });

  it('has an error of the group alone', async () => {
    groups.script.deleteOffsets = async () => {
      throw errors.NON_EMPTY_GROUP;
    };
    expect(await remove(asked(['orders', 0]))).to.deep.equal([68]);
  });

  it('refuses a group without a name', async () => {
    expect(await remove(asked(['orders', 0]), '')).to.deep.equal([24]);
    expect(groups.asked).to.deep.equal([]);
  });
});
