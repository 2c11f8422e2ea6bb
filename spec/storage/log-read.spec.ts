import { expect } from 'chai';
import fc from 'fast-check';
import { errors } from '../../lib/errors';
import * as batch from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import type { Isolation, ReadBatches } from '../../lib/storage/engine';
import type { Partition } from '../../lib/storage/partition';
import { FaultyDisk } from '../support/faulty-disk';
import { Storage, startMs } from '../support/storage';

/** What was appended: where each batch begins and ends, in offsets and bytes. */
interface Stored {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

const whole = { maxBytes: 1 << 24, atLeastOne: true, isolation: 'read_uncommitted' as Isolation };

describe('LogRead', () => {
  let storage: Storage;
  let disk: FaultyDisk;
  let log: Partition;
  let stored: Stored[];

  const open = async (configs: Record<string, string> = {}, config: Record<string, number> = {}) => {
    disk = new FaultyDisk();
    storage = await Storage.open({ disk, config, topics: [{ name: 'foo', configs }] });
    log = storage.partition('foo');
    stored = [];
  };
  /** Appends batches of so many records, each of about so many bytes. */
  const append = async (...batches: [records: number, bytes: number][]) => {
    const built = batches.map(([records, bytes]) =>
      buildBatch(
        Array.from({ length: records }, () => ({ value: Buffer.alloc(bytes) })),
        { timestamp: startMs },
      ),
    );
    for (const [i, answer] of (await Promise.all(built.map((one) => storage.append('foo', one)))).entries()) {
      const last = answer.baseOffset + batches[i]![0] - 1;
      stored.push({ first: answer.baseOffset, last, bytes: built[i]!.length });
    }
  };
  const firsts = (read: ReadBatches) =>
    [...batch.batchesOf(read.records)].map((at) => batch.baseOffset(read.records, at));
  /** Another reader: it has read nothing yet. */
  const fresh = async () => {
    storage = await storage.reopen();
    log = storage.partition('foo');
  };

  beforeEach(() => open());
  afterEach(() => storage.remove());

  it('reads one batch at a time while what was read before waits in answers', async () => {
    await storage.remove();
    await open({}, { 'millrace.read.buffers.lent.max.bytes': 8192 });
    await append([1, 3000], [1, 3000], [1, 3000]);
    const first = await log.read(0, whole);
    expect(firsts(first)).to.deep.equal([0, 1]);
    expect(firsts(await log.read(0, whole))).to.deep.equal([0]);
    expect((await log.read(0, { ...whole, atLeastOne: false })).records).to.have.lengthOf(0);
    first.release!();
    expect(firsts(await log.read(0, { ...whole, maxBytes: 4000 }))).to.deep.equal([0]);
  });

  it('reads from the batch that holds the offset to the end', async () => {
    await append([3, 10], [2, 10], [4, 10]);
    for (const [offset, expected] of [
      [0, [0, 3, 5]],
      [2, [0, 3, 5]],
      [3, [3, 5]],
      [4, [3, 5]],
      [8, [5]],
      [9, []],
    ] as const) {
      const read = await log.read(offset, whole);
      expect(firsts(read), String(offset)).to.deep.equal(expected);
      expect(read.nextOffset).to.equal(9);
      read.release?.();
    }
  });

  it('refuses offsets outside the log', async () => {
    await append([3, 10]);
    for (const offset of [-1, 4, 1e15]) {
      expect(() => log.read(offset, whole))
        .to.throw()
        .with.property('name', errors.OFFSET_OUT_OF_RANGE.name);
    }
  });

  it('returns the first batch whole where it must, and none that does not fit otherwise', async () => {
    await append([1, 5000], [1, 10]);
    expect(firsts(await log.read(0, { ...whole, maxBytes: 100 }))).to.deep.equal([0]);
    expect(firsts(await log.read(0, { ...whole, maxBytes: 0 }))).to.deep.equal([0]);
    const nothing = await log.read(0, { ...whole, maxBytes: 100, atLeastOne: false });
    expect(nothing.records.length).to.equal(0);
    expect(nothing.nextOffset).to.equal(0);
  });

  it('answers at once what was written lately', async () => {
    await append([1, 100000], [10, 100]);
    expect(log.read(0, whole)).to.not.be.instanceOf(Promise);
    expect(log.read(5, whole)).to.not.be.instanceOf(Promise);
  });

  it('lets the disk work for a large read of what lies further back', async () => {
    await append(...Array.from({ length: 40 }, (): [number, number] => [1, 1000000]));
    const read = log.read(0, whole);
    expect(read).to.be.instanceOf(Promise);
    expect(firsts(await read)).to.deep.equal(Array.from({ length: 16 }, (_, i) => i));
  });

  it('goes on where it stopped without looking anything up', async () => {
    await append(...Array.from({ length: 100 }, (): [number, number] => [1, 1000]));
    await fresh();
    let next = 0;
    (await log.read(next, { ...whole, maxBytes: 5000 })).release?.();
    next = 4;
    disk.calls.readSync = 0;
    const read = await log.read(next, { ...whole, maxBytes: 5000 });
    expect(firsts(read)[0]).to.equal(4);
    expect(disk.calls.readSync).to.equal(1);
  });

  it('lends memory again that was handed back', async () => {
    await append([1, 100]);
    const first = await log.read(0, whole);
    first.release?.();
    const second = await log.read(0, whole);
    expect(second.records.buffer).to.equal(first.records.buffer);
    second.release?.();
  });

  it('stops at the end of a segment, and goes on in the next', async () => {
    await storage.remove();
    await open({ 'segment.bytes': '1048576' });
    await append([1, 600000], [1, 600000], [1, 100], [1, 600000]);
    await fresh();
    const read = await log.read(0, whole);
    expect(firsts(read)).to.deep.equal([0]);
    expect(read.nextOffset).to.equal(1);
    expect(firsts(await log.read(1, whole))).to.deep.equal([1, 2]);
  });

  it('reads up to the last stable offset, not into the batch behind it', async () => {
    await append([2, 10], [3, 10]);
    const txn = buildBatch([{ value: 'x' }], { producerId: 1, producerEpoch: 0, baseSequence: 0, transactional: true });
    await storage.append('foo', txn);
    await append([2, 10]);
    const committed = { ...whole, isolation: 'read_committed' as Isolation };
    const read = await log.read(0, committed);
    expect(firsts(read)).to.deep.equal([0, 2]);
    expect(read.nextOffset).to.equal(5);
    expect((await log.read(5, committed)).records.length).to.equal(0);
    expect(firsts(await log.read(0, whole))).to.deep.equal([0, 2, 5, 6]);
  });

  it('says which file is at fault where the disk fails', async () => {
    await append([1, 10]);
    await fresh();
    disk.readError = 'EIO';
    const error = await Promise.resolve()
      .then(() => log.read(0, whole))
      .catch((thrown) => thrown);
    expect(error.name).to.equal(errors.KAFKA_STORAGE_ERROR.name);
    expect(error.message).to.match(/foo-0: read from offset 0: EIO/);
    disk.readError = null;
    expect(firsts(await log.read(0, whole))).to.deep.equal([0]);
  });

  it('takes a file that became shorter for a fault, not for an end', async () => {
    await append([1, 10], [1, 10]);
    log.log.active.log.truncate(stored[0]!.bytes + 20);
    expect(() => log.read(0, whole))
      .to.throw()
      .with.property('name', errors.KAFKA_STORAGE_ERROR.name);
  });

  it('reads what a model of the log says, from any offset and with any limit', async () => {
    const shape = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 3000 })), {
      ...{ minLength: 1, maxLength: 60 },
    });
    const asks = fc.array(
      fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), maxBytes: fc.nat(20000), atLeastOne: fc.boolean() }),
      {
        ...{ minLength: 1, maxLength: 20 },
      },
    );
    await fc.assert(
      fc.asyncProperty(shape, asks, fc.boolean(), async (batches, questions, isReopened) => {
        storage.discard();
        await open();
        await append(...batches);
        if (isReopened) await fresh();
        for (const { at, maxBytes, atLeastOne } of questions) {
          const offset = Math.floor(at * log.logEndOffset);
          const read = await log.read(offset, { maxBytes, atLeastOne, isolation: 'read_uncommitted' });
          const first = stored.findIndex(({ last }) => last >= offset);
          const expected: number[] = [];
          let bytes = 0;
          for (const one of first < 0 ? [] : stored.slice(first)) {
            if (bytes + one.bytes > maxBytes && !(atLeastOne && expected.length === 0)) break;
            bytes += one.bytes;
            expected.push(one.first);
          }
          expect(firsts(read)).to.deep.equal(expected);
          expect(read.records.length).to.equal(bytes);
          const last = expected.length === 0 ? offset - 1 : stored[first + expected.length - 1]!.last;
          expect(read.nextOffset).to.equal(last + 1);
          read.release?.();
        }
      }),
      { numRuns: 60 },
    );
  }).timeout(60000);

  describe('availableBytes', () => {
    it('is exact where a reader waits at the end', async () => {
      await append([1, 100]);
      expect(log.availableBytes(log.logEndOffset, 'read_uncommitted')).to.equal(0);
      const waiting = log.logEndOffset;
      await append([1, 5000], [2, 300]);
      expect(log.availableBytes(waiting, 'read_uncommitted')).to.equal(stored[1]!.bytes + stored[2]!.bytes);
    });

    it('is at least what can be read, over all segments, without the disk', async () => {
      await storage.remove();
      await open({ 'segment.bytes': '1048576' });
      await append(...Array.from({ length: 12 }, (): [number, number] => [2, 200000]));
      await fresh();
      disk.readError = 'EIO';
      const total = stored.reduce((sum, { bytes }) => sum + bytes, 0);
      expect(log.availableBytes(0, 'read_uncommitted')).to.equal(total);
      expect(log.availableBytes(23, 'read_uncommitted')).to.be.within(stored.at(-1)!.bytes, total);
      expect(log.availableBytes(24, 'read_uncommitted')).to.equal(0);
    });

    it('counts nothing behind the last stable offset in later segments', async () => {
      const txn = buildBatch([{ value: 'x' }], {
        producerId: 1,
        producerEpoch: 0,
        baseSequence: 0,
        transactional: true,
      });
      await storage.append('foo', txn);
      await append([1, 100]);
      expect(log.availableBytes(0, 'read_committed')).to.equal(0);
    });
  });
});
