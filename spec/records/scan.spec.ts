import { expect } from 'chai';
import { array, assert, boolean, integer, nat, option, property, record, string } from 'fast-check';
import * as batch from '../../lib/records/batch';
import { recordsIn } from '../../lib/records/record';
import { type Scan, scanRecords } from '../../lib/records/scan';
import { craftedBatch, craftedRecord } from '../support/crafted-batch';
import { bytesOf } from '../support/golden-batches';
import { kafkaErrorOf } from '../support/thrown';

const base = 1_700_000_000_000;
const limit = 1 << 20;
const scan = (b: Buffer, count: number, recordMaxBytes = limit) =>
  scanRecords(b, 0, b.length, count, base, recordMaxBytes);
const message = (b: Buffer, count = 1, recordMaxBytes = limit) =>
  kafkaErrorOf(() => scan(b, count, recordMaxBytes)).message;

describe('scanRecords', () => {
  it('finds the timestamps, a missing key and gaps between offset deltas', () => {
    const two = (first: object, second: object) => Buffer.concat([craftedRecord(first), craftedRecord(second, 1)]);
    const found = (b: Buffer): Scan => ({ ...scan(b, 2) });
    expect(found(two({ key: 'a', timestampDelta: 9 }, { key: 'b', timestampDelta: -300 }))).to.deep.equal({
      maxTimestamp: base + 9,
      minTimestamp: base - 300,
      hasNullKey: false,
      isConsecutive: true,
    });
    expect(found(two({ key: 'a' }, { key: null })).hasNullKey).to.equal(true);
    expect(found(two({ key: '' }, { key: '' })).hasNullKey).to.equal(false);
    expect(found(two({}, { offsetDelta: 2 })).isConsecutive).to.equal(false);
    expect(found(two({}, { offsetDelta: 200 })).isConsecutive).to.equal(false);
    expect(found(two({ offsetDelta: 1 }, {})).isConsecutive).to.equal(false);
  });

  it('leaves out timestamps of −1, which are none', () => {
    const none = craftedRecord({ timestampDelta: -1 });
    expect({ ...scanRecords(none, 0, none.length, 1, 0, limit) }).to.include({
      maxTimestamp: -1,
      minTimestamp: Infinity,
    });
  });

  it('agrees with the reading of records', () => {
    const drafts = array(
      record({
        key: option(string({ maxLength: 90 })),
        value: option(string({ maxLength: 200 })),
        timestampDelta: integer({ min: -(2 ** 40), max: 2 ** 45 }),
        headers: array(record({ key: string({ maxLength: 70 }), isNull: boolean() }), { maxLength: 3 }).map((headers) =>
          headers.map(({ key, isNull }): [string, string | null] => [key, isNull ? null : key]),
        ),
      }),
      { minLength: 1, maxLength: 150 },
    );
    assert(
      property(drafts, nat(20), (records, before) => {
        const b = Buffer.concat([Buffer.alloc(before), craftedBatch(records), Buffer.alloc(5)]);
        const start = before + batch.headerBytes;
        const end = b.length - 5;
        const found = scanRecords(b, start, end, records.length, base, limit);
        const read = [...recordsIn(b.subarray(start, end), b, before)];
        expect(found.maxTimestamp).to.equal(Math.max(-1, ...read.map(({ timestamp }) => timestamp)));
        expect(found.minTimestamp).to.equal(Math.min(...read.map(({ timestamp }) => timestamp)));
        expect(found.hasNullKey).to.equal(read.some(({ key }) => key === null));
        expect(found.isConsecutive).to.equal(true);
      }),
      { numRuns: 60 },
    );
  });

  it('takes no bytes that the reading of records refuses', () => {
    const whole = craftedBatch([
      { key: 'k', headers: [['h', 'x']] },
      { value: null },
      { key: '', value: 'y'.repeat(70) },
    ]);
    let taken = 0;
    assert(
      property(integer({ min: batch.headerBytes, max: whole.length - 1 }), nat(255), nat(3), (at, byte, cut) => {
        const b = Buffer.from(whole.subarray(0, whole.length - cut));
        b[at] = byte;
        try {
          scanRecords(b, batch.headerBytes, b.length, 3, base, limit);
        } catch (error) {
          expect(error).to.have.property('name', 'INVALID_RECORD');
          return;
        }
        taken++;
        expect([...recordsIn(b.subarray(batch.headerBytes), b)]).to.have.length(3);
      }),
      { numRuns: 2000 },
    );
    expect(taken).to.be.greaterThan(100);
  });

  it('names the record and the byte of what is wrong', () => {
    const sound = craftedRecord({});
    expect(message(sound, 2)).to.equal('record 1 at byte 8: the batch ends, though 2 records are declared');
    expect(message(sound, 2147483647)).to.contain('though 2147483647 records are declared');
    expect(message(Buffer.concat([sound, sound]))).to.equal(
      'record 1 at byte 8: 8 bytes left behind the 1 records that are declared',
    );
    expect(message(craftedRecord({ length: 1000 }))).to.equal('record 0 at byte 2: length 1000, 7 bytes left');
    expect(message(craftedRecord({ length: -1 }))).to.equal('record 0 at byte 1: length -1, 7 bytes left');
    expect(message(craftedRecord({ length: 6 }))).to.equal('record 0 at byte 8: length 6, but its fields take 7');
    expect(message(sound, 1, 6)).to.equal('record 0 at byte 1: length 7 exceeds 6');
    expect(message(craftedRecord({ headerCount: -1 }))).to.equal('record 0 at byte 7: -1 headers, 0 bytes left');
    expect(message(craftedRecord({ headerCount: 2147483647 }))).to.contain('2147483647 headers, 0 bytes left');
    expect(message(craftedRecord({ headers: [[null, 'x']] }))).to.equal('record 0 at byte 8: header key of length -1');
    expect(message(bytesOf('ffffffffff01'))).to.equal('varint at byte 0 does not end within 5 bytes');
    expect(message(bytesOf('18' + '00' + 'ffffffffffffffffffff01'))).to.equal(
      'varint at byte 2 does not end within 10 bytes',
    );
  });

  it('reads nothing behind the buffer', () => {
    const whole = craftedRecord({ headers: [['h', 'x']] });
    for (let length = 0; length < whole.length; length++) {
      const cut = Buffer.from(whole.subarray(0, length));
      expect(kafkaErrorOf(() => scan(cut, 1)).name, `${length}`).to.equal('INVALID_RECORD');
      if (length < 2) continue;
      cut[0] = (length - 1) * 2;
      expect(kafkaErrorOf(() => scan(cut, 1)).name, `${length}`).to.equal('INVALID_RECORD');
    }
  });
});
