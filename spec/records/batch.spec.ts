import { expect } from 'chai';
import { assert, integer, property } from 'fast-check';
import * as batch from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import { codecNames } from '../../lib/records/compression';
import { bytesOf, goldenBatches, legacyEntries } from '../support/golden-batches';
import { kafkaErrorOf } from '../support/thrown';

describe('batch fields', () => {
  for (const golden of goldenBatches) {
    it(`are read in place: ${golden.batch}`, () => {
      const at = 5;
      const b = Buffer.concat([Buffer.alloc(at, 0xff), bytesOf(golden.hex), Buffer.alloc(3, 0xff)]);
      expect(batch.wholeSize(b, at)).to.equal(golden.sizeInBytes);
      expect(batch.sizeInBytes(b, at)).to.equal(golden.sizeInBytes);
      expect(batch.magic(b, at)).to.equal(2);
      expect(batch.baseOffset(b, at)).to.equal(Number(golden.baseOffset));
      expect(batch.lastOffset(b, at)).to.equal(Number(golden.lastOffset));
      expect(batch.nextOffset(b, at)).to.equal(Number(golden.lastOffset) + 1);
      expect(batch.partitionLeaderEpoch(b, at)).to.equal(golden.partitionLeaderEpoch);
      expect(batch.crc(b, at)).to.equal(Number(golden.crc));
      expect(batch.crcMatches(b, at)).to.equal(true);
      expect(codecNames[batch.codec(b, at) as 0]).to.equal(golden.compression);
      expect(batch.timestampType(b, at)).to.equal(golden.timestampType);
      expect(batch.isTransactional(b, at)).to.equal(golden.transactional);
      expect(batch.isControl(b, at)).to.equal(golden.control);
      expect(batch.maxTimestamp(b, at)).to.equal(Number(golden.maxTimestamp));
      expect(batch.producerId(b, at)).to.equal(Number(golden.producerId));
      expect(batch.producerEpoch(b, at)).to.equal(golden.producerEpoch);
      expect(batch.baseSequence(b, at)).to.equal(golden.baseSequence);
      expect(batch.recordCount(b, at)).to.equal(golden.records.length);
    });
  }

  it('of old entries have what those say, and none of what they do not', () => {
    for (const { magic, codec, timestampType, hex } of legacyEntries) {
      const b = bytesOf(hex);
      const last = [...batch.batchesOf(b)].at(-1)!;
      expect(batch.magic(b, last)).to.equal(magic);
      expect(batch.lastOffset(b, last)).to.equal(7);
      expect(batch.baseOffset(b, last)).to.equal(7);
      expect(batch.nextOffset(b, last)).to.equal(8);
      expect(codecNames[batch.codec(b, last) as 0]).to.equal(codec);
      expect(batch.timestampType(b, last)).to.equal(timestampType === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime');
      expect(batch.crcMatches(b, last)).to.equal(true);
      expect(batch.isTransactional(b, last) || batch.isControl(b, last)).to.equal(false);
      const lacking = [batch.partitionLeaderEpoch, batch.producerId, batch.producerEpoch, batch.baseSequence];
      for (const field of [...lacking, batch.lastSequence]) expect(field(b, last), field.name).to.equal(-1);
      expect(batch.recordCount(b, last)).to.equal(-1);
      expect(batch.maxTimestamp(b, last) === -1).to.equal(magic === 0);
      expect(batch.baseTimestamp(b, last)).to.equal(batch.maxTimestamp(b, last));
    }
  });

  it('say where a sequence wraps', () => {
    const wrapping = goldenBatches.find((golden) => golden.baseSequence === 2147483646)!;
    expect(batch.lastSequence(bytesOf(wrapping.hex))).to.equal(1);
    expect(batch.addToSequence(2147483647, 0)).to.equal(2147483647);
    expect(batch.addToSequence(2147483647, 1)).to.equal(0);
    expect(batch.addToSequence(7, 3)).to.equal(10);
  });
});

describe('wholeSize', () => {
  const whole = buildBatch([{ value: 'x' }]);

  it('is 0 for every part of a batch', () => {
    for (let length = 0; length < whole.length; length++) {
      expect(batch.wholeSize(whole.subarray(0, length)), `${length}`).to.equal(0);
      expect(batch.wholeSize(whole, 0, length), `${length}`).to.equal(0);
    }
    expect(batch.wholeSize(whole)).to.equal(whole.length);
  });

  it('refuses a length that no batch has', () => {
    for (const length of [13, 0, -1, -2147483648]) {
      const b = Buffer.from(whole);
      b.writeInt32BE(length, batch.fieldAt.batchLength);
      const error = kafkaErrorOf(() => batch.wholeSize(b));
      expect(error.name).to.equal('CORRUPT_MESSAGE');
      expect(error.message).to.equal(`batch length ${length} at byte 0, at least 14 needed`);
    }
  });

  it('refuses a length that its magic does not allow', () => {
    for (const [magic, least] of [14, 22, 49].entries()) {
      const b = Buffer.alloc(80);
      b[batch.fieldAt.magic] = magic;
      b.writeInt32BE(least, batch.fieldAt.batchLength);
      expect(batch.wholeSize(b)).to.equal(12 + least);
      b.writeInt32BE(least - 1, batch.fieldAt.batchLength);
      const error = kafkaErrorOf(() => batch.wholeSize(b));
      expect(error.message).to.equal(`batch length ${least - 1} at byte 0, at least ${least} needed`);
    }
  });

  it('refuses a magic that Kafka does not have', () => {
    for (const magic of [3, 127, -128, -1]) {
      const b = Buffer.from(whole);
      b.writeInt8(magic, batch.fieldAt.magic);
      const error = kafkaErrorOf(() => batch.wholeSize(b));
      expect(error.name).to.equal('CORRUPT_MESSAGE');
      expect(error.message).to.contain(`magic ${magic} at byte 16`);
    }
  });

  it('takes the largest length for a batch that is not all there', () => {
    const b = Buffer.from(whole);
    b.writeInt32BE(2147483647, batch.fieldAt.batchLength);
    expect(batch.wholeSize(b)).to.equal(0);
  });
});

describe('batchesOf', () => {
  const one = buildBatch([{ value: 'x' }]);
  const two = buildBatch([{ value: 'yy' }], { baseOffset: 1 });

  it('finds batches one behind another and stops before a torn one', () => {
    const b = Buffer.concat([one, two, one.subarray(0, one.length - 1)]);
    expect([...batch.batchesOf(b)]).to.deep.equal([0, one.length]);
    expect([...batch.batchesOf(b, one.length)]).to.deep.equal([one.length]);
    expect([...batch.batchesOf(b, 0, one.length + two.length - 1)]).to.deep.equal([0]);
  });

  it('finds old entries beside new batches', () => {
    const entries = bytesOf(legacyEntries[0]!.hex);
    expect([...batch.batchesOf(Buffer.concat([entries, two]))]).to.deep.equal([0, 32, 81, 108]);
  });

  it('throws where the zeros of a preallocated file begin', () => {
    const found: number[] = [];
    const error = kafkaErrorOf(() => {
      for (const at of batch.batchesOf(Buffer.concat([one, Buffer.alloc(100)]))) found.push(at);
    });
    expect(found).to.deep.equal([0]);
    expect(error.message).to.equal(`batch length 0 at byte ${one.length}, at least 14 needed`);
  });
});

describe('crcMatches', () => {
  it('is false after any bit that the CRC covers was flipped', () => {
    const b = bytesOf(goldenBatches[1]!.hex);
    for (let bit = batch.fieldAt.crc * 8; bit < b.length * 8; bit++) {
      b[bit >> 3]! ^= 1 << (bit & 7);
      expect(batch.crcMatches(b), `bit ${bit}`).to.equal(false);
      b[bit >> 3]! ^= 1 << (bit & 7);
    }
    expect(batch.crcMatches(b)).to.equal(true);
  });

  it('is false after any bit of an old entry was flipped', () => {
    const b = bytesOf(legacyEntries[0]!.hex).subarray(0, 32);
    for (let bit = 12 * 8; bit < b.length * 8; bit++) {
      const flipped = Buffer.from(b);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      if (flipped[16] === 0) expect(batch.crcMatches(flipped), `bit ${bit}`).to.equal(false);
    }
  });

  it('is false for a batch that is shorter than a header', () => {
    const b = Buffer.alloc(40);
    b.writeInt32BE(28, batch.fieldAt.batchLength);
    b[batch.fieldAt.magic] = 2;
    expect(batch.crcMatches(b)).to.equal(false);
  });
});

describe('place', () => {
  it('sets base offset and leader epoch, and the CRC stays right', () => {
    assert(
      property(integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), integer({ min: -1 }), (offset, leaderEpoch) => {
        const b = Buffer.concat([Buffer.alloc(9), buildBatch([{ value: 'x' }, { value: 'y' }])]);
        batch.place(b, 9, offset, leaderEpoch);
        expect(batch.baseOffset(b, 9)).to.equal(offset);
        expect(batch.partitionLeaderEpoch(b, 9)).to.equal(leaderEpoch);
        expect(batch.crcMatches(b, 9)).to.equal(true);
      }),
    );
  });
});

describe('updateCrc', () => {
  it('makes the CRC right after a change', () => {
    const b = Buffer.concat([Buffer.alloc(4), buildBatch([{ value: 'x' }])]);
    b[4 + batch.fieldAt.maxTimestamp]! ^= 1;
    expect(batch.crcMatches(b, 4)).to.equal(false);
    batch.updateCrc(b, 4);
    expect(batch.crcMatches(b, 4)).to.equal(true);
  });
});
