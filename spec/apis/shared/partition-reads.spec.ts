import { expect } from 'chai';
import { type PartitionReads, readPartitions } from '../../../lib/apis/shared/partition-reads';
import { errors, KafkaError } from '../../../lib/errors';
import type { Isolation } from '../../../lib/storage/engine';
import { batchOf, TestBroker, type TestLog } from '../../support/services';

const size = batchOf(['a']).length;

describe('readPartitions', () => {
  let logs: TestLog[];
  beforeEach(() => {
    logs = new TestBroker().topic('orders', { partitions: 3 }).partitions;
    for (const log of logs) for (const value of ['a', 'b']) log.append(batchOf([value]));
  });

  const read = (maxBytes: number, { isolation = 'read_uncommitted' as Isolation, each = 10_000, offset = 0 } = {}) =>
    readPartitions(
      logs.map((log) => ({ log, offset, maxBytes: each })),
      { maxBytes, isolation },
    );
  const batches = ({ outcomes }: PartitionReads) =>
    outcomes.map((outcome) =>
      outcome === null || outcome instanceof KafkaError ? outcome : outcome.records.length / size,
    );

  for (const slow of [false, true]) {
    describe(slow ? 'from logs that take their time' : 'from logs that answer at once', () => {
      beforeEach(() => {
        for (const log of logs) log.readsTakeTime = slow;
      });

      it('shares one budget, in order', async () => {
        expect(batches(await read(3 * size))).to.deep.equal([2, 1, 0]);
        expect(batches(await read(10 * size, { each: size }))).to.deep.equal([1, 1, 1]);
      });

      it('gives one batch even where nothing fits', async () => {
        expect(batches(await read(0))).to.deep.equal([1, 0, 0]);
        expect(batches(await read(10 * size, { each: 0 }))).to.deep.equal([1, 0, 0]);
      });

      it('keeps what fails apart from the others', async () => {
        logs[0]!.readError = errors.KAFKA_STORAGE_ERROR;
        logs[1]!.abortedTransactions = () => Promise.reject(errors.OFFSET_OUT_OF_RANGE);
        const outcomes = batches(await read(100 * size, { isolation: 'read_committed' }));
        expect(outcomes).to.deep.equal([errors.KAFKA_STORAGE_ERROR, errors.OFFSET_OUT_OF_RANGE, 2]);
      });

      it('tells read_committed which transactions were aborted', async () => {
        logs[0]!.aborted = [{ producerId: 7, firstOffset: 1 }];
        const { outcomes } = await read(3 * size, { isolation: 'read_committed' });
        expect(outcomes.map((outcome) => 'aborted' in outcome! && outcome.aborted)).to.deep.equal([
          [{ producerId: 7, firstOffset: 1 }],
          [],
          [],
        ]);
        const uncommitted = await read(3 * size);
        expect(uncommitted.outcomes.map((outcome) => 'aborted' in outcome! && outcome.aborted)).to.deep.equal([
          null,
          null,
          null,
        ]);
      });

      it('hands back what was lent, all of it and once it is told to', async () => {
        const { release } = await read(100 * size);
        expect(logs.map(({ lent }) => lent)).to.deep.equal([1, 1, 1]);
        release!();
        expect(logs.map(({ lent }) => lent)).to.deep.equal([0, 0, 0]);
      });

      it('hands back what was lent where a bug ends it', async () => {
        logs[2]!.readError = new TypeError('oops');
        let failed: unknown;
        try {
          await read(100 * size);
        } catch (error) {
          failed = error;
        }
        expect(failed).to.be.instanceOf(TypeError);
        expect(logs.map(({ lent }) => lent)).to.deep.equal([0, 0, 0]);
      });
    });
  }

  it('is there at once where every log answers at once', () => {
    expect(read(100)).not.to.be.instanceOf(Promise);
    logs[2]!.readsTakeTime = true;
    expect(read(100 * size)).to.be.instanceOf(Promise);
  });

  it('does not read where there is nothing, or nothing would fit', async () => {
    await read(100 * size, { offset: 2 });
    logs[1]!.unstableFrom = 0;
    await read(size, { isolation: 'read_committed' });
    expect(logs.map(({ reads }) => reads)).to.deep.equal([1, 0, 0]);
  });

  it('leaves out what is not to be read', async () => {
    const reads = await readPartitions([null, { log: logs[0]!, offset: 0, maxBytes: 1000 }, null], {
      maxBytes: 1000,
      isolation: 'read_uncommitted',
    });
    expect(batches(reads)).to.deep.equal([null, 2, null]);
    const none = await readPartitions([], { maxBytes: 1000, isolation: 'read_uncommitted' });
    expect(none).to.deep.equal({ outcomes: [], release: null });
  });
});
