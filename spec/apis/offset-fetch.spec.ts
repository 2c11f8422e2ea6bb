import { expect } from 'chai';
import { offsetFetch } from '../../lib/apis/offset-fetch';
import type { CommittedOffset } from '../../lib/coordinators/groups/requests';
import { type ErrorName, errors } from '../../lib/errors';
import { zeroUuid } from '../../lib/protocol/bytes';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const nobody = 'AAAAAAAAAAAAAAAAAAAAAQ';

function committed(offset: number, topicId = zeroUuid): CommittedOffset {
  const times = { commitTimestampMs: 1, expireTimestampMs: -1 };
  return { offset, leaderEpoch: 5, metadata: 'here', ...times, topicId };
}

describe('offsetFetch', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  let orders: string;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
    orders = broker.topic('orders', { partitions: 3 }).id;
    groups.script.fetchOffsets = async ({ groupId }) =>
      groupId === 'g'
        ? new Map([
            ['orders', new Map([[1, committed(7)]])],
            ['gone', new Map([[0, committed(8)]])],
          ])
        : new Map();
  });
  const refuse = (name: ErrorName) => {
    groups.script.fetchOffsets = async ({ groupId }) => {
      if (groupId === 'g') throw errors[name];
      return new Map();
    };
  };

  const row = (partitionIndex: number, offset: number, errorCode = 0) => ({
    partitionIndex,
    committedOffset: offset,
    committedLeaderEpoch: offset < 0 ? -1 : 5,
    metadata: offset < 0 ? '' : 'here',
    errorCode,
  });

  describe('up to version 7', () => {
    const fetch = (version: number, topics: { name: string; partitionIndexes: number[] }[] | null, groupId = 'g') =>
      ask(broker, offsetFetch, version, { groupId, topics });
    const asked = [
      { name: 'orders', partitionIndexes: [0, 1] },
      { name: 'nosuch', partitionIndexes: [0] },
    ];

    for (const version of [1, 2, 3, 4, 5, 6, 7])
      it(`asks and answers as version ${version} does`, async () => {
        const epoch = version < 5 ? -1 : 5;
        expect(await fetch(version, asked)).to.deep.equal({
          throttleTimeMs: 0,
          topics: [
            { name: 'orders', partitions: [row(0, -1), { ...row(1, 7), committedLeaderEpoch: epoch }] },
            { name: 'nosuch', partitions: [row(0, -1)] },
          ],
          errorCode: 0,
          groups: [],
        });
        expect(groups.asked).to.deep.equal([
          { fetchOffsets: { groupId: 'g', memberId: null, memberEpoch: -1, requireStable: false } },
        ]);
      });

    it('gives everything from version 2 on, topics that are gone too', async () => {
      expect((await fetch(7, null)).topics).to.deep.equal([
        { name: 'orders', partitions: [row(1, 7)] },
        { name: 'gone', partitions: [row(0, 8)] },
      ]);
    });

    it('finds nothing of a group that does not exist, without an error', async () => {
      expect(await fetch(2, null, 'nosuch')).to.deep.include({ topics: [], errorCode: 0 });
      expect((await fetch(1, asked, '')).topics[0]!.partitions).to.deep.equal([row(0, -1), row(1, -1)]);
    });

    it('has the error of the group on each partition in version 1, then in one place', async () => {
      refuse('COORDINATOR_LOAD_IN_PROGRESS');
      expect((await fetch(1, asked)).topics).to.deep.equal([
        { name: 'orders', partitions: [row(0, -1, 14), row(1, -1, 14)] },
        { name: 'nosuch', partitions: [row(0, -1, 14)] },
      ]);
      for (const version of [2, 7])
        expect(await fetch(version, asked), `v${version}`).to.deep.include({ topics: [], errorCode: 14 });
    });

    it('says whether offsets must be stable in version 7', async () => {
      await ask(broker, offsetFetch, 7, { groupId: 'g', topics: null, requireStable: true });
      expect(groups.asked[0]).to.have.nested.property('fetchOffsets.requireStable', true);
    });
  });

  describe('from version 8 on', () => {
    interface Topic {
      name?: string;
      topicId?: string;
      partitionIndexes: number[];
    }
    const fetch = async (version: number, ...of: [groupId: string, topics: Topic[] | null][]) => {
      const rows = of.map(([groupId, topics]) => ({ groupId, topics }));
      return (await ask(broker, offsetFetch, version, { groups: rows, requireStable: false })).groups;
    };
    const asked = (version: number) => [
      { ...(version < 10 ? { name: 'orders' } : { topicId: orders }), partitionIndexes: [0, 1] },
    ];

    for (const version of [8, 9, 10])
      it(`asks and answers as version ${version} does`, async () => {
        const member = version < 9 ? {} : { memberId: 'm', memberEpoch: 4 };
        const answer = await ask(broker, offsetFetch, version, {
          groups: [{ groupId: 'g', ...member, topics: asked(version) }],
          requireStable: true,
        });
        const topic = version < 10 ? { name: 'orders', topicId: zeroUuid } : { name: '', topicId: orders };
        expect(answer).to.deep.equal({
          throttleTimeMs: 0,
          topics: [],
          errorCode: 0,
          groups: [{ groupId: 'g', topics: [{ ...topic, partitions: [row(0, -1), row(1, 7)] }], errorCode: 0 }],
        });
        const who = version < 9 ? { memberId: null, memberEpoch: -1 } : member;
        expect(groups.asked).to.deep.equal([{ fetchOffsets: { groupId: 'g', ...who, requireStable: true } }]);
      });

    it('answers each group by itself: an error of one is not that of the others', async () => {
      refuse('STALE_MEMBER_EPOCH');
      expect(await fetch(9, ['g', asked(9)], ['other', null])).to.deep.equal([
        { groupId: 'g', topics: [], errorCode: 113 },
        { groupId: 'other', topics: [], errorCode: 0 },
      ]);
    });

    it('gives everything, but by ids only what is there still', async () => {
      const names = (await fetch(9, ['g', null]))[0]!.topics.map(({ name }) => name);
      expect(names).to.deep.equal(['orders', 'gone']);
      expect((await fetch(10, ['g', null]))[0]!.topics).to.deep.equal([
        { name: '', topicId: orders, partitions: [row(1, 7)] },
      ]);
    });

    it('gives everything of a group once', async () => {
      const rows = await fetch(8, ['g', null], ['g', asked(8)], ['g', null], ['other', null]);
      expect(rows.map(({ errorCode, topics }) => [errorCode, topics.length])).to.deep.equal([
        [0, 2],
        [0, 1],
        [42, 0],
        [0, 0],
      ]);
    });

    it('answers a partition once, however often it is named', async () => {
      const again = { name: 'orders', partitionIndexes: [1, 1, 2] };
      const rows = await fetch(8, ['g', [...asked(8), again]], ['other', asked(8)], ['g', [again]]);
      expect(rows.map(({ topics }) => topics.map(({ partitions }) => partitions))).to.deep.equal([
        [[row(0, -1), row(1, 7)], [row(2, -1)]],
        [[row(0, -1), row(1, -1)]],
        [[]],
      ]);
    });

    it('says which ids no topic has', async () => {
      const [found] = await fetch(10, ['g', [{ topicId: nobody, partitionIndexes: [0, 1] }, ...asked(10)]]);
      expect(found!.topics.map(({ topicId, partitions }) => [topicId, ...partitions])).to.deep.equal([
        [nobody, row(0, -1, 100), row(1, -1, 100)],
        [orders, row(0, -1), row(1, 7)],
      ]);
    });

    it('does not take offsets of an older topic of the same name for those of a newer one', async () => {
      const offsets = new Map([
        [0, committed(3, nobody)],
        [1, committed(4, orders)],
      ]);
      groups.script.fetchOffsets = async () => new Map([['orders', offsets]]);
      expect((await fetch(10, ['g', asked(10)]))[0]!.topics[0]!.partitions).to.deep.equal([row(0, -1), row(1, 4)]);
      expect((await fetch(10, ['g', null]))[0]!.topics[0]!.partitions).to.deep.equal([row(1, 4)]);
      expect((await fetch(9, ['g', asked(9)]))[0]!.topics[0]!.partitions).to.deep.equal([row(0, 3), row(1, 4)]);
      offsets.delete(1);
      expect((await fetch(10, ['g', null]))[0]!.topics).to.deep.equal([]);
    });
  });
});
