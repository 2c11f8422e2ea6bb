import { expect } from 'chai';
import fc from 'fast-check';
import {
  type AskedPartition,
  type FetchContext,
  type FetchedPartition,
  FetchSessions,
  nextEpoch,
  type SessionRequest,
} from '../../lib/coordinators/fetch-sessions';

const nobody = 'AAAAAAAAAAAAAAAAAAAAAA';
const asked = (partition: number, more: Partial<AskedPartition> = {}): AskedPartition => ({
  topic: 'orders',
  topicId: nobody,
  partition,
  currentLeaderEpoch: -1,
  fetchOffset: 0,
  lastFetchedEpoch: -1,
  maxBytes: 1000,
  ...more,
});

interface Seen {
  readonly highWatermark?: number;
  readonly logStartOffset?: number;
  readonly errorCode?: number;
  readonly bytes?: number;
  readonly diverging?: boolean;
}

describe('FetchSessions', () => {
  let clock: { nowMs: number };
  let sessions: FetchSessions;
  const make = (maxSessions: number, maxPartitions?: number) => {
    clock = { nowMs: 1_000_000 };
    let nextId = 100;
    const randomId = () => nextId++;
    return new FetchSessions({ maxSessions, maxPartitions, scheduler: { now: () => clock.nowMs }, randomId });
  };
  beforeEach(() => {
    sessions = make(10);
  });

  const open = (
    sessionId: number,
    sessionEpoch: number,
    partitions: readonly AskedPartition[] = [],
    more: Partial<SessionRequest> = {},
  ) => sessions.open({ sessionId, sessionEpoch, byId: false, partitions, forgotten: [], ...more });

  const fetched = (partition: AskedPartition, seen: Seen = {}): FetchedPartition => {
    const { highWatermark = 5, logStartOffset = 0, errorCode = 0, bytes = 0, diverging = false } = seen;
    const row = { errorCode, highWatermark, logStartOffset, records: Buffer.alloc(bytes) };
    return { asked: partition, row: diverging ? { ...row, divergingEpoch: {} } : row };
  };
  /** Settles with the same for every partition, or with something else for some. */
  const settle = (context: FetchContext, seen: (partition: number) => Seen = () => ({})) => {
    const all = context.partitions.map((partition) => fetched(partition, seen(partition.partition)));
    const { error, sessionId, fetched: news } = context.settle(all);
    return { error: error?.name ?? null, sessionId, news: news.map((each) => each.asked.partition) };
  };
  const begin = (...partitions: number[]) =>
    settle(
      open(
        0,
        0,
        partitions.map((each) => asked(each)),
      ),
    ).sessionId;
  const orderOf = (context: FetchContext) => context.partitions.map(({ partition }) => partition);

  describe('a full fetch', () => {
    it('makes a session and tells everything', () => {
      const context = open(0, 0, [asked(2), asked(0)]);
      expect(context.refused).to.equal(null);
      expect(orderOf(context)).to.deep.equal([2, 0]);
      expect(settle(context)).to.deep.equal({ error: null, sessionId: 100, news: [2, 0] });
      expect([sessions.size, sessions.partitions]).to.deep.equal([1, 2]);
    });

    it('makes none where the client wants none', () => {
      expect(settle(open(0, -1, [asked(0)]))).to.deep.equal({ error: null, sessionId: 0, news: [0] });
      expect(sessions.size).to.equal(0);
    });

    it('ends the session that it names, whether or not it makes another', () => {
      const id = begin(0, 1);
      expect(settle(open(id, -1, [asked(0)])).sessionId).to.equal(0);
      expect([sessions.size, sessions.partitions]).to.deep.equal([0, 0]);
      const next = begin(0);
      expect(settle(open(next, 0, [asked(0)])).sessionId).to.equal(next + 1);
      expect(sessions.size).to.equal(1);
    });

    it('does not make a session with an id that is taken', () => {
      const ids = [7, 7, 7, 8];
      sessions = new FetchSessions({ maxSessions: 9, scheduler: { now: () => 0 }, randomId: () => ids.shift()! });
      expect([begin(0), begin(0)]).to.deep.equal([7, 8]);
    });

    it('makes ids that nobody can guess', () => {
      sessions = new FetchSessions({ maxSessions: 9, scheduler: { now: () => 0 } });
      const ids = [begin(0), begin(0), begin(0)];
      expect(new Set(ids).size).to.equal(3);
      for (const id of ids) expect(id).to.be.within(1, 2 ** 31 - 1);
    });

    it('counts a partition that is named twice once', () => {
      begin(0, 1, 0);
      expect(sessions.partitions).to.equal(2);
    });
  });

  describe('an incremental fetch', () => {
    it('fetches all partitions of the session, with what changed', () => {
      const id = begin(0, 1);
      const context = open(id, 1, [asked(1, { fetchOffset: 9 }), asked(2)]);
      expect(context.partitions.map(({ partition, fetchOffset }) => [partition, fetchOffset])).to.deep.equal([
        [0, 0],
        [1, 9],
        [2, 0],
      ]);
      expect(sessions.partitions).to.equal(3);
    });

    it('tells only what is new', () => {
      const id = begin(0, 1, 2, 3, 4);
      const { news } = settle(open(id, 1), (partition) => {
        if (partition === 0) return { highWatermark: 6 };
        if (partition === 1) return { bytes: 10 };
        if (partition === 2) return { logStartOffset: 1 };
        return partition === 3 ? { diverging: true } : {};
      });
      expect(news).to.deep.equal([0, 1, 2, 3]);
      expect(
        settle(open(id, 2), (partition) =>
          partition === 0 ? { highWatermark: 6 } : { logStartOffset: partition === 2 ? 1 : 0 },
        ).news,
      ).to.deep.equal([]);
    });

    it('tells a partition that was added the first time, whatever it has', () => {
      const id = begin(0);
      expect(settle(open(id, 1, [asked(1)])).news).to.deep.equal([1]);
      expect(settle(open(id, 2)).news).to.deep.equal([]);
    });

    it('tells an error each time, and the partition again once it is over', () => {
      const id = begin(0);
      const failing = () => ({ errorCode: 3, highWatermark: -1, logStartOffset: -1 });
      expect(settle(open(id, 1), failing).news).to.deep.equal([0]);
      expect(settle(open(id, 2), failing).news).to.deep.equal([0]);
      expect(settle(open(id, 3)).news).to.deep.equal([0]);
      expect(settle(open(id, 4)).news).to.deep.equal([]);
    });

    it('moves partitions that gave records to the end', () => {
      const id = begin(0, 1, 2);
      settle(open(id, 1), (partition) => ({ bytes: partition === 0 ? 10 : 0 }));
      expect(orderOf(open(id, 2))).to.deep.equal([1, 2, 0]);
    });

    it('forgets partitions', () => {
      const id = begin(0, 1, 2);
      const context = open(id, 1, [asked(3)], { forgotten: [asked(1), asked(7)] });
      expect(orderOf(context)).to.deep.equal([0, 2, 3]);
      expect(sessions.partitions).to.equal(3);
    });

    it('ends a session that has no partition left', () => {
      const id = begin(0);
      const context = open(id, 1, [], { forgotten: [asked(0)] });
      expect(settle(context)).to.deep.equal({ error: null, sessionId: 0, news: [] });
      expect([sessions.size, sessions.partitions]).to.deep.equal([0, 0]);
    });

    it('tells topics by id apart', () => {
      const byId = (partition: number, topicId: string) => asked(partition, { topic: '', topicId });
      const partitions = [byId(0, 'AAAAAAAAAAAAAAAAAAAAAQ'), byId(0, 'AAAAAAAAAAAAAAAAAAAAAg')];
      const { sessionId } = settle(open(0, 0, partitions, { byId: true }));
      expect(sessions.partitions).to.equal(2);
      const context = open(sessionId, 1, [], { byId: true, forgotten: [partitions[0]!] });
      expect(context.partitions.map(({ topicId }) => topicId)).to.deep.equal(['AAAAAAAAAAAAAAAAAAAAAg']);
    });
  });

  describe('refuses', () => {
    const refusal = (context: FetchContext) => [context.refused?.name, context.partitions.length];

    it('a session that it does not know', () => {
      expect(refusal(open(5, 1, [asked(0)]))).to.deep.equal(['FETCH_SESSION_ID_NOT_FOUND', 0]);
      expect(refusal(open(0, 1, [asked(0)]))).to.deep.equal(['FETCH_SESSION_ID_NOT_FOUND', 0]);
    });

    it('an epoch that is not the next one, and leaves the session as it is', () => {
      const id = begin(0);
      for (const epoch of [2, -2, 2 ** 31 - 1])
        expect(refusal(open(id, epoch, [asked(5)]))).to.deep.equal(['INVALID_FETCH_SESSION_EPOCH', 0]);
      expect(orderOf(open(id, 1))).to.deep.equal([0]);
      expect(refusal(open(id, 1))).to.deep.equal(['INVALID_FETCH_SESSION_EPOCH', 0]);
    });

    it('a session that names topics in the other way', () => {
      const id = begin(0);
      expect(refusal(open(id, 1, [], { byId: true }))).to.deep.equal(['FETCH_SESSION_TOPIC_ID_ERROR', 0]);
      expect(open(id, 1).refused).to.equal(null);
    });

    it('at the end a request whose session went on without it, with its id', () => {
      const id = begin(0);
      const late = open(id, 1);
      settle(open(id, 2));
      expect(settle(late, () => ({ bytes: 10 }))).to.deep.equal({
        error: 'INVALID_FETCH_SESSION_EPOCH',
        sessionId: id,
        news: [],
      });
    });
  });

  describe('where there is no room', () => {
    beforeEach(() => {
      sessions = make(2);
    });

    it('lets the client go on without a session', () => {
      begin(0);
      begin(0);
      expect(begin(0, 1, 2)).to.equal(0);
      expect(sessions.size).to.equal(2);
    });

    it('ends one that nobody has used for two minutes', () => {
      const [first, second] = [begin(0, 1, 2), begin(0)];
      clock.nowMs += 100_000;
      settle(open(first!, 1));
      clock.nowMs += 20_001;
      expect(begin(0)).to.equal(102);
      expect(open(second!, 1).refused).not.to.equal(null);
      expect(open(first!, 2).refused).to.equal(null);
    });

    it('ends a smaller one that is older than two minutes, the smallest first', () => {
      const [large, small] = [begin(0, 1, 2), begin(0, 1)];
      clock.nowMs += 120_000;
      for (const id of [large!, small!]) settle(open(id, 1));
      expect(begin(0, 1, 2)).to.equal(0);
      clock.nowMs += 1;
      expect(begin(0, 1)).to.equal(0);
      expect(begin(0, 1, 2)).to.equal(102);
      expect(open(small!, 2).refused).not.to.equal(null);
      expect(open(large!, 2).refused).to.equal(null);
    });

    it('keeps no session where there are no slots', () => {
      sessions = make(0);
      expect(begin(0)).to.equal(0);
    });

    it('keeps no more partitions than its memory is for', () => {
      sessions = make(10, 5);
      const id = begin(0, 1, 2);
      expect(begin(0, 1, 2)).to.equal(0);
      expect(begin(0, 1)).to.equal(101);
      const context = open(id, 1, [asked(3)]);
      expect(context.refused?.name).to.equal('FETCH_SESSION_ID_NOT_FOUND');
      expect([sessions.size, sessions.partitions]).to.deep.equal([1, 2]);
      expect(begin(0, 1, 2, 3, 4, 5)).to.equal(0);
    });
  });

  it('stays within its bounds, and tells what a client that remembers would want to know', () => {
    const step = fc.record({
      client: fc.nat(3),
      move: fc.constantFrom('full', 'none', 'next', 'next', 'next', 'wrong'),
      add: fc.array(fc.nat(5), { maxLength: 4 }),
      forget: fc.array(fc.nat(5), { maxLength: 2 }),
      moved: fc.array(fc.nat(5), { maxLength: 3 }),
      waitMs: fc.constantFrom(0, 50_000, 130_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        sessions = make(2, 8);
        const log = [0, 0, 0, 0, 0, 0];
        const clients = Array.from({ length: 4 }, () => ({ id: 0, epoch: 0, known: new Map<number, number>() }));
        for (const { client: who, move, add, forget, moved, waitMs } of steps) {
          const client = clients[who]!;
          clock.nowMs += waitMs;
          for (const partition of moved) log[partition]!++;
          const epoch = { full: 0, none: -1, next: client.epoch, wrong: client.epoch + 3 }[move];
          const context = open(
            client.id,
            epoch,
            add.map((each) => asked(each)),
            { forgotten: forget.map((each) => asked(each)) },
          );
          if (context.refused !== null) Object.assign(client, { id: 0, epoch: 0, known: new Map() });
          else {
            const rows = context.partitions.map((each) => fetched(each, { highWatermark: log[each.partition] }));
            const { sessionId, fetched: news } = context.settle(rows);
            if (epoch <= 0) client.known = new Map();
            else for (const partition of forget) client.known.delete(partition);
            for (const { asked: each, row } of news) client.known.set(each.partition, row.highWatermark);
            for (const each of context.partitions)
              expect(client.known.get(each.partition)).to.equal(log[each.partition]);
            client.id = sessionId;
            client.epoch = sessionId === 0 ? 0 : epoch + 1;
          }
          expect(sessions.size).to.be.at.most(2);
          expect(sessions.partitions).to.be.at.most(8);
        }
        for (const { id } of clients) open(id, -1);
        clock.nowMs += 130_000;
        if (sessions.size === 0) expect(sessions.partitions).to.equal(0);
      }),
    );
  });
});

describe('nextEpoch', () => {
  it('counts to 2^31 − 1 and then from 1 on', () => {
    expect([0, 1, 2 ** 31 - 2, 2 ** 31 - 1].map(nextEpoch)).to.deep.equal([1, 2, 2 ** 31 - 1, 1]);
  });
});
