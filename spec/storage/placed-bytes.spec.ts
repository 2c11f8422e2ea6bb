import { expect } from 'chai';
import * as batch from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import { placedBytes } from '../../lib/storage/placed-bytes';

describe('placedBytes', () => {
  const run = [10, 20, 5000, 30, 2000, 2100, 9000].map((bytes, i) => ({
    batch: buildBatch([{ value: Buffer.alloc(bytes, i) }]),
    baseOffset: i + 40,
  }));

  it('are the batches one behind the other, each in its place', () => {
    const before = run.map((one) => Buffer.from(one.batch));
    const whole = Buffer.concat(placedBytes(run, 7));
    const expected = before.map((bytes, i) => {
      batch.place(bytes, 0, i + 40, 7);
      return bytes;
    });
    expect(whole).to.deep.equal(Buffer.concat(expected));
    for (const at of batch.batchesOf(whole)) expect(batch.crcMatches(whole, at)).to.equal(true);
  });

  it('leave the caller’s bytes alone, and take large ones as they are', () => {
    const before = run.map((one) => Buffer.from(one.batch));
    const pieces = placedBytes(run, 7);
    expect(run.map((one) => one.batch)).to.deep.equal(before);
    expect(pieces.map(({ buffer }) => buffer)).to.include(run[2]!.batch.buffer);
    // Small neighbours share one piece, with the head of the large one behind them.
    expect(pieces).to.have.length(8);
  });
});
