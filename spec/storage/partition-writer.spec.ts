import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { errors } from '../../lib/errors';
import * as batch from '../../lib/records/batch';
import { type BatchOptions, buildBatch } from '../../lib/records/build';
import { controlRecord } from '../../lib/records/control';
import type { Appended } from '../../lib/storage/engine';
import type { Partition } from '../../lib/storage/partition';
import { FaultyDisk } from '../support/faulty-disk';
import { Storage, startMs } from '../support/storage';

const values = (...texts: string[]) => texts.map((value) => ({ value }));
const one = (options: BatchOptions = {}) => buildBatch(values('x'), { timestamp: startMs, ...options });
const large = (bytes: number) => buildBatch([{ value: Buffer.alloc(bytes, 'l') }], { timestamp: startMs });

describe('PartitionWriter', () => {
  let storage: Storage;
  let disk: FaultyDisk;
  let log: Partition;

  const open = async (configs: Record<string, string> = {}) => {
    disk = new FaultyDisk();
    storage = await Storage.open({ disk, topics: [{ name: 'foo', leaderEpoch: 5, configs }, { name: 'bar' }] });
    log = storage.partition('foo');
  };
  const submit = (bytes: Buffer, origin: 'client' | 'coordinator' = 'client') =>
    storage.appends.submit({ log, batch: bytes, origin });
  const submitAll = (...batches: Buffer[]) => Promise.all(batches.map((bytes) => submit(bytes)));
  const offsets = (answers: Appended[]) => answers.map(({ baseOffset }) => baseOffset);
  const file = (name: string) => readFileSync(join(storage.dir, 'foo-0', name));
  const nameOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'appended',
      (error) => error.name,
    );

  beforeEach(() => open());
  afterEach(() => storage.remove());

  it('gives out offsets in the order of the calls', async () => {
    const answers = await submitAll(buildBatch(values('a', 'b', 'c')), one(), one());
    expect(offsets(answers)).to.deep.equal([0, 3, 4]);
    expect(answers[0]).to.deep.equal({ baseOffset: 0, logAppendTimeMs: -1, logStartOffset: 0 });
    expect(log.highWatermark).to.equal(5);
  });

  it('sets base offset and leader epoch in the file and nowhere else', async () => {
    const batches = [one(), large(100000), one()];
    const before = batches.map((bytes) => Buffer.from(bytes));
    await submitAll(...batches);
    expect(batches).to.deep.equal(before);
    const stored = file('00000000000000000000.log');
    const at = [...batch.batchesOf(stored)];
    expect(at.map((p) => batch.baseOffset(stored, p))).to.deep.equal([0, 1, 2]);
    for (const [i, p] of at.entries()) {
      expect(batch.partitionLeaderEpoch(stored, p)).to.equal(5);
      expect(batch.crcMatches(stored, p)).to.equal(true);
      expect(stored.subarray(p + 16, p + before[i]!.length)).to.deep.equal(before[i]!.subarray(16));
    }
  });

  it('has the batch in the file when the answer comes', async () => {
    for (const bytes of [one(), large(200000)]) {
      const { baseOffset } = await submit(bytes);
      const stored = file('00000000000000000000.log');
      expect([...batch.batchesOf(stored)].map((p) => batch.baseOffset(stored, p))).to.include(baseOffset);
    }
  });

  it('writes what one burst brings in one go', async () => {
    await submitAll(...Array.from({ length: 50 }, () => one()));
    expect(disk.calls.writeSync).to.equal(1);
    await submitAll(...Array.from({ length: 50 }, () => large(5000)));
    expect(disk.calls).to.include({ writeSync: 1, writev: 1 });
  });

  it('writes what came during a write in one go', async () => {
    const go = disk.hang();
    const first = submit(large(100000));
    while (disk.calls.writev === 0) await new Promise((resolve) => setImmediate(resolve));
    const others = submitAll(...Array.from({ length: 20 }, () => one()));
    await new Promise((resolve) => setImmediate(resolve));
    expect(disk.calls.writeSync).to.equal(0);
    go();
    expect(offsets([await first, ...(await others)])).to.deep.equal(Array.from({ length: 21 }, (_, i) => i));
    expect(disk.calls.writeSync).to.equal(1);
  });

  it('shows readers nothing of a write that is not done', async () => {
    const go = disk.hang();
    const appended = submit(large(100000));
    while (disk.calls.writev === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(log.highWatermark).to.equal(0);
    expect(storage.appends.queuedBytes).to.be.greaterThan(100000);
    go();
    await appended;
    expect(log.highWatermark).to.equal(1);
    expect(storage.appends.queuedBytes).to.equal(0);
  });

  it('wakes those who wait for records once per write', async () => {
    let times = 0;
    log.advanced$.subscribe(() => times++);
    await submitAll(one(), one(), one());
    expect(times).to.equal(1);
  });

  it('answers with the append time that a batch was stamped with', async () => {
    const answer = await submit(one({ logAppendTimeMs: startMs + 7 }));
    expect(answer.logAppendTimeMs).to.equal(startMs + 7);
  });

  it('notes its leader epoch in leader-epoch-checkpoint', async () => {
    await submit(one());
    expect(file('leader-epoch-checkpoint').toString()).to.equal('0\n1\n5 0\n');
  });

  it('refuses bytes that are not one whole batch', async () => {
    const bytes = one();
    expect(await nameOf(submit(bytes.subarray(0, bytes.length - 1)))).to.equal(errors.CORRUPT_MESSAGE.name);
    expect(await nameOf(submit(Buffer.concat([bytes, bytes])))).to.equal(errors.CORRUPT_MESSAGE.name);
    expect(await nameOf(submit(Buffer.alloc(5)))).to.equal(errors.CORRUPT_MESSAGE.name);
    expect(log.logEndOffset).to.equal(0);
  });

  describe('with idempotent producers', () => {
    const sequence = (baseSequence: number, others: BatchOptions = {}) =>
      one({ producerId: 9, producerEpoch: 0, baseSequence, ...others });

    it('checks sequences in the order of the calls, within a burst as well', async () => {
      const outcomes = await Promise.all(
        [0, 1, 3, 2, 2, 0].map((number) =>
          submit(sequence(number)).then(
            (a) => a.baseOffset,
            (error) => error.name,
          ),
        ),
      );
      expect(outcomes).to.deep.equal([0, 1, errors.OUT_OF_ORDER_SEQUENCE_NUMBER.name, 2, 2, 0]);
      expect(log.logEndOffset).to.equal(3);
    });

    it('answers a duplicate with the offset and the timestamp of the first', async () => {
      await submit(sequence(0, { timestamp: startMs + 5 }));
      await submit(sequence(1));
      expect(await submit(sequence(0, { timestamp: startMs + 99 }))).to.deep.equal({
        ...{ baseOffset: 0, logAppendTimeMs: startMs + 5, logStartOffset: 0 },
      });
    });

    it('answers a duplicate not before the first is written', async () => {
      const go = disk.hang();
      const settled: string[] = [];
      const bytes = buildBatch([{ value: Buffer.alloc(50000) }], { producerId: 9, producerEpoch: 0, baseSequence: 0 });
      const first = submit(bytes).then(() => settled.push('first'));
      const again = submit(bytes).then(() => settled.push('again'));
      while (disk.calls.writev === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(settled).to.deep.equal([]);
      go();
      await Promise.all([first, again]);
      expect(settled).to.deep.equal(['first', 'again']);
      expect(log.logEndOffset).to.equal(1);
    });

    it('does not check what a coordinator writes', async () => {
      const bytes = sequence(0, { transactional: true });
      expect(offsets([await submit(bytes, 'coordinator'), await submit(bytes, 'coordinator')])).to.deep.equal([0, 1]);
    });
  });

  describe('with transactions', () => {
    const data = (producerId: number, baseSequence: number) =>
      one({ producerId, producerEpoch: 0, baseSequence, transactional: true });
    const marker = (producerId: number, type: 'ABORT' | 'COMMIT', coordinatorEpoch = 1) =>
      buildBatch([controlRecord(type, { coordinatorEpoch })], {
        ...{ producerId, producerEpoch: 0, transactional: true, control: true, timestamp: startMs },
      });

    it('keeps the last stable offset before the first open transaction', async () => {
      await submitAll(one(), data(1, 0), data(2, 0), one());
      expect(log.lastStableOffset).to.equal(1);
      await submit(marker(1, 'COMMIT'), 'coordinator');
      expect(log.lastStableOffset).to.equal(2);
      await submit(marker(2, 'ABORT'), 'coordinator');
      expect(log.lastStableOffset).to.equal(log.highWatermark);
      expect(await log.abortedTransactions(0, 100)).to.deep.equal([{ producerId: 2, firstOffset: 2 }]);
    });

    it('lets the marker be read before the records it decides on', async () => {
      await submit(data(1, 0));
      const go = disk.hang();
      const outcomes = [submit(marker(1, 'ABORT'), 'coordinator'), submit(large(100000))];
      while (disk.calls.writev === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(log.lastStableOffset).to.equal(0);
      go();
      await Promise.all(outcomes);
      expect(log.lastStableOffset).to.equal(3);
    });

    it('fences markers of old coordinators', async () => {
      await submit(marker(1, 'COMMIT', 5), 'coordinator');
      expect(await nameOf(submit(marker(1, 'COMMIT', 4), 'coordinator'))).to.equal(
        errors.TRANSACTION_COORDINATOR_FENCED.name,
      );
    });
  });

  describe('rolls', () => {
    const segments = () => log.log.segments.map(({ baseOffset }) => baseOffset);

    it('when the next batch would make the segment larger than allowed', async () => {
      await storage.remove();
      await open({ 'segment.bytes': '1048576' });
      await submitAll(...Array.from({ length: 5 }, () => large(400000)));
      expect(segments()).to.deep.equal([0, 2, 4]);
      expect(log.highWatermark).to.equal(5);
    });

    it('when the batch is later than the first of the segment by more than segment.ms', async () => {
      await storage.remove();
      await open({ 'segment.ms': '1000' });
      const at = (ms: number) => one({ timestamp: startMs + ms });
      await submitAll(at(0), at(1000), at(1001), at(1500), at(2002));
      expect(segments()).to.deep.equal([0, 2, 4]);
    });

    it('by the clock when records have no timestamps', async () => {
      await storage.remove();
      await open({ 'segment.ms': '1000' });
      await submit(one({ timestamp: -1 }));
      storage.advance(1000);
      await submit(one({ timestamp: -1 }));
      storage.advance(1);
      await submit(one({ timestamp: -1 }));
      expect(segments()).to.deep.equal([0, 2]);
    });

    it('and leaves complete indexes and a producer snapshot behind', async () => {
      await storage.remove();
      await open({ 'segment.bytes': '1048576', 'index.interval.bytes': '4096' });
      await submitAll(...Array.from({ length: 3 }, () => large(500000)));
      expect(segments()).to.deep.equal([0, 2]);
      expect(file('00000000000000000000.index').length).to.equal(8);
      expect(file('00000000000000000000.timeindex').length).to.equal(12);
      expect(file('00000000000000000002.snapshot').length).to.equal(10);
    });

    it('and refuses a batch that no segment could hold', async () => {
      await storage.remove();
      await open({ 'segment.bytes': '1048576' });
      expect(await nameOf(submit(large(1048576)))).to.equal(errors.RECORD_LIST_TOO_LARGE.name);
    });
  });

  describe('on a disk that fails', () => {
    const storageError = errors.KAFKA_STORAGE_ERROR.name;

    for (const [what, bytes] of [
      ['small', 100],
      ['large', 100000],
    ] as const) {
      it(`fails the appends of a ${what} write, and takes the partition offline`, async () => {
        await submit(one());
        disk.writeError = 'ENOSPC';
        const outcomes = await Promise.all([submit(large(bytes)), submit(large(bytes))].map(nameOf));
        expect(outcomes).to.deep.equal([storageError, storageError]);
        expect(log.offline?.name).to.equal(storageError);
        expect(log.offline?.message).to.match(/^foo-0: write \d+ bytes to .*00.log at \d+: ENOSPC/);
        expect(await nameOf(submit(one()))).to.equal(storageError);
        expect(log.highWatermark).to.equal(1);
      });

      it(`cuts off what a ${what} write had got through`, async () => {
        await submit(one());
        const { length } = file('00000000000000000000.log');
        disk.writeError = 'ENOSPC';
        disk.room = 50;
        expect(await nameOf(submit(large(bytes)))).to.equal(storageError);
        expect(file('00000000000000000000.log').length).to.equal(length);
      });
    }

    it('costs other partitions nothing', async () => {
      disk.writeError = 'EIO';
      disk.failing = 'foo-0';
      const bar = storage.partition('bar');
      const outcomes = [
        submit(one()),
        storage.appends.submit({ log: bar, batch: one() }),
        submit(large(100000)),
        storage.appends.submit({ log: bar, batch: one() }),
      ];
      expect(await Promise.all(outcomes.map(nameOf))).to.deep.equal([
        storageError,
        'appended',
        storageError,
        'appended',
      ]);
      expect(await storage.appends.submit({ log: bar, batch: one() })).to.include({ baseOffset: 2 });
    });

    it('wakes those who wait for records', async () => {
      let woken = false;
      log.advanced$.subscribe(() => {
        woken = true;
      });
      disk.writeError = 'EIO';
      await nameOf(submit(one()));
      expect(woken).to.equal(true);
    });

    it('fails a roll likewise', async () => {
      await storage.remove();
      await open({ 'segment.bytes': '1048576' });
      await submit(large(600000));
      disk.writeError = 'EROFS';
      disk.failing = 'index';
      expect(await nameOf(submit(large(600000)))).to.equal(storageError);
      expect(log.offline?.message).to.match(/^foo-0: roll to a new segment: EROFS/);
    });
  });

  it('answers a bug with UNKNOWN_SERVER_ERROR, and lives on for other partitions', async () => {
    log.log.producers.duplicate = () => {
      throw new TypeError('a bug');
    };
    const bytes = one({ producerId: 1, producerEpoch: 0, baseSequence: 0 });
    expect(await Promise.all([submit(one()), submit(bytes)].map(nameOf))).to.deep.equal([
      ...[errors.UNKNOWN_SERVER_ERROR.name, errors.UNKNOWN_SERVER_ERROR.name],
    ]);
    expect(log.offline?.message).to.match(/a bug/);
    expect(await storage.append('bar', one())).to.include({ baseOffset: 0 });
  });

  describe('with flush.messages', () => {
    it('has so many on the device before they are acknowledged', async () => {
      await storage.remove();
      await open({ 'flush.messages': '3' });
      await submitAll(one(), one());
      expect(disk.calls.flush).to.equal(0);
      await submitAll(one(), one());
      expect(disk.calls.flush).to.be.at.least(1);
      expect(log.log.recoveryPoint).to.equal(4);
    });
  });

  describe('with flush.ms', () => {
    it('flushes that long after a write', async () => {
      await storage.remove();
      await open({ 'flush.ms': '500' });
      await submit(one());
      storage.advance(499);
      expect(disk.calls.flush).to.equal(0);
      storage.advance(1);
      await log.log.flush();
      expect(disk.calls.flush).to.equal(1);
      expect(log.log.recoveryPoint).to.equal(1);
    });
  });
});
