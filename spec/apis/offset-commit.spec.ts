import { expect } from 'chai';
import { offsetCommit } from '../../lib/apis/offset-commit';
import { errors } from '../../lib/errors';
import { zeroUuid } from '../../lib/protocol/bytes';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const nobody = 'AAAAAAAAAAAAAAAAAAAAAQ';

/** A partition to commit, with what versions from 6 on can say. */
function partition(partitionIndex: number, committedOffset = 7, committedMetadata: string | null = 'here') {
  return { partitionIndex, committedOffset, committedMetadata };
}

describe('offsetCommit', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  let orders: string;
  let users: string;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({ 'offset.metadata.max.bytes': 4 }, { groups });
    orders = broker.topic('orders', { partitions: 2 }).id;
    users = broker.topic('users').id;
  });
  const refuse = () => {
    groups.script.commitOffsets = async () => errors.ILLEGAL_GENERATION;
  };
  /** Error codes by topic, in the order of the answer. */
  const commit = async (
    version: number,
    ...topics: [topic: string, ...partitions: ReturnType<typeof partition>[]][]
  ) => {
    const rows = topics.map(([topic, ...partitions]) => ({
      ...(version < 10 ? { name: topic } : { topicId: topic }),
      partitions,
    }));
    const answer = await ask(broker, offsetCommit, version, { groupId: 'g', memberId: 'm', topics: rows });
    return answer.topics.map(({ name, topicId, partitions }) => [
      version < 10 ? name : topicId,
      ...partitions.map(({ partitionIndex, errorCode }) => [partitionIndex, errorCode]),
    ]);
  };
  const offsets = () => (groups.asked[0] as { commitOffsets: { offsets: unknown[] } }).commitOffsets.offsets;

  for (const version of [2, 3, 4, 5, 6, 7, 8, 9, 10])
    it(`asks and answers as version ${version} does`, async () => {
      const answer = await ask(broker, offsetCommit, version, {
        groupId: 'g',
        generationIdOrMemberEpoch: 3,
        memberId: 'm',
        ...(version >= 7 ? { groupInstanceId: 'i' } : {}),
        ...(version <= 4 ? { retentionTimeMs: 1000 } : {}),
        topics: [
          {
            ...(version < 10 ? { name: 'orders' } : { topicId: orders }),
            partitions: [{ ...partition(1), ...(version >= 6 ? { committedLeaderEpoch: 5 } : {}) }],
          },
        ],
      });
      const topicId = version < 10 ? zeroUuid : orders;
      expect(answer).to.deep.equal({
        throttleTimeMs: 0,
        topics: [{ name: version < 10 ? 'orders' : '', topicId, partitions: [{ partitionIndex: 1, errorCode: 0 }] }],
      });
      const leaderEpoch = version < 6 ? -1 : 5;
      expect(groups.asked).to.deep.equal([
        {
          commitOffsets: {
            groupId: 'g',
            memberId: 'm',
            groupInstanceId: version < 7 ? null : 'i',
            generationIdOrMemberEpoch: 3,
            retentionTimeMs: version <= 4 ? 1000 : -1,
            knowsMemberEpochs: version >= 9,
            offsets: [{ topic: 'orders', topicId: orders, partition: 1, offset: 7, leaderEpoch, metadata: 'here' }],
          },
        },
      ]);
    });

  it('checks partitions one by one, and commits the others at once', async () => {
    const rows = await commit(
      9,
      ['nosuch', partition(0)],
      ['orders', partition(0), partition(2), partition(-1), partition(1, 8, 'after')],
      ['users', partition(0, 9)],
    );
    expect(rows).to.deep.equal([
      ['nosuch', [0, 3]],
      ['orders', [0, 0], [2, 3], [-1, 3], [1, 12]],
      ['users', [0, 0]],
    ]);
    expect(groups.asked).to.have.length(1);
    const common = { partition: 0, leaderEpoch: -1, metadata: 'here' };
    expect(offsets()).to.deep.equal([
      { ...common, topic: 'orders', topicId: orders, offset: 7 },
      { ...common, topic: 'users', topicId: users, offset: 9 },
    ]);
  });

  it('knows topics by their ids in version 10', async () => {
    const rows = await commit(
      10,
      [nobody, partition(0)],
      [users, partition(0), partition(1)],
      [zeroUuid, partition(0)],
    );
    expect(rows).to.deep.equal([
      [nobody, [0, 100]],
      [users, [0, 0], [1, 3]],
      [zeroUuid, [0, 100]],
    ]);
    expect(offsets()).to.have.length(1);
    expect(offsets()[0]).to.include({ topic: 'users', topicId: users });
  });

  it('puts the error of the group on each partition that was up to it', async () => {
    refuse();
    expect(
      await commit(8, ['nosuch', partition(0)], ['orders', partition(0), partition(7), partition(1, 8, 'after')]),
    ).to.deep.equal([
      ['nosuch', [0, 3]],
      ['orders', [0, 22], [7, 3], [1, 22]],
    ]);
  });

  it('says why the coordinator refuses, in the same way', async () => {
    groups.script.commitOffsets = async () => {
      throw errors.COORDINATOR_LOAD_IN_PROGRESS;
    };
    expect(await commit(8, ['nosuch', partition(0)], ['users', partition(0)])).to.deep.equal([
      ['nosuch', [0, 3]],
      ['users', [0, 14]],
    ]);
  });

  it('asks the group even where only metadata is too large, and not where every topic is unknown', async () => {
    refuse();
    expect(await commit(8, ['nosuch', partition(0)])).to.deep.equal([['nosuch', [0, 3]]]);
    expect(await commit(8)).to.deep.equal([]);
    expect(groups.asked).to.deep.equal([]);
    expect(await commit(8, ['users', partition(0, 7, 'after')])).to.deep.equal([['users', [0, 22]]]);
    expect(offsets()).to.deep.equal([]);
  });

  it('takes no metadata for empty metadata', async () => {
    await commit(8, ['users', partition(0, 7, null)]);
    expect(offsets()[0]).to.include({ metadata: '' });
  });

  it('commits a partition that comes twice twice, in order: the last one counts', async () => {
    const rows = await commit(8, ['users', partition(0, 7), partition(0, 5)], ['users', partition(0, 6)]);
    expect(rows).to.deep.equal([
      ['users', [0, 0], [0, 0]],
      ['users', [0, 0]],
    ]);
    expect(offsets().map((each) => (each as { offset: number }).offset)).to.deep.equal([7, 5, 6]);
  });
});
