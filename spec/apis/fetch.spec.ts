import { expect } from 'chai';
import { fetch } from '../../lib/apis/fetch';
import { errors } from '../../lib/errors';
import { zeroUuid } from '../../lib/protocol/bytes';
import * as batch from '../../lib/records/batch';
import {
  ask,
  batchOf,
  requestOf,
  type ScopeOptions,
  scopeOf,
  TestBroker,
  type TestLog,
  type TestTopic,
  tell,
} from '../support/services';

interface Wanted {
  readonly partition?: number;
  readonly offset?: number;
  readonly maxBytes?: number;
  readonly epoch?: number;
  readonly lastFetchedEpoch?: number;
  readonly topic?: string;
}

interface Limits {
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly isolationLevel?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
  readonly forget?: readonly number[];
}

describe('fetch', () => {
  let broker: TestBroker;
  let topic: TestTopic;
  let log: TestLog;
  beforeEach(() => {
    broker = new TestBroker();
    topic = broker.topic('orders', { partitions: 3 });
    log = topic.partition(0)!;
  });

  const bodyOf = (version: number, wanted: readonly Wanted[], limits: Limits = {}) => {
    const {
      maxWaitMs = 0,
      minBytes = 1,
      maxBytes = 10_000,
      isolationLevel = 0,
      sessionId = 0,
      sessionEpoch = -1,
    } = limits;
    const byId = version >= 13;
    const named = (name: string) => ({
      topic: byId ? '' : name,
      topicId: byId ? (broker.topics.byName(name)?.id ?? name) : zeroUuid,
    });
    const topics = wanted.map(
      ({ topic: name = 'orders', partition = 0, offset = 0, maxBytes: most = 5000, ...epochs }) => ({
        ...named(name),
        partitions: [
          {
            partition,
            currentLeaderEpoch: epochs.epoch ?? -1,
            fetchOffset: offset,
            lastFetchedEpoch: epochs.lastFetchedEpoch ?? -1,
            partitionMaxBytes: most,
          },
        ],
      }),
    );
    const forgottenTopicsData =
      limits.forget === undefined ? [] : [{ ...named('orders'), partitions: [...limits.forget] }];
    return { maxWaitMs, minBytes, maxBytes, isolationLevel, sessionId, sessionEpoch, topics, forgottenTopicsData };
  };
  const get = (version: number, wanted: readonly Wanted[], limits: Limits = {}, scope: ScopeOptions = {}) =>
    ask(broker, fetch, version, bodyOf(version, wanted, limits), scope);
  const rowsOf = async (version: number, wanted: readonly Wanted[], limits: Limits = {}) =>
    (await get(version, wanted, limits)).responses.flatMap(({ partitions }) => partitions);
  const offsetsIn = (records: Buffer | null) =>
    [...batch.batchesOf(records!)].map((at) => batch.baseOffset(records!, at));

  it('reads the batches from the offset on', async () => {
    log.append(batchOf(['a', 'b']));
    log.append(batchOf(['c']));
    log.append(batchOf(['d']));
    const { errorCode, sessionId, responses } = await get(13, [{ offset: 2 }]);
    expect([errorCode, sessionId]).to.deep.equal([0, 0]);
    expect(responses).to.have.length(1);
    expect(responses[0]).to.include({ topic: '', topicId: topic.id });
    const { records, ...row } = responses[0]!.partitions[0]!;
    expect(row).to.deep.equal({
      partitionIndex: 0,
      errorCode: 0,
      highWatermark: 4,
      lastStableOffset: 4,
      logStartOffset: 0,
      divergingEpoch: { epoch: -1, endOffset: -1 },
      currentLeader: { leaderId: -1, leaderEpoch: -1 },
      snapshotId: { endOffset: -1, epoch: -1 },
      abortedTransactions: null,
      preferredReadReplica: -1,
    });
    expect(offsetsIn(records)).to.deep.equal([2, 3]);
  });

  it('gives the whole batch that the offset lies in', async () => {
    log.append(batchOf(['a', 'b', 'c']));
    const [row] = await rowsOf(12, [{ offset: 2 }]);
    expect(offsetsIn(row!.records)).to.deep.equal([0]);
  });

  it('gives empty records, not null, where there are none', async () => {
    for (const version of [4, 12, 17]) expect((await rowsOf(version, [{}]))[0]!.records).to.deep.equal(Buffer.alloc(0));
  });

  it('stands topics together that follow each other', async () => {
    broker.topic('users');
    const { responses } = await get(11, [{ partition: 1 }, { partition: 0 }, { topic: 'users' }, { partition: 2 }]);
    expect(responses.map((row) => [row.topic, row.partitions.map((each) => each.partitionIndex)])).to.deep.equal([
      ['orders', [1, 0]],
      ['users', [0]],
      ['orders', [2]],
    ]);
  });

  describe('what goes wrong with a partition', () => {
    const unread = { highWatermark: -1, lastStableOffset: -1, logStartOffset: -1 };

    it('is an unknown topic or partition by name, and an unknown id', async () => {
      expect((await rowsOf(12, [{ topic: 'nosuch' }]))[0]).to.deep.include({
        errorCode: 3,
        ...unread,
        abortedTransactions: [],
      });
      expect((await rowsOf(12, [{ partition: 3 }]))[0]).to.deep.include({
        errorCode: 3,
        ...unread,
        abortedTransactions: [],
      });
      expect((await rowsOf(13, [{ partition: 3 }]))[0]).to.include({ errorCode: 3 });
      const { errorCode, responses } = await get(16, [{ topic: 'AAAAAAAAAAAAAAAAAAAAAQ' }]);
      expect(errorCode).to.equal(0);
      expect(responses[0]!.topicId).to.equal('AAAAAAAAAAAAAAAAAAAAAQ');
      expect(responses[0]!.partitions[0]).to.deep.include({
        errorCode: 100,
        ...unread,
        abortedTransactions: [],
        records: Buffer.alloc(0),
      });
    });

    it('is an offset before the log start or behind the log end', async () => {
      log.append(batchOf(['a', 'b']));
      log.append(batchOf(['c']));
      log.logStartOffset = 2;
      for (const offset of [1, 4, -1]) {
        const [row] = await rowsOf(12, [{ offset }], { isolationLevel: 1 });
        expect(row).to.deep.include({ errorCode: 1, ...unread, abortedTransactions: null, records: Buffer.alloc(0) });
      }
      expect((await rowsOf(12, [{ offset: 3 }]))[0]!.errorCode).to.equal(0);
    });

    it('is a leader epoch that is out of date on either side', async () => {
      log.leaderEpoch = 3;
      expect((await rowsOf(12, [{ epoch: 2 }]))[0]).to.deep.include({
        errorCode: 74,
        ...unread,
        abortedTransactions: null,
      });
      expect((await rowsOf(12, [{ epoch: 4 }]))[0]).to.deep.include({ errorCode: 75, ...unread });
      expect((await rowsOf(12, [{ epoch: 3 }]))[0]!.errorCode).to.equal(0);
    });

    it('comes with the leader where the client is behind, from version 16 on', async () => {
      log.leaderEpoch = 3;
      const { responses, nodeEndpoints } = await get(16, [{ epoch: 2 }]);
      expect(responses[0]!.partitions[0]!.currentLeader).to.deep.equal({ leaderId: 1, leaderEpoch: 3 });
      expect(nodeEndpoints).to.deep.equal([{ nodeId: 1, host: 'broker.example', port: 9092, rack: null }]);
      const older = await get(15, [{ epoch: 2 }]);
      expect(older.responses[0]!.partitions[0]!.currentLeader.leaderId).to.equal(-1);
    });

    it('is a disk that has failed', async () => {
      log.offline = errors.KAFKA_STORAGE_ERROR;
      expect((await rowsOf(12, [{}]))[0]).to.deep.include({ errorCode: 56, ...unread });
    });

    it('is what reading it leads to, and nothing of the others', async () => {
      log.append(batchOf(['a']));
      log.readError = errors.KAFKA_STORAGE_ERROR;
      topic.partition(1)!.append(batchOf(['b']));
      const rows = await rowsOf(12, [{}, { partition: 1 }]);
      expect(rows.map(({ errorCode }) => errorCode)).to.deep.equal([56, 0]);
      expect(offsetsIn(rows[1]!.records)).to.deep.equal([0]);
    });

    it('is zstd for those who cannot know it', async () => {
      log.append(batchOf(['a']));
      log.append(batchOf(['a', 'a', 'a'], { codec: 4 }));
      expect((await rowsOf(9, [{}]))[0]).to.deep.include({
        errorCode: 76,
        records: Buffer.alloc(0),
        abortedTransactions: [],
      });
      expect((await rowsOf(9, [{ maxBytes: 1 }]))[0]!.errorCode).to.equal(0);
      expect((await rowsOf(10, [{}]))[0]!.errorCode).to.equal(0);
    });

    it('is a history that is not the leader’s', async () => {
      log.append(batchOf(['a']));
      log.leaderEpoch = 2;
      log.append(batchOf(['b']));
      const [row] = await rowsOf(12, [{ offset: 2, lastFetchedEpoch: 1 }], { maxWaitMs: 1000 });
      expect(row).to.deep.include({ errorCode: 0, divergingEpoch: { epoch: 0, endOffset: 1 }, highWatermark: 2 });
      expect(row!.records).to.have.length(0);
      expect((await rowsOf(12, [{ offset: 2, lastFetchedEpoch: 2 }]))[0]!.divergingEpoch.epoch).to.equal(-1);
      expect((await rowsOf(12, [{ offset: 2, lastFetchedEpoch: 9 }]))[0]!.errorCode).to.equal(1);
    });

    it('is said of all of them where the isolation level does not exist', async () => {
      const { errorCode, responses } = await get(11, [{}, { partition: 1 }], { isolationLevel: 2 });
      expect(errorCode).to.equal(42);
      expect(responses.flatMap(({ partitions }) => partitions.map((row) => row.errorCode))).to.deep.equal([42, 42]);
    });
  });

  describe('limits', () => {
    const size = batchOf(['a']).length;
    beforeEach(() => {
      for (const each of topic.partitions) for (const value of ['a', 'b', 'c']) each.append(batchOf([value]));
    });
    const counts = async (wanted: readonly Wanted[], limits: Limits = {}) =>
      (await rowsOf(12, wanted, limits)).map(({ records }) => offsetsIn(records).length);

    it('are those of the partition', async () => {
      expect(await counts([{ maxBytes: 2 * size + 1 }, { partition: 1, maxBytes: size }])).to.deep.equal([2, 1]);
    });

    it('are those of the request, in the order of the partitions', async () => {
      expect(await counts([{ partition: 2 }, { partition: 1 }, {}], { maxBytes: 4 * size })).to.deep.equal([3, 1, 0]);
    });

    it('are those of the broker', async () => {
      broker = new TestBroker({ 'fetch.max.bytes': 1024 });
      const small = broker.topic('orders', { partitions: 2 });
      for (let i = 0; i < 30; i++) for (const each of small.partitions) each.append(batchOf(['a']));
      const rows = await rowsOf(12, [{}, { partition: 1 }], { maxBytes: 1_000_000 });
      const bytes = rows.reduce((sum, { records }) => sum + records!.length, 0);
      expect(bytes).to.be.within(1024 - size, 1024);
    });

    it('let the first batch of the first partition that has one through, and no other', async () => {
      expect(await counts([{ offset: 3 }, { partition: 1 }, { partition: 2 }], { maxBytes: 1 })).to.deep.equal([
        0, 1, 0,
      ]);
      expect(await counts([{ maxBytes: 1 }, { partition: 1, maxBytes: 1 }])).to.deep.equal([1, 0]);
      expect(await counts([{ maxBytes: -1 }], { maxBytes: -1 })).to.deep.equal([1]);
    });

    it('spare the reading of partitions that have nothing to read', async () => {
      await counts([{ offset: 3 }, { partition: 1, offset: 3 }, { partition: 2 }]);
      expect(topic.partitions.map(({ reads }) => reads)).to.deep.equal([0, 0, 1]);
    });
  });

  describe('read_committed', () => {
    beforeEach(() => {
      for (const value of ['a', 'b', 'c']) log.append(batchOf([value]));
      log.aborted = [{ producerId: 7, firstOffset: 1 }];
    });

    it('reads up to the last stable offset', async () => {
      log.unstableFrom = 2;
      const [row] = await rowsOf(12, [{}], { isolationLevel: 1 });
      expect(row).to.include({ highWatermark: 3, lastStableOffset: 2 });
      expect(offsetsIn(row!.records)).to.deep.equal([0, 1]);
      const [dirty] = await rowsOf(12, [{}]);
      expect(offsetsIn(dirty!.records)).to.deep.equal([0, 1, 2]);
    });

    it('says which transactions were aborted, within what was read', async () => {
      const [row] = await rowsOf(12, [{}], { isolationLevel: 1 });
      expect(row!.abortedTransactions).to.deep.equal([{ producerId: 7, firstOffset: 1 }]);
      const [before] = await rowsOf(12, [{ maxBytes: 1 }], { isolationLevel: 1 });
      expect(before!.abortedTransactions).to.deep.equal([]);
    });

    it('has an empty list, not null, where nothing is read', async () => {
      log.unstableFrom = 0;
      expect((await rowsOf(12, [{}], { isolationLevel: 1 }))[0]!.abortedTransactions).to.deep.equal([]);
    });

    it('gives nothing, and no error, between the last stable offset and the log end', async () => {
      log.unstableFrom = 1;
      const [row] = await rowsOf(12, [{ offset: 2 }], { isolationLevel: 1 });
      expect(row).to.include({ errorCode: 0, lastStableOffset: 1 });
      expect(row!.records).to.have.length(0);
    });

    it('waits for the last stable offset', async () => {
      log.unstableFrom = 0;
      const parked = get(12, [{}], { isolationLevel: 1, maxWaitMs: 1000 });
      await Promise.resolve();
      log.append(batchOf(['d']));
      expect(log.isWatched).to.equal(true);
      log.unstableFrom = null;
      log.advance();
      expect((await parked).responses[0]!.partitions[0]!.records!.length).to.be.above(0);
    });
  });

  describe('waiting', () => {
    const size = batchOf(['a']).length;

    it('answers at once where there is enough', async () => {
      log.append(batchOf(['a']));
      expect(await rowsOf(12, [{}], { maxWaitMs: 1000 })).to.have.length(1);
      expect(broker.timers).to.equal(0);
    });

    it('answers without a promise where no log takes its time', () => {
      log.append(batchOf(['a']));
      const handle = () => fetch.handle(requestOf(fetch, 12, bodyOf(12, [{}])), scopeOf(12), broker.services);
      expect(handle()).not.to.be.instanceOf(Promise);
      log.readsTakeTime = true;
      expect(handle()).to.be.instanceOf(Promise);
    });

    it('answers at once without time, without partitions, and where there is an error to tell', async () => {
      expect(await rowsOf(12, [{}], { maxWaitMs: 0 })).to.have.length(1);
      expect(await rowsOf(12, [], { maxWaitMs: 1000 })).to.have.length(0);
      expect(await rowsOf(12, [{}, { partition: 9 }], { maxWaitMs: 1000 })).to.have.length(2);
      expect(await rowsOf(12, [{}], { maxWaitMs: 1000, minBytes: 0 })).to.have.length(1);
    });

    it('wakes when records come', async () => {
      const parked = get(12, [{}, { partition: 1 }], { maxWaitMs: 1000 });
      await Promise.resolve();
      topic.partition(1)!.append(batchOf(['a']));
      const { responses } = await parked;
      expect(responses[0]!.partitions.map(({ records }) => records!.length > 0)).to.deep.equal([false, true]);
    });

    it('wakes only when there is enough, from all partitions together', async () => {
      let answered = false;
      const parked = get(12, [{}, { partition: 1 }], { maxWaitMs: 1000, minBytes: 2 * size }).then((answer) => {
        answered = true;
        return answer;
      });
      await Promise.resolve();
      log.append(batchOf(['a']));
      await new Promise(setImmediate);
      expect(answered).to.equal(false);
      topic.partition(1)!.append(batchOf(['b']));
      const { responses } = await parked;
      expect(responses[0]!.partitions.map(({ records }) => offsetsIn(records).length)).to.deep.equal([1, 1]);
    });

    it('does not wait for more than the answer may have', async () => {
      log.append(batchOf(['a']));
      expect(await rowsOf(12, [{}], { maxWaitMs: 1000, minBytes: 1_000_000, maxBytes: size })).to.have.length(1);
    });

    it('answers what there is at the deadline', async () => {
      log.append(batchOf(['a']));
      const parked = get(12, [{}], { maxWaitMs: 500, minBytes: 5000 });
      await Promise.resolve();
      broker.pass(499);
      expect(log.isWatched).to.equal(true);
      broker.pass(1);
      expect(offsetsIn((await parked).responses[0]!.partitions[0]!.records)).to.deep.equal([0]);
    });

    it('wakes when records are deleted, the disk fails or the log closes', async () => {
      const wakes = async (happens: () => void) => {
        const parked = get(12, [{}], { maxWaitMs: 1000, minBytes: 5000 });
        await Promise.resolve();
        happens();
        return (await parked).responses[0]!.partitions[0]!.errorCode;
      };
      log.append(batchOf(['a']));
      expect(
        await wakes(() => {
          log.logStartOffset = 1;
          log.advance();
        }),
      ).to.equal(1);
      log.logStartOffset = 0;
      expect(
        await wakes(() => {
          log.offline = errors.KAFKA_STORAGE_ERROR;
          log.advance();
        }),
      ).to.equal(56);
      log.offline = null;
      expect(
        await wakes(() => {
          broker.topics.all.delete('orders');
          log.close();
        }),
      ).to.equal(3);
    });

    it('ends when nobody waits any more', async () => {
      const connection = new AbortController();
      const parked = get(12, [{}], { maxWaitMs: 1000 }, { signal: connection.signal });
      await Promise.resolve();
      connection.abort();
      await parked;
      expect(broker.timers).to.equal(0);
    });

    it('does not begin when nobody waits any more', async () => {
      await get(12, [{}], { maxWaitMs: 1000 }, { signal: AbortSignal.abort() });
      expect(broker.timers).to.equal(0);
    });

    it('leaves nothing behind', async () => {
      const parked = get(12, [{}, { partition: 1 }], { maxWaitMs: 1000 });
      await Promise.resolve();
      expect(topic.partitions.map(({ isWatched }) => isWatched)).to.deep.equal([true, true, false]);
      log.append(batchOf(['a']));
      await parked;
      expect(topic.partitions.map(({ isWatched }) => isWatched)).to.deep.equal([false, false, false]);
      expect(broker.timers).to.equal(0);
    });
  });

  describe('memory of the records', () => {
    beforeEach(() => {
      for (const each of topic.partitions) each.append(batchOf(['a']));
    });
    const lent = () => topic.partitions.map((each) => each.lent);

    for (const readsTakeTime of [false, true]) {
      it(`is handed back by whoever sends the answer (${readsTakeTime ? 'slow' : 'quick'} reads)`, async () => {
        for (const each of topic.partitions) each.readsTakeTime = readsTakeTime;
        const told = await tell(broker, fetch, 12, bodyOf(12, [{}, { partition: 1 }], { isolationLevel: 1 }));
        expect(lent()).to.deep.equal([1, 1, 0]);
        told!.release!();
        expect(lent()).to.deep.equal([0, 0, 0]);
      });
    }

    it('is nobody’s business where none was lent', async () => {
      expect((await tell(broker, fetch, 12, bodyOf(12, [{ offset: 1 }])))!.release).to.equal(null);
    });

    it('is handed back where a bug ends the request', async () => {
      topic.partition(1)!.readError = new Error('oops');
      const error = await get(12, [{}, { partition: 1 }]).catch((reason: unknown) => reason);
      expect((error as Error).message).to.equal('oops');
      expect(lent()).to.deep.equal([0, 0, 0]);
    });
  });

  describe('in a session', () => {
    it('tells all partitions first, and then only what is new', async () => {
      log.append(batchOf(['a']));
      const first = await get(13, [{}, { partition: 1 }], { sessionEpoch: 0 });
      expect(first.sessionId).to.be.above(0);
      expect(first.responses[0]!.partitions).to.have.length(2);
      const session = { sessionId: first.sessionId };
      const second = await get(13, [{ offset: 1 }], { ...session, sessionEpoch: 1 });
      expect(second).to.deep.include({ errorCode: 0, sessionId: first.sessionId, responses: [] });
      topic.partition(1)!.append(batchOf(['b']));
      const third = await get(13, [], { ...session, sessionEpoch: 2 });
      expect(third.responses[0]!.partitions.map(({ partitionIndex }) => partitionIndex)).to.deep.equal([1]);
    });

    it('waits for all of its partitions', async () => {
      const { sessionId } = await get(13, [{}, { partition: 1 }], { sessionEpoch: 0 });
      const parked = get(13, [], { sessionId, sessionEpoch: 1, maxWaitMs: 1000 });
      await Promise.resolve();
      topic.partition(1)!.append(batchOf(['b']));
      expect((await parked).responses[0]!.partitions).to.have.length(1);
    });

    it('fetches no partition that was forgotten', async () => {
      const { sessionId } = await get(12, [{}, { partition: 1 }], { sessionEpoch: 0 });
      topic.partition(1)!.append(batchOf(['b']));
      const { responses } = await get(12, [], { sessionId, sessionEpoch: 1, forget: [1] });
      expect(responses).to.deep.equal([]);
    });

    it('says what is wrong with the session and nothing else', async () => {
      const { sessionId } = await get(12, [{}], { sessionEpoch: 0 });
      const unknown = await get(12, [{}], { sessionId: sessionId === 5 ? 6 : 5, sessionEpoch: 1, maxWaitMs: 1000 });
      expect(unknown).to.deep.include({ errorCode: 70, sessionId: 0, responses: [] });
      const epoch = await get(12, [{}], { sessionId, sessionEpoch: 2, maxWaitMs: 1000 });
      expect(epoch).to.deep.include({ errorCode: 71, sessionId: 0, responses: [] });
      const byId = await get(13, [{}], { sessionId, sessionEpoch: 1, maxWaitMs: 1000 });
      expect(byId).to.deep.include({ errorCode: 106, sessionId: 0, responses: [] });
    });

    it('hands back the memory of an answer that comes too late', async () => {
      const { sessionId } = await get(12, [{}], { sessionEpoch: 0 });
      const parked = tell(broker, fetch, 12, bodyOf(12, [], { sessionId, sessionEpoch: 1, maxWaitMs: 1000 }));
      await Promise.resolve();
      await get(12, [], { sessionId, sessionEpoch: 2 });
      log.append(batchOf(['a']));
      const told = await parked;
      expect(told!.body).to.deep.include({ errorCode: 71, sessionId, responses: [] });
      told!.release?.();
      expect(log.lent).to.equal(0);
    });
  });
});
