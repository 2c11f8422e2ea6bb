import { expect } from 'chai';
import * as batch from '../../../lib/records/batch';
import { buildBatch } from '../../../lib/records/build';
import { writeLong } from '../../../lib/records/integers';
import { compareBatches, rewriteBatches } from '../../../lib/replay/ids/batch-ids';
import { idKindOf } from '../../../lib/replay/ids/id-kinds';
import { LearnedIds, nowhere } from '../../../lib/replay/ids/learned-ids';

const producerIds = idKindOf('', 'producerId', 'long')!;
const producerEpochs = idKindOf('', 'producerEpoch', 'int16')!;
const offsets = idKindOf('', 'baseOffset', 'long')!;
const place = { ...nowhere, topic: 't', partition: 0 };

/** A batch of one record of this producer. */
function batchOf(producerId: number, value = 'a', producerEpoch = 0): Buffer {
  const bytes = buildBatch([{ value: Buffer.from(value) }], { timestamp: 1000 });
  writeLong(bytes, batch.fieldAt.producerId, producerId);
  bytes.writeInt16BE(producerEpoch, batch.fieldAt.producerEpoch);
  batch.updateCrc(bytes);
  return bytes;
}

describe('rewriteBatches', () => {
  it('puts producer id and epoch into every batch, with a right CRC, and leaves what it was given', () => {
    const ids = new LearnedIds();
    ids.learn(producerIds, place, 7, 4000);
    ids.learn(producerEpochs, { ...place, producerId: 7 }, 0, 3);
    const records = Buffer.concat([batchOf(8), batchOf(7)]);
    const before = Buffer.from(records);
    const made = rewriteBatches(records, place, ids);
    expect(records.equals(before)).to.equal(true);
    const second = batchOf(8).length;
    expect([batch.producerId(made), batch.producerEpoch(made)]).to.deep.equal([8, 0]);
    expect([batch.producerId(made, second), batch.producerEpoch(made, second)]).to.deep.equal([4000, 3]);
    expect(batch.crcMatches(made, second)).to.equal(true);
  });

  it('passes on the very bytes where nothing is called otherwise, and what is no batch', () => {
    const ids = new LearnedIds();
    const records = batchOf(7);
    expect(rewriteBatches(records, place, ids)).to.equal(records);
    const none = Buffer.from('ffffffffffffffffffffffffffffffffffffffff', 'hex');
    expect(rewriteBatches(none, place, ids)).to.equal(none);
  });
});

describe('compareBatches', () => {
  it('allows for ids that the new broker gave out, and learns those of producers that were not recorded', () => {
    const ids = new LearnedIds();
    expect(compareBatches(batchOf(7), batchOf(4000), place, ids)).to.equal(null);
    expect(ids.get(producerIds, place, 7)).to.equal(4000);
    expect(compareBatches(batchOf(7), batchOf(4001), place, ids)).to.equal('batch 0: producer id 4001, not 4000');
  });

  it('allows for offsets that have shifted, and for no others', () => {
    const ids = new LearnedIds();
    const moved = batchOf(-1);
    batch.place(moved, 0, 100, batch.partitionLeaderEpoch(moved));
    expect(compareBatches(batchOf(-1), moved, place, ids)).to.equal('batch 0: base offset 100, not 0');
    ids.learn(offsets, place, 0, 100);
    expect(compareBatches(batchOf(-1), moved, place, ids)).to.equal(null);
  });

  it('says how many records there are where batches are missing', () => {
    const two = Buffer.concat([batchOf(-1), batchOf(-1)]);
    const none = Buffer.alloc(0);
    expect(compareBatches(two, none, place, new LearnedIds())).to.equal(
      'no records, not 2 records in 2 batches from offset 0',
    );
    expect(compareBatches(none, batchOf(-1), place, new LearnedIds())).to.equal(
      '1 record in 1 batch from offset 0, not no records',
    );
  });

  it('sees records that are not the same', () => {
    expect(compareBatches(batchOf(-1, 'a'), batchOf(-1, 'b'), place, new LearnedIds())).to.equal(
      'batch 0: not the same in its 1 record',
    );
  });

  it('does not count what was cut off behind the last batch', () => {
    const cut = Buffer.concat([batchOf(-1), batchOf(-1).subarray(0, 20)]);
    expect(compareBatches(cut, batchOf(-1), place, new LearnedIds())).to.equal(null);
  });

  it('allows for the times of control records, which the broker writes', () => {
    const control = (timestamp: number) => {
      const bytes = buildBatch([{ value: Buffer.from('a') }], { timestamp });
      bytes.writeInt16BE(batch.attributeBits.control, batch.fieldAt.attributes);
      batch.updateCrc(bytes);
      return bytes;
    };
    expect(compareBatches(control(1000), control(2000), place, new LearnedIds())).to.equal(null);
    const plain = (timestamp: number) => buildBatch([{ value: Buffer.from('a') }], { timestamp });
    expect(compareBatches(plain(1000), plain(2000), place, new LearnedIds())).to.equal(
      'batch 0: base timestamp 2000, not 1000',
    );
  });
});
