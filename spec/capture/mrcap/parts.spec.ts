import { expect } from 'chai';
import fc from 'fast-check';
import { assembled, PartsWriter, partKinds } from '../../../lib/capture/mrcap/parts';
import { DecodeError } from '../../../lib/protocol/bytes';
import * as batch from '../../../lib/records/batch';
import { buildBatch } from '../../../lib/records/build';
import { codecs } from '../../../lib/records/compression';
import { recordsOf } from '../../../lib/records/record';
import { thrown } from '../../support/thrown';

const message = (parts: Buffer) => (thrown(() => assembled(parts)) as Error).message;

describe('assembled', () => {
  it('is what was literal, with something else in the holes, the same each time', () => {
    const parts = new PartsWriter();
    parts.literal(Buffer.from('--begin--'), 2, 7);
    parts.hole(12);
    parts.literal(Buffer.from('end'), 0, 3);
    const taken = parts.take();
    expect(assembled(taken).toString()).to.equal('beginredacted-redend');
    expect(assembled(taken)).to.deep.equal(assembled(taken));
    expect(assembled(parts.take()).length).to.equal(0);
  });

  it('puts the length of records before them, as an int32 or in a uvarint', () => {
    for (const [isCompact, length] of [
      [false, [0, 0, 0, 4]],
      [true, [5]],
    ] as const) {
      const parts = new PartsWriter();
      parts.beginRecords(isCompact);
      parts.hole(4);
      parts.end();
      expect([...assembled(parts.take())]).to.deep.equal([...length, ...Buffer.from('reda')]);
    }
  });

  for (const [name, codec] of Object.entries(codecs)) {
    it(`makes batches of ${name} valid again, and about as large as they were`, () => {
      const value = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i * 31) >> 3));
      const original = buildBatch([{ key: 'k', value }, { value: 'end' }], { codec });
      const plain = buildBatch([{ key: 'k', value }, { value: 'end' }]);
      const at = plain.indexOf(value);
      const parts = new PartsWriter();
      parts.beginBatch(codec, original.length);
      parts.literal(original, 0, batch.headerBytes);
      parts.literal(plain, batch.headerBytes, at);
      parts.hole(value.length);
      parts.literal(plain, at + value.length, plain.length);
      parts.end();
      const made = assembled(parts.take());
      expect([batch.wholeSize(made), batch.crcMatches(made), batch.codec(made)]).to.deep.equal([
        made.length,
        true,
        codec,
      ]);
      const records = [...recordsOf(made)];
      expect(records.map((record) => record.value!.length)).to.deep.equal([3000, 3]);
      expect([records[0]!.key!.toString(), records[1]!.value!.toString()]).to.deep.equal(['k', 'end']);
      expect(made.includes(value.subarray(0, 20))).to.equal(false);
      expect(Math.abs(made.length - original.length)).to.be.at.most(codec === codecs.none ? 0 : original.length * 0.15);
    });
  }

  it('refuses what is not in parts', () => {
    expect(message(Buffer.from([9]))).to.match(/9 is no kind of part/);
    expect(message(Buffer.from([partKinds.end]))).to.match(/5 is no kind of part/);
    expect(message(Buffer.from([partKinds.records, 0]))).to.match(/a part without its end/);
    expect(message(Buffer.from([partKinds.batch, 0, 0, partKinds.end]))).to.match(/a batch of 0 bytes/);
    const nested = [partKinds.records, 0, partKinds.records, 0, partKinds.records, 0];
    expect(message(Buffer.from(nested))).to.match(/parts within parts of a batch/);
    const parts = new PartsWriter();
    parts.beginBatch(7, 100);
    parts.hole(61);
    parts.end();
    expect(message(parts.take())).to.match(/codec 7 is not one of 0-4/);
  });

  it('makes no more of holes than the largest frame', () => {
    const parts = new PartsWriter();
    parts.hole(0x7fffffff);
    expect(message(parts.take())).to.match(/holes of more than 268435456 bytes/);
  });

  it('throws nothing but DecodeErrors, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 6 }), fc.nat(255)), { maxLength: 40 }), (bytes) => {
        try {
          assembled(Buffer.from(bytes));
        } catch (error) {
          expect(error).to.be.instanceOf(DecodeError);
        }
      }),
    );
  });
});
