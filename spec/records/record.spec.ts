import { expect } from 'chai';
import * as batch from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import { codecs } from '../../lib/records/compression';
import { recordsIn, recordsOf } from '../../lib/records/record';
import { bytesOf, goldenBatches, hexOf, legacyEntries } from '../support/golden-batches';
import { kafkaErrorOf } from '../support/thrown';

/** A batch of one record, given as what follows its length. */
function batchOf(fields: string, length = fields.length / 2): Buffer {
  const plain = buildBatch([{ value: '' }]).subarray(0, batch.headerBytes);
  const b = Buffer.concat([plain, Buffer.from([length < 0 ? 1 : length << 1]), bytesOf(fields)]);
  b.writeInt32BE(b.length - batch.logOverheadBytes, batch.fieldAt.batchLength);
  return b;
}

describe('recordsOf', () => {
  for (const golden of goldenBatches) {
    it(`reads what Kafka wrote: ${golden.batch}`, () => {
      const b = Buffer.concat([Buffer.alloc(3), bytesOf(golden.hex), Buffer.alloc(3)]);
      const records = [...recordsOf(b, 3)].map(({ offset, timestamp, key, value, headers }) => ({
        offset: String(offset),
        timestamp: String(timestamp),
        key: hexOf(key),
        value: hexOf(value),
        headers: headers.map((header) => ({ key: header.key, value: hexOf(header.value) })),
      }));
      const expected = golden.records.map(({ controlType: _, ...record }) => record);
      expect(records).to.deep.equal(expected);
    });
  }

  it('reads the record with a header of the reference vectors', () => {
    const [record] = [...recordsOf(batchOf('00000001027602' + '0268046876'))];
    expect(record!.key).to.equal(null);
    expect(record!.value!.toString()).to.equal('v');
    expect(record!.headers).to.deep.equal([{ key: 'h', value: Buffer.from('hv') }]);
  });

  it('reads entries of old message sets as well', () => {
    const gzipped = legacyEntries.find(({ magic, codec }) => magic === 1 && codec === 'gzip')!;
    expect([...recordsOf(bytesOf(gzipped.hex))].map(({ offset }) => offset)).to.deep.equal([5, 6, 7]);
  });

  it('takes a negative header count for none, as log directories have it that small tools made', () => {
    const [record] = [...recordsOf(batchOf('000000' + '01' + '0276' + '01'))];
    expect(record!.headers).to.deep.equal([]);
  });

  it('reads nothing from a batch that compaction has emptied', () => {
    const b = Buffer.from(buildBatch([{ value: '' }]).subarray(0, batch.headerBytes));
    b.writeInt32BE(batch.headerBytes - batch.logOverheadBytes, batch.fieldAt.batchLength);
    b.writeInt32BE(0, batch.fieldAt.recordCount);
    expect([...recordsOf(b)]).to.deep.equal([]);
  });

  const broken: [what: string, b: Buffer, message: RegExp][] = [
    ['a length beyond the batch', batchOf('00000001027600', 8), /^record 0, length at byte 1: length 8, 7 bytes left/],
    ['a negative length', batchOf('00000001027600', -1), /length -1, 7 bytes left/],
    ['a length that its fields do not fill', batchOf('0000000102760000'), /length 8, but its fields take 7/],
    ['a length that its fields exceed', batchOf('00000001027600', 6), /length 6, but its fields take 7/],
    ['a key beyond the batch', batchOf('00000020027600'), /^record 0, key at byte 5: 16 bytes needed, 3 left/],
    ['a value beyond the batch', batchOf('00000001207600'), /^record 0, value at byte 6: 16 bytes needed, 2 left/],
    ['more headers than fit', batchOf('000000010276fe7f'), /^record 0, headers .*: 8191 headers do not fit/],
    ['a header key that is null', batchOf('000000010276020100'), /header key of length -1/],
    ['a varint without an end', batchOf('000000ffffffffff00'), /varint of more than 5 bytes/],
  ];
  for (const [what, b, message] of broken) {
    it(`refuses ${what}`, () => {
      const error = kafkaErrorOf(() => [...recordsOf(b)]);
      expect(error.name).to.equal('INVALID_RECORD');
      expect(error.message).to.match(message);
    });
  }

  it('refuses bytes behind the last record, and fewer records than are declared', () => {
    const b = buildBatch([{ value: 'x' }, { value: 'y' }]);
    b.writeInt32BE(1, batch.fieldAt.recordCount);
    expect(kafkaErrorOf(() => [...recordsOf(b)]).message).to.equal(
      '8 bytes left behind the 1 records that are declared',
    );
    b.writeInt32BE(3, batch.fieldAt.recordCount);
    expect(kafkaErrorOf(() => [...recordsOf(b)]).message).to.contain('record 2, length at byte 16');
  });

  it('bounds what the records decompress to', () => {
    const b = buildBatch([{ value: Buffer.alloc(5000) }], { codec: codecs.lz4 });
    expect([...recordsOf(b, 0, 5100)]).to.have.length(1);
    expect(kafkaErrorOf(() => [...recordsOf(b, 0, 4999)]).message).to.contain('4999');
  });
});

describe('recordsIn', () => {
  it('reads records that were decompressed before', () => {
    const plain = buildBatch([{ value: 'x' }], { baseOffset: 3 });
    const packed = buildBatch([{ value: 'x' }], { baseOffset: 3, codec: codecs.gzip });
    expect([...recordsIn(plain.subarray(batch.headerBytes), packed)]).to.deep.equal([...recordsOf(plain)]);
  });
});
