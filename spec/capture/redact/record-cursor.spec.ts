import { expect } from 'chai';
import fc from 'fast-check';
import { RecordCursor } from '../../../lib/capture/redact/record-cursor';
import { Writer } from '../../../lib/protocol/bytes';
import * as batch from '../../../lib/records/batch';
import { buildBatch } from '../../../lib/records/build';

describe('RecordCursor', () => {
  it('reads varints as they are written', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (values) => {
        const writer = new Writer();
        for (const value of values) writer.varint(value);
        const bytes = writer.takeBuffer();
        const cursor = new RecordCursor();
        expect(values.map(() => cursor.varint(bytes))).to.deep.equal(values);
        expect(cursor.at).to.equal(bytes.length);
      }),
    );
  });

  it('stands before the key of a record, and knows where it ends', () => {
    const bytes = buildBatch([{ key: 'key', value: 'v', timestamp: 1000 }], { timestamp: 5 });
    const cursor = new RecordCursor();
    cursor.at = batch.headerBytes;
    expect(cursor.begin(bytes, bytes.length)).to.equal(bytes.length);
    expect(cursor.varint(bytes)).to.equal(3);
    expect(String(bytes.subarray(cursor.at, cursor.at + 3))).to.equal('key');
  });

  it('finds no record that ends too late, nor one without bytes, and reads zeros behind the end', () => {
    const cursor = new RecordCursor();
    expect(cursor.begin(Buffer.from([20, 0, 0, 0]), 4)).to.equal(-1);
    cursor.at = 0;
    expect(cursor.begin(Buffer.from([0, 0, 0]), 3)).to.equal(-1);
    cursor.at = 0;
    expect(cursor.begin(Buffer.from([1, 0, 0]), 3)).to.equal(-1);
    cursor.at = 9;
    expect(cursor.varint(Buffer.from([1]))).to.equal(0);
  });
});
