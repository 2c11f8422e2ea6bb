import { expect } from 'chai';
import { errors } from '../../lib/errors';
import { buildBatch } from '../../lib/records/build';
import type { Partition } from '../../lib/storage/partition';
import { FaultyDisk } from '../support/faulty-disk';
import { Storage, startMs } from '../support/storage';

const one = (options = {}) => buildBatch([{ value: 'x' }], { timestamp: startMs, ...options });
const whole = { maxBytes: 1000, atLeastOne: true, isolation: 'read_uncommitted' } as const;

describe('Partition', () => {
  let storage: Storage;
  let log: Partition;
  beforeEach(async () => {
    storage = await Storage.open({ disk: new FaultyDisk(), topics: [{ name: 'foo', partitions: 2, leaderEpoch: 4 }] });
    log = storage.partition('foo', 1);
  });
  afterEach(() => storage.remove());

  it('says who it is', () => {
    expect([log.name, log.partition, log.topic.name, log.leaderEpoch]).to.deep.equal(['foo-1', 1, 'foo', 4]);
  });

  it('begins empty, led in its epoch', () => {
    expect([log.logStartOffset, log.highWatermark, log.lastStableOffset, log.logEndOffset]).to.deep.equal([0, 0, 0, 0]);
    expect([log.earliestLeaderEpoch(), log.latestLeaderEpoch()]).to.deep.equal([4, 4]);
    expect(log.endOffsetForEpoch(4)).to.deep.equal({ leaderEpoch: 4, endOffset: 0 });
  });

  it('has one limit for each isolation level', async () => {
    await storage.append('foo', one(), 1);
    await storage.append('foo', one({ producerId: 1, producerEpoch: 0, baseSequence: 0, transactional: true }), 1);
    expect([log.limit('read_committed'), log.limit('read_uncommitted')]).to.deep.equal([1, 2]);
  });

  it('keeps its first failure, refuses everything from then on, and wakes who waits', async () => {
    let woken = 0;
    log.advanced$.subscribe(() => woken++);
    const failure = log.goOffline('try', new Error('EIO: broken'));
    expect(log.goOffline('try again', new Error('other'))).to.equal(failure);
    expect(failure.toString()).to.equal('KAFKA_STORAGE_ERROR: foo-1: try: EIO: broken');
    expect(woken).to.equal(1);
    expect(() => log.read(0, whole))
      .to.throw()
      .that.equals(failure);
    for (const asked of [log.offsetForTimestamp(0), log.offsetOfMaxTimestamp(), log.abortedTransactions(0, 1)])
      expect(await asked.catch((error) => error)).to.equal(failure);
  });

  it('ends when the appends that had come before are done', async () => {
    const pending = storage.append('foo', one(), 1);
    let isCompleted = false;
    log.advanced$.subscribe({ complete: () => (isCompleted = true) });
    let isDone = false;
    const ended = log.end(errors.NOT_LEADER_OR_FOLLOWER).then(() => (isDone = true));
    expect(isCompleted).to.equal(true);
    await Promise.resolve();
    expect(isDone).to.equal(false);
    await pending;
    await ended;
    expect(log.highWatermark).to.equal(1);
  });
});
