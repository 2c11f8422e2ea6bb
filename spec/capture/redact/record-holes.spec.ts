import { expect } from 'chai';
import fc from 'fast-check';
import { assembled, PartsWriter } from '../../../lib/capture/mrcap/parts';
import { putRecords } from '../../../lib/capture/redact/record-holes';
import * as batch from '../../../lib/records/batch';
import { buildBatch } from '../../../lib/records/build';
import { codecs } from '../../../lib/records/compression';
import { recordsOf } from '../../../lib/records/record';
import { bytesOf, goldenBatches } from '../../support/golden-batches';

const everything = { values: true, keys: true };

function redacted(bytes: Buffer, hidden = { values: true, keys: false }): Buffer {
  const parts = new PartsWriter();
  putRecords(parts, bytes, 0, bytes.length, hidden);
  return assembled(parts.take());
}

const shape = (bytes: Buffer) =>
  [...recordsOf(bytes)].map(({ offset, timestamp, key, value, headers }) => ({
    offset,
    timestamp,
    key: key?.length,
    value: value?.length,
    headers: headers.map((header) => [header.key, header.value?.length]),
  }));

describe('putRecords', () => {
  it('hides values and leaves all else as it was, whatever the records are', () => {
    const field = fc.option(fc.string({ minLength: 1, maxLength: 40, unit: fc.constant('S') }));
    const record = fc.record({
      key: fc.option(fc.string({ maxLength: 9, unit: fc.constant('K') })),
      value: field,
      timestamp: fc.nat(),
      headers: fc.array(fc.record({ key: fc.constant('name'), value: field }), { maxLength: 3 }),
    });
    const codec = fc.constantFrom(...Object.values(codecs));
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), codec, (records, codecOf) => {
        const bytes = buildBatch(records, { codec: codecOf, baseOffset: 7, producerId: 5 });
        const made = redacted(bytes);
        expect([batch.wholeSize(made), batch.crcMatches(made)]).to.deep.equal([made.length, true]);
        expect(shape(made)).to.deep.equal(shape(bytes));
        if (codecOf === codecs.none) expect(made.length).to.equal(bytes.length);
        for (const { key, value, headers } of recordsOf(made)) {
          expect(`${value} ${headers.map((header) => header.value)}`).to.not.match(/SSS/);
          if (key !== null) expect(key.toString()).to.match(/^K*$/);
        }
        for (const { key } of recordsOf(redacted(bytes, everything))) expect(String(key)).to.not.match(/KKK/);
      }),
    );
  });

  it('keeps Kafka’s own batches of every kind valid', () => {
    for (const { hex } of goldenBatches) {
      const bytes = bytesOf(hex);
      const made = redacted(bytes);
      expect(batch.crcMatches(made)).to.equal(true);
      expect(shape(made)).to.deep.equal(shape(bytes));
    }
  });

  it('leaves nothing of what it cannot read', () => {
    const bytes = buildBatch([{ key: 'key', value: 'SECRET' }]);
    for (const change of [
      (b: Buffer) => b.writeInt32BE(99, batch.fieldAt.recordCount),
      (b: Buffer) => b.writeUInt8(0x7f, batch.headerBytes),
      (b: Buffer) => b.writeUInt8(2, batch.fieldAt.attributes + 1),
      (b: Buffer) => b.writeUInt8(9, batch.fieldAt.magic),
      (b: Buffer) => b.writeUInt8(1, batch.fieldAt.magic),
      (b: Buffer) => b.writeInt32BE(3, batch.fieldAt.batchLength),
    ]) {
      const broken = Buffer.from(bytes);
      change(broken);
      const made = redacted(broken);
      expect(made.length).to.equal(bytes.length);
      expect(made.includes('SECRET')).to.equal(false);
    }
    const cut = Buffer.concat([bytes, bytes.subarray(0, bytes.length - 1)]);
    expect(redacted(cut).includes('SECRET')).to.equal(false);
  });

  it('leaves control records as they are', () => {
    const bytes = buildBatch([{ key: Buffer.from([0, 0, 0, 1]), value: Buffer.from([0, 0, 0, 0, 0, 9]) }], {
      control: true,
    });
    expect(redacted(bytes)).to.deep.equal(bytes);
  });
});
