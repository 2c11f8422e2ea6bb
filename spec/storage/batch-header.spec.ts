import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { BatchHeader } from '../../lib/storage/batch-header';

/** Transactional, offset 7, producer 1000, epoch 0, sequence 0, timestamp 1700000000000. */
const golden =
  '00000000000000070000003900000000029074308f0010000000000000018bcfe568000000018bcfe5680000000000000003e8' +
  '000000000000000000010e00000001027800';

describe('BatchHeader', () => {
  const header = new BatchHeader();

  it('reads a batch', () => {
    expect(header.read(Buffer.from(`ffff${golden}`, 'hex'), 2)).to.equal(null);
    expect({ ...header }).to.deep.equal({
      ...{ baseOffset: 7, lastOffset: 7, size: 69, leaderEpoch: 0, magic: 2, maxTimestamp: 1700000000000 },
      ...{ producerId: 1000, producerEpoch: 0, baseSequence: 0, lastSequence: 0 },
      ...{ hasLogAppendTime: false, isTransactional: true, isControl: false },
    });
  });

  it('leaves nothing of the batch before', () => {
    header.read(Buffer.from(golden, 'hex'), 0);
    header.read(buildBatch([{ value: 'x' }, { value: 'y' }], { baseOffset: 3 }), 0);
    expect(header).to.include({
      ...{ baseOffset: 3, lastOffset: 4, producerId: -1, lastSequence: -1, isTransactional: false },
    });
  });

  it('takes a message of magic 0 or 1 for a batch of its offset', () => {
    const message = Buffer.from(`0000000000000009000000160000000001000000018bcfe56800ffffffff00000000`, 'hex');
    expect(header.read(message, 0)).to.equal(null);
    expect(header).to.include({
      baseOffset: 9,
      lastOffset: 9,
      size: 34,
      magic: 1,
      maxTimestamp: 1700000000000,
      producerId: -1,
    });
  });

  const bytes = Buffer.from(golden, 'hex');
  const changed = (at: number, value: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = value;
    return copy;
  };
  for (const [what, damaged, fault] of [
    ['nothing', Buffer.alloc(0), '0 bytes left, less than a batch header'],
    ['half a header', bytes.subarray(0, 40), '40 bytes left, less than a batch header'],
    ['a magic of the future', changed(16, 3), 'magic 3, known are 0, 1 and 2'],
    ['a length below that of a header', changed(11, 48), 'batch length 48, at least 49 with magic 2'],
    ['a negative length', changed(8, 0xff), 'batch length -16777159, at least 49 with magic 2'],
    ['a last offset before the first', changed(23, 0x80), 'last offset delta -2147483648'],
  ] as const) {
    it(`says what is wrong with ${what}`, () => {
      expect(header.read(damaged, 0)).to.equal(fault);
    });
  }
});
