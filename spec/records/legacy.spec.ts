import { expect } from 'chai';
import * as batch from '../../lib/records/batch';
import { codecs, compress } from '../../lib/records/compression';
import { legacyRecordsOf } from '../../lib/records/legacy';
import { bytesOf, legacyEntries } from '../support/golden-batches';
import { kafkaErrorOf } from '../support/thrown';

const limit = 1 << 20;

/** All records of a message set, in order. */
function recordsIn(set: Buffer, maxBytes = limit) {
  return [...batch.batchesOf(set)].flatMap((at) => [...legacyRecordsOf(set, at, maxBytes)]);
}

/** A message of magic 1 around a value, with its attributes. */
function wrapper(value: Buffer | null, attributes: number): Buffer {
  const b = Buffer.alloc(34 + (value?.length ?? 0));
  b.writeInt32BE(b.length - 12, 8);
  b[16] = 1;
  b[17] = attributes;
  b.writeInt32BE(-1, 26);
  b.writeInt32BE(value?.length ?? -1, 30);
  value?.copy(b, 34);
  return b;
}

describe('legacyRecordsOf', () => {
  for (const { magic, codec, timestampType, hex } of legacyEntries) {
    it(`reads what Kafka wrote: magic ${magic}, ${codec}, ${timestampType}`, () => {
      const times = {
        NoTimestampType: [-1, -1, -1],
        CreateTime: [1700000000000, 1700000000005, 1699999999997],
        LogAppendTime: [1700000001000, 1700000001000, 1700000001000],
      }[timestampType];
      const records = recordsIn(bytesOf(hex));
      expect(records.map((record) => record.offset)).to.deep.equal([5, 6, 7]);
      expect(records.map((record) => record.timestamp)).to.deep.equal(times);
      expect(records.map((record) => record.key?.toString() ?? null)).to.deep.equal(['k', null, 'k']);
      const values = records.map((record) => record.value?.toString() ?? null);
      expect(values).to.deep.equal(['hello', 'hello hello hello hello', null]);
      expect(records.flatMap((record) => record.headers)).to.deep.equal([]);
    });
  }

  it('bounds what a wrapper decompresses to', () => {
    for (const { codec, hex } of legacyEntries) {
      if (codec !== 'none') expect(kafkaErrorOf(() => recordsIn(bytesOf(hex), 50)).name).to.equal('INVALID_RECORD');
    }
  });

  it('refuses wrappers within wrappers, of another magic, of a codec that came later, and without a value', () => {
    const nested = wrapper(compress(codecs.gzip, wrapper(compress(codecs.gzip, Buffer.alloc(0)), 1)), 1);
    expect(kafkaErrorOf(() => recordsIn(nested)).message).to.contain('compressed message within a compressed one');
    const old = bytesOf(legacyEntries[0]!.hex);
    const mixed = wrapper(compress(codecs.gzip, old), 1);
    expect(kafkaErrorOf(() => recordsIn(mixed)).message).to.equal('message of magic 0 within one of magic 1');
    expect(kafkaErrorOf(() => recordsIn(wrapper(old, 4))).message).to.equal('codec 4, which magic 1 does not have');
    expect(kafkaErrorOf(() => recordsIn(wrapper(null, 1))).message).to.contain('has no value');
  });

  it('refuses every length that does not fit', () => {
    const set = bytesOf(legacyEntries[4]!.hex).subarray(0, 40);
    expect(recordsIn(set)).to.have.length(1);
    for (const at of [26, 31]) {
      for (const length of [100, 2147483647, 3]) {
        const b = Buffer.from(set);
        b.writeInt32BE(length, at);
        expect(kafkaErrorOf(() => recordsIn(b)).name, `${length} at ${at}`).to.equal('INVALID_RECORD');
      }
    }
    const cut = wrapper(compress(codecs.gzip, set.subarray(0, 33)), 1);
    expect(kafkaErrorOf(() => recordsIn(cut)).name).to.equal('INVALID_RECORD');
  });
});
