import { expect } from 'chai';
import { listOffsets } from '../../lib/apis/list-offsets';
import { errors } from '../../lib/errors';
import { ask, batchOf, startMs, TestBroker, type TestLog } from '../support/services';

describe('listOffsets', () => {
  let broker: TestBroker;
  let log: TestLog;
  beforeEach(() => {
    broker = new TestBroker();
    log = broker.topic('orders', { partitions: 2 }).partition(0)!;
    log.append(batchOf(['a', 'b'], { timestamp: startMs }));
    log.leaderEpoch = 2;
    log.append(batchOf(['c'], { timestamp: startMs + 20 }));
    log.append(batchOf(['d'], { timestamp: startMs + 10 }));
    log.leaderEpoch = 4;
  });

  interface More {
    readonly isolationLevel?: number;
    readonly replicaId?: number;
    readonly currentLeaderEpoch?: number;
    readonly name?: string;
    readonly partitionIndex?: number;
  }
  const find = async (version: number, timestamp: number, more: More = {}) => {
    const { isolationLevel = 0, replicaId = -1, currentLeaderEpoch = -1, name = 'orders', partitionIndex = 0 } = more;
    const topics = [{ name, partitions: [{ partitionIndex, currentLeaderEpoch, timestamp }] }];
    const answer = await ask(broker, listOffsets, version, { replicaId, isolationLevel, timeoutMs: 0, topics });
    expect(answer.topics.map((topic) => topic.name)).to.deep.equal([name]);
    return answer.topics[0]!.partitions[0]!;
  };
  const none = { timestamp: -1, offset: -1, leaderEpoch: -1 };

  it('finds the latest offset, with the epoch of the leader', async () => {
    expect(await find(5, -1)).to.deep.equal({
      partitionIndex: 0,
      errorCode: 0,
      timestamp: -1,
      offset: 4,
      leaderEpoch: 4,
    });
  });

  it('finds the last stable offset for read_committed, and the log end for replicas', async () => {
    log.unstableFrom = 2;
    expect((await find(5, -1, { isolationLevel: 1 })).offset).to.equal(2);
    expect((await find(5, -1)).offset).to.equal(4);
    expect((await find(5, -1, { isolationLevel: 1, replicaId: 3 })).offset).to.equal(4);
  });

  it('finds the earliest offset, with the epoch it was written in', async () => {
    log.logStartOffset = 1;
    expect(await find(5, -2)).to.include({ errorCode: 0, timestamp: -1, offset: 1, leaderEpoch: 0 });
    expect(await find(8, -4)).to.include({ errorCode: 0, timestamp: -1, offset: 1, leaderEpoch: 0 });
  });

  it('finds the record with the largest timestamp', async () => {
    expect(await find(7, -3)).to.include({ errorCode: 0, timestamp: startMs + 20, offset: 2, leaderEpoch: 2 });
    expect(await find(7, -3, { partitionIndex: 1 })).to.include({ errorCode: 0, ...none });
  });

  it('finds nothing that is tiered or waits to be', async () => {
    expect(await find(9, -5)).to.include({ errorCode: 0, ...none });
    expect(await find(11, -6)).to.include({ errorCode: 0, ...none });
  });

  it('finds the first record that is not older', async () => {
    expect(await find(5, startMs + 1)).to.include({ errorCode: 0, timestamp: startMs + 20, offset: 2, leaderEpoch: 2 });
    expect(await find(5, 0)).to.include({ offset: 0, timestamp: startMs, leaderEpoch: 0 });
    expect(await find(5, startMs + 21)).to.include({ errorCode: 0, ...none });
  });

  it('finds nothing that must not be read yet', async () => {
    log.unstableFrom = 2;
    expect(await find(5, startMs + 1, { isolationLevel: 1 })).to.include({ errorCode: 0, ...none });
    expect(await find(7, -3, { isolationLevel: 1 })).to.include({ errorCode: 0, ...none });
  });

  for (const [timestamp, since] of [
    [-3, 7],
    [-4, 8],
    [-5, 9],
    [-6, 11],
  ] as const) {
    it(`knows ${timestamp} from version ${since} on`, async () => {
      expect(await find(since - 1, timestamp)).to.include({ errorCode: 35, ...none });
      expect((await find(since, timestamp)).errorCode).to.equal(0);
    });
  }

  it('knows no other special times', async () => {
    expect((await find(11, -7)).errorCode).to.equal(35);
    expect((await find(1, -9e15)).errorCode).to.equal(35);
  });

  it('refuses unknown topics and partitions', async () => {
    expect(await find(5, -1, { name: 'nosuch' })).to.include({ errorCode: 3, ...none });
    expect(await find(5, -1, { partitionIndex: 2 })).to.include({ errorCode: 3, ...none });
  });

  it('refuses leader epochs that are out of date', async () => {
    expect((await find(4, -1, { currentLeaderEpoch: 3 })).errorCode).to.equal(74);
    expect((await find(4, -1, { currentLeaderEpoch: 5 })).errorCode).to.equal(75);
    expect((await find(4, -1, { currentLeaderEpoch: 4 })).errorCode).to.equal(0);
  });

  it('refuses a partition whose disk has failed, or fails', async () => {
    log.offsetForTimestamp = () => Promise.reject(errors.KAFKA_STORAGE_ERROR);
    expect((await find(4, 5)).errorCode).to.equal(56);
    log.offline = errors.KAFKA_STORAGE_ERROR;
    expect((await find(4, -1)).errorCode).to.equal(56);
  });

  it('refuses a partition that is asked for twice, both times, and no other', async () => {
    const partition = (partitionIndex: number) => ({ partitionIndex, timestamp: -1 });
    const topics = [
      { name: 'orders', partitions: [partition(0), partition(1)] },
      { name: 'orders', partitions: [partition(0)] },
    ];
    const answer = await ask(broker, listOffsets, 5, { replicaId: -1, isolationLevel: 0, timeoutMs: 0, topics });
    expect(answer.topics.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode))).to.deep.equal([
      [42, 0],
      [42],
    ]);
  });

  it('refuses isolation levels that there are not, for all partitions', async () => {
    expect((await find(5, -1, { isolationLevel: 3 })).errorCode).to.equal(42);
  });
});
