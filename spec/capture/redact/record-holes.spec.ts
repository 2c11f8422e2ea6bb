import { expect } from 'chai';
import fc from 'fast-check';
import { assembled, PartsWriter } from '../../../lib/capture/mrcap/parts';
import { Missing } from '../../../lib/capture/redact/gaps';
import { RecordHoles } from '../../../lib/capture/redact/record-holes';
import * as batch from '../../../lib/records/batch';
import { buildBatch } from '../../../lib/records/build';
import { codecs } from '../../../lib/records/compression';
import { recordsOf } from '../../../lib/records/record';
import { bytesOf, goldenBatches } from '../../support/golden-batches';

const everything = { values: true, keys: true };

function redacted(bytes: Buffer, hidden = { values: true, keys: false }): Buffer {
  const parts = new PartsWriter();
  new RecordHoles(hidden).put(parts, bytes, 0, bytes.length);
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

describe('RecordHoles', () => {
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

  it('needs nothing of the values, and tells of all that became holes', () => {
    const field = fc.option(fc.string({ minLength: 1, maxLength: 400 }));
    const record = fc.record({ key: field, value: field, headers: fc.constant([{ key: 'name', value: 'S' }]) });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
        const bytes = buildBatch(records);
        const gaps = [...recordsOf(bytes)].flatMap(({ value }) => {
          if (value === null || value.length < 2) return [];
          const start = value.byteOffset - bytes.byteOffset;
          return [start, start + value.length];
        });
        const gappy = Buffer.from(bytes);
        for (let i = 0; i < gaps.length; i += 2) gappy.fill('?', gaps[i], gaps[i + 1]);
        const missing = new Missing(gaps);
        const parts = new PartsWriter();
        new RecordHoles({ values: true, keys: false }).put(parts, gappy, 0, gappy.length, missing);
        expect(assembled(parts.take())).to.deep.equal(redacted(bytes));
        expect(missing.isCovered).to.equal(true);
        const more = new Missing([...gaps, bytes.length - 1, bytes.length]);
        new RecordHoles({ values: true, keys: false }).put(parts, gappy, 0, gappy.length, more);
        parts.take();
        // The last byte is that of a header's value.
        expect(more.isCovered).to.equal(true);
        const key = new Missing([batch.headerBytes, batch.headerBytes + 1]);
        new RecordHoles({ values: true, keys: false }).put(parts, gappy, 0, gappy.length, key);
        parts.take();
        expect(key.isCovered).to.equal(false);
      }),
    );
  });
});
