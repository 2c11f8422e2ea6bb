import { expect } from 'chai';
import { availableBytes, parkForBytes } from '../../../lib/apis/shared/park';
import { errors } from '../../../lib/errors';
import { batchOf, TestBroker, type TestLog } from '../../support/services';

describe('parkForBytes', () => {
  let broker: TestBroker;
  let logs: TestLog[];
  const size = batchOf(['a']).length;
  beforeEach(() => {
    broker = new TestBroker();
    logs = broker.topic('orders', { partitions: 2 }).partitions;
  });

  const park = (wantedBytes: number, { maxBytes = 1000, signal = new AbortController().signal } = {}) => {
    const reads = logs.map((log) => ({ log, offset: 0, maxBytes }));
    const { scheduler } = broker;
    let awake = false;
    const parked = parkForBytes(reads, { wantedBytes, isolation: 'read_uncommitted', waitMs: 500, scheduler, signal });
    void parked.then(() => {
      awake = true;
    });
    return async () => {
      await Promise.resolve();
      await Promise.resolve();
      return awake;
    };
  };

  it('sleeps until there is enough', async () => {
    const isAwake = park(2 * size);
    logs[0]!.append(batchOf(['a']));
    logs[0]!.advance();
    logs[0]!.advance();
    expect(await isAwake()).to.equal(false);
    logs[1]!.append(batchOf(['a']));
    expect(await isAwake()).to.equal(true);
  });

  it('counts what was there before', async () => {
    logs[0]!.append(batchOf(['a']));
    const isAwake = park(2 * size);
    logs[1]!.append(batchOf(['a']));
    expect(await isAwake()).to.equal(true);
  });

  it('counts of one partition no more than will be read of it', async () => {
    const isAwake = park(size + 2, { maxBytes: size });
    logs[0]!.append(batchOf(['a']));
    logs[0]!.append(batchOf(['a']));
    expect(await isAwake()).to.equal(false);
    logs[1]!.append(batchOf(['a']));
    expect(await isAwake()).to.equal(true);
  });

  it('wakes for errors and at the end of a log', async () => {
    for (const happens of [
      (log: TestLog) => {
        log.logStartOffset = 1;
        log.advance();
      },
      (log: TestLog) => {
        log.offline = errors.KAFKA_STORAGE_ERROR;
        log.advance();
      },
      (log: TestLog) => log.close(),
    ]) {
      logs = broker.topic('fresh', { partitions: 2 }).partitions;
      const isAwake = park(5000);
      happens(logs[1]!);
      expect(await isAwake()).to.equal(true);
      expect(logs.map(({ isWatched }) => isWatched)).to.deep.equal([false, false]);
      expect(broker.timers).to.equal(0);
    }
  });

  it('wakes at the deadline, not before', async () => {
    const isAwake = park(5000);
    broker.pass(499);
    expect(await isAwake()).to.equal(false);
    broker.pass(1);
    expect(await isAwake()).to.equal(true);
    expect(logs.map(({ isWatched }) => isWatched)).to.deep.equal([false, false]);
  });

  it('wakes when nobody waits any more', async () => {
    const connection = new AbortController();
    const isAwake = park(5000, { signal: connection.signal });
    connection.abort();
    expect(await isAwake()).to.equal(true);
    expect(broker.timers).to.equal(0);
  });

  it('wakes at once where a log is closed already, and watches no other', async () => {
    logs[0]!.close();
    const isAwake = park(5000);
    expect(logs[1]!.isWatched).to.equal(false);
    expect(await isAwake()).to.equal(true);
    expect(broker.timers).to.equal(0);
  });
});

describe('availableBytes', () => {
  it('counts the batch that is always answered for at least a byte', () => {
    const log = new TestBroker().topic('orders').partition(0)!;
    const bytes = () => availableBytes({ log, offset: 0, maxBytes: 0 }, 'read_uncommitted');
    expect(bytes()).to.equal(0);
    log.append(batchOf(['a']));
    expect(bytes()).to.equal(1);
  });
});
