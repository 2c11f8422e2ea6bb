import { expect } from 'chai';
import { assert, constantFrom, integer, nat, property } from 'fast-check';
import type { ErrorName } from '../../lib/errors';
import * as batch from '../../lib/records/batch';
import { codecs, compress } from '../../lib/records/compression';
import { recordsOf } from '../../lib/records/record';
import { RecordsRefused } from '../../lib/records/records-refused';
import { appendRules } from '../../lib/records/rules';
import { singleBatch, validateBatch } from '../../lib/records/validate';
import { appendTime, compacted, defaults, now, type Setting, validate } from '../support/append-settings';
import { craftedBatch, craftedRecord, varint } from '../support/crafted-batch';
import { bytesOf, goldenBatches } from '../support/golden-batches';
import { kafkaErrorOf } from '../support/thrown';

const gz = (payload: Buffer) => compress(codecs.gzip, payload);
const gzipped = { attributes: 1, compress: gz };
const one = [{ value: 'hello' }];
const valid = craftedBatch(one);
const minimal = bytesOf('000000000000000000000014000000000200000000000000000000000000000000');

describe('validateForAppend', () => {
  // Each outcome was Kafka's own: ProduceRequest.validateRecords, UnifiedLog.append and LogValidator of 4.3.1.
  const refused: [what: string, records: Buffer | null, error: ErrorName, setting?: Setting][] = [
    ['null', null, 'INVALID_RECORD'],
    ['no bytes', Buffer.alloc(0), 'INVALID_RECORD'],
    ['five bytes', Buffer.alloc(5), 'INVALID_RECORD'],
    ['zeros', Buffer.alloc(16), 'CORRUPT_MESSAGE'],
    ['a batch that is cut off', valid.subarray(0, valid.length - 1), 'INVALID_RECORD'],
    ['magic 1', craftedBatch(one, { magic: 1 }), 'INVALID_RECORD'],
    ['magic 3', craftedBatch(one, { magic: 3 }), 'CORRUPT_MESSAGE'],
    ['magic −1', craftedBatch(one, { magic: -1 }), 'CORRUPT_MESSAGE'],
    ['two batches', Buffer.concat([valid, valid]), 'INVALID_RECORD'],
    ['a batch and zeros', Buffer.concat([valid, Buffer.alloc(12)]), 'CORRUPT_MESSAGE'],
    ['zstd in version 6', craftedBatch(one, { attributes: 4 }), 'UNSUPPORTED_COMPRESSION_TYPE', { version: 6 }],
    ['a batch shorter than a header', minimal, 'CORRUPT_MESSAGE'],
    ['a base offset', craftedBatch(one, { baseOffset: 1 }), 'INVALID_RECORD'],
    ['a batch over max.message.bytes', valid, 'MESSAGE_TOO_LARGE', { 'max.message.bytes': valid.length - 1 }],
    ['a wrong CRC', craftedBatch(one, { crc: 1 }), 'CORRUPT_MESSAGE'],
    ['too large before a wrong CRC', craftedBatch(one, { crc: 1 }), 'MESSAGE_TOO_LARGE', { 'max.message.bytes': 60 }],
    [
      'a base offset before too large',
      craftedBatch(one, { baseOffset: 1 }),
      'INVALID_RECORD',
      { 'max.message.bytes': 60 },
    ],
    ['offsets that end before they begin', craftedBatch(one, { lastOffsetDelta: -1 }), 'INVALID_RECORD'],
    ['no records', craftedBatch(one, { lastOffsetDelta: -1, recordCount: 0 }), 'INVALID_RECORD'],
    ['a negative count', craftedBatch(one, { recordCount: -1 }), 'INVALID_RECORD'],
    ['more records than offsets', craftedBatch(one, { recordCount: 2 }), 'INVALID_RECORD'],
    ['fewer records than declared', craftedBatch(one, { recordCount: 2, lastOffsetDelta: 1 }), 'INVALID_RECORD'],
    [
      'the largest count',
      craftedBatch(one, { recordCount: 2147483647, lastOffsetDelta: 2147483646 }),
      'INVALID_RECORD',
    ],
    ['more records than declared', craftedBatch([{}, {}], { recordCount: 1, lastOffsetDelta: 0 }), 'INVALID_RECORD'],
    ['a control batch', craftedBatch(one, { attributes: 0x20 }), 'INVALID_RECORD'],
    ['a producer id without a sequence', craftedBatch(one, { producerId: 5 }), 'INVALID_RECORD'],
    ['headers of count −1', craftedBatch([{ headerCount: -1 }]), 'INVALID_RECORD'],
    ['headers of count −1, compressed', craftedBatch([{ headerCount: -1 }], gzipped), 'INVALID_RECORD'],
    ['more headers than bytes', craftedBatch([{ headerCount: 100 }]), 'INVALID_RECORD'],
    ['fewer headers than there are', craftedBatch([{ headerCount: 0, headers: [['a', 'b']] }]), 'INVALID_RECORD'],
    ['a header without a key', craftedBatch([{ headers: [[null, 'b']] }]), 'INVALID_RECORD'],
    ['a record of length −1', craftedBatch([{ length: -1 }]), 'INVALID_RECORD'],
    ['a record of length 1000', craftedBatch([{ length: 1000 }]), 'INVALID_RECORD'],
    ['a record of length 1000, compressed', craftedBatch([{ length: 1000 }], gzipped), 'INVALID_RECORD'],
    ['a record that says nothing of its end', craftedBatch([{ length: 3 }]), 'INVALID_RECORD'],
    ['a batch over segment.bytes', valid, 'RECORD_LIST_TOO_LARGE', { 'segment.bytes': valid.length - 1 }],
    // Kafka answers UNKNOWN_SERVER_ERROR to these; see the note in validate.ts.
    ['an endless varint', craftedBatch(one, { payload: bytesOf('8080808080808000') }), 'INVALID_RECORD'],
    ['a codec that Kafka does not have', craftedBatch(one, { attributes: 5 }), 'UNSUPPORTED_COMPRESSION_TYPE'],
    ['what is not gzip', craftedBatch(one, { attributes: 1 }), 'INVALID_RECORD'],
    ['what is not snappy', craftedBatch(one, { attributes: 2 }), 'INVALID_RECORD'],
    ['what is not lz4', craftedBatch(one, { attributes: 3 }), 'INVALID_RECORD'],
    ['what is not zstd', craftedBatch(one, { attributes: 4 }), 'INVALID_RECORD'],
    // Kafka takes this one.
    [
      'a producer id that no number holds',
      craftedBatch(one, { producerId: 2n ** 53n, baseSequence: 0 }),
      'INVALID_RECORD',
    ],
  ];
  for (const [what, records, error, setting] of refused) {
    it(`refuses ${what}: ${error}`, () => {
      const thrown = kafkaErrorOf(() => validate(records, setting));
      expect(thrown.name).to.equal(error);
      expect(thrown).to.not.be.instanceOf(RecordsRefused);
      expect(thrown.message)
        .to.be.a('string')
        .and.not.match(/undefined|NaN|Infinity/);
    });
  }

  it('hands on the bytes as they came, without copying them, where nothing is to be changed', () => {
    for (const b of [valid, craftedBatch(one, gzipped), craftedBatch([{}, { timestampDelta: -5 }])]) {
      const result = validate(b);
      expect(result.batch).to.equal(b);
      expect(result).to.include({ recordCount: batch.recordCount(b), maxTimestamp: now, logAppendTimeMs: -1 });
    }
  });

  it('drops a rest that is no batch', () => {
    for (const rest of [Buffer.alloc(5), valid.subarray(0, 40)])
      expect(validate(Buffer.concat([valid, rest])).batch.equals(valid)).to.equal(true);
  });

  it('takes every batch of a producer that Kafka wrote', () => {
    for (const golden of goldenBatches) {
      if (golden.control || golden.timestampType === 'LogAppendTime') continue;
      const b = bytesOf(golden.hex);
      batch.place(b, 0, 0, -1);
      expect(validate(b).batch, golden.batch).to.equal(b);
    }
  });

  it('takes what Kafka takes, odd as it is', () => {
    const negativeLengths = Buffer.concat([0, 0, 0, -2, -5, 0].map(varint));
    const odd: [what: string, b: Buffer, setting?: Setting][] = [
      [
        'key and value of negative lengths',
        craftedBatch(one, { payload: Buffer.concat([varint(6), negativeLengths]) }),
      ],
      ['a producer id of −2', craftedBatch(one, { producerId: -2 })],
      ['unknown attribute bits', craftedBatch(one, { attributes: 0x80 })],
      ['offset deltas that are stored as they came', craftedBatch([{ offsetDelta: 3 }, { offsetDelta: 3 }])],
      ['no timestamps', craftedBatch(one, { baseTimestamp: -1 }), { 'message.timestamp.before.max.ms': 1000 }],
      [
        'zeros behind gzip',
        craftedBatch(one, { ...gzipped, compress: (b) => Buffer.concat([gz(b), Buffer.alloc(10)]) }),
      ],
    ];
    for (const [what, b, setting] of odd) expect(validate(b, setting).batch, what).to.equal(b);
    const members = Buffer.concat([gz(craftedRecord({}, 0)), gz(craftedRecord({}, 1))]);
    expect(validate(craftedBatch([{}, {}], { attributes: 1, payload: members })).recordCount).to.equal(2);
  });

  it('refuses every flipped bit that the CRC covers', () => {
    assert(
      property(integer({ min: batch.fieldAt.crc * 8, max: valid.length * 8 - 1 }), (bit) => {
        const b = Buffer.from(valid);
        b[bit >> 3]! ^= 1 << (bit & 7);
        expect(kafkaErrorOf(() => validate(b)).name).to.equal('CORRUPT_MESSAGE');
      }),
    );
  });

  it('answers nothing but a KafkaError to damaged batches with a right CRC', () => {
    const records = [
      { key: 'k', headers: [['h', 'x']] as [string, string][] },
      { value: null },
      { key: 'kk', timestampDelta: 99 },
    ];
    const settings = [
      {},
      compacted,
      appendTime,
      { 'compression.type': 'lz4' },
      { ...appendTime, 'compression.type': 'gzip' },
    ];
    assert(
      property(nat(1000), nat(255), constantFrom(...settings), nat(4), (at, byte, setting, codec) => {
        const b = craftedBatch(records, { attributes: codec, compress: (plain) => compress(codec as 0, plain) });
        b[at % b.length] = byte;
        batch.updateCrc(b.subarray(0, Math.min(b.length, Math.max(batch.headerBytes, batch.sizeInBytes(b)))));
        try {
          const result = validate(b, setting);
          expect(batch.crcMatches(result.batch)).to.equal(true);
          expect([...recordsOf(result.batch)]).to.have.length(result.recordCount);
        } catch (error) {
          expect(error).to.have.property('code').that.is.a('number');
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('singleBatch', () => {
  it('gives the batch alone, before its contents are looked at', () => {
    const corrupt = craftedBatch(one, { crc: 1 });
    expect(singleBatch(Buffer.concat([corrupt, Buffer.alloc(3)]), 9).equals(corrupt)).to.equal(true);
  });

  it('says what it saw', () => {
    const message = (b: Buffer | null) => kafkaErrorOf(() => singleBatch(b, 9)).message;
    expect(message(null)).to.equal('records are null, one record batch is needed');
    expect(message(Buffer.alloc(5))).to.equal('no whole record batch in 5 bytes');
    expect(message(craftedBatch(one, { magic: 0 }))).to.equal('record batch of magic 0, only 2 is taken');
    expect(message(Buffer.concat([valid, valid]))).to.contain('more than one record batch');
  });
});

describe('validateBatch', () => {
  it('judges the batch that singleBatch gave', () => {
    expect(validateBatch(valid, appendRules(defaults), now).batch).to.equal(valid);
    expect(
      kafkaErrorOf(() => validateBatch(craftedBatch(one, { crc: 1 }), appendRules(defaults), now)).message,
    ).to.equal(`record batch has CRC 1, its bytes have ${batch.crc(valid)}`);
  });
});
