import { expect } from 'chai';
import { array, assert, constantFrom, integer, nat, option, property, record, string, uint8Array } from 'fast-check';
import { EncodeError } from '../../lib/protocol/bytes';
import * as batch from '../../lib/records/batch';
import { type BatchOptions, buildBatch } from '../../lib/records/build';
import { codecs } from '../../lib/records/compression';
import { recordsOf } from '../../lib/records/record';
import { bytesOf, goldenBatches } from '../support/golden-batches';

/** What kafkajs makes of a batch, and how it makes one. */
interface KafkajsBatch {
  readonly records: readonly { offset: string; timestamp: string; value: Buffer }[];
}
interface KafkajsEncoder {
  RecordBatch(batch: object): Promise<{ buffer: Buffer }>;
}

const unless = (hex: string | null) => (hex === null ? null : bytesOf(hex));

describe('buildBatch', () => {
  for (const golden of goldenBatches.filter(({ compression }) => compression === 'none')) {
    it(`writes the bytes that Kafka writes: ${golden.batch}`, () => {
      const isAppendTime = golden.timestampType === 'LogAppendTime';
      // What an append time batch says of its records' own timestamps, only its bytes know.
      const own = [1700000000000, 1700000000005, 1699999999997, 1700000000007];
      const records = golden.records.map(({ timestamp, key, value, headers }, i) => ({
        timestamp: isAppendTime ? own[i]! : Number(timestamp),
        key: unless(key),
        value: unless(value),
        headers: headers.map((header) => ({ key: header.key, value: unless(header.value) })),
      }));
      const options: BatchOptions = {
        baseOffset: Number(golden.baseOffset),
        partitionLeaderEpoch: golden.partitionLeaderEpoch,
        producerId: Number(golden.producerId),
        producerEpoch: golden.producerEpoch,
        baseSequence: golden.baseSequence,
        transactional: golden.transactional,
        control: golden.control,
        logAppendTimeMs: isAppendTime ? Number(golden.maxTimestamp) : undefined,
      };
      expect(buildBatch(records, options).toString('hex')).to.equal(golden.hex);
    });
  }

  const vectors: [what: string, hex: string, built: () => Buffer][] = [
    [
      'of a producer',
      '000000000000000000000046ffffffff02995448270000000000010000018bcfe568000000018bcfe56800ffffffffffffffffffffffffffff' +
        '0000000218000000026b0a68656c6c6f000e00000201027700',
      () => buildBatch([{ key: 'k', value: 'hello' }, { value: 'w' }], { timestamp: 1700000000000 }),
    ],
    [
      'of a transaction',
      '00000000000000070000003900000000029074308f0010000000000000018bcfe568000000018bcfe5680000000000000003e8000000000000' +
        '000000010e00000001027800',
      () =>
        buildBatch([{ value: 'x', timestamp: 1700000000000 }], {
          baseOffset: 7,
          partitionLeaderEpoch: 0,
          producerId: 1000,
          producerEpoch: 0,
          baseSequence: 0,
          transactional: true,
        }),
    ],
  ];
  for (const [what, hex, built] of vectors) {
    it(`writes the reference vector ${what}`, () => expect(built().toString('hex')).to.equal(hex));
  }

  it('is read back as it was given, in every codec', () => {
    const bytes = uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value));
    const drafts = array(
      record({
        key: option(bytes),
        value: option(bytes),
        timestamp: integer({ min: -1, max: 2 ** 45 }),
        headers: array(record({ key: string({ unit: 'grapheme' }), value: option(bytes) }), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 80 },
    );
    assert(
      property(drafts, constantFrom(...Object.values(codecs)), nat(), (records, codec, baseOffset) => {
        const b = buildBatch(records, { codec, baseOffset });
        expect(batch.crcMatches(b)).to.equal(true);
        expect(batch.wholeSize(b)).to.equal(b.length);
        expect(batch.maxTimestamp(b)).to.equal(Math.max(...records.map(({ timestamp }) => timestamp)));
        expect([...recordsOf(b)]).to.deep.equal(records.map((draft, i) => ({ ...draft, offset: baseOffset + i })));
      }),
    );
  });

  it('is read by kafkajs, whose own batches are read here', async () => {
    const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object;
    const decode = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (from: object) => Promise<KafkajsBatch>;
    const draft = { key: Buffer.from('k'), value: Buffer.from('hello'), timestamp: 1700000000005 };
    const drafts = [draft, { ...draft, timestamp: 1700000000001, headers: [{ key: 'h', value: Buffer.from('x') }] }];
    for (const codec of [codecs.none, codecs.gzip]) {
      const batchByUs = await decode(
        new Decoder(buildBatch(drafts, { codec, baseOffset: 41, partitionLeaderEpoch: 3 })),
      );
      expect(batchByUs).to.include({ firstOffset: '41', partitionLeaderEpoch: 3, maxTimestamp: '1700000000005' });
      const seen = batchByUs.records.map(({ offset, timestamp, value }) => [offset, timestamp, value.toString()]);
      expect(seen).to.deep.equal([
        ['41', '1700000000005', 'hello'],
        ['42', '1700000000001', 'hello'],
      ]);

      const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as KafkajsEncoder;
      const Record = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => object;
      const records = [
        Record({ ...draft, timestampDelta: 5 }),
        Record({ ...draft, offsetDelta: 1, headers: { h: 'x' } }),
      ];
      const encoded = await RecordBatch({
        compression: codec,
        firstTimestamp: 1700000000000,
        lastOffsetDelta: 1,
        records,
      });
      expect(batch.crcMatches(encoded.buffer)).to.equal(true);
      expect([...recordsOf(encoded.buffer)]).to.deep.equal([
        { offset: 0, timestamp: 1700000000005, key: draft.key, value: draft.value, headers: [] },
        {
          offset: 1,
          timestamp: 1700000000000,
          key: draft.key,
          value: draft.value,
          headers: [{ key: 'h', value: Buffer.from('x') }],
        },
      ]);
    }
  });

  it('shows readers the append time in place of the timestamps', () => {
    const b = buildBatch(
      [
        { value: 'x', timestamp: 5 },
        { value: 'y', timestamp: 9 },
      ],
      { logAppendTimeMs: 7 },
    );
    expect([...recordsOf(b)].map(({ timestamp }) => timestamp)).to.deep.equal([7, 7]);
    expect(batch.maxTimestamp(b)).to.equal(7);
  });

  it('leaves gaps between offsets, and behind the last one', () => {
    const drafts = [{ value: 'a', offsetDelta: 2 }, { value: 'b' }, { value: 'c', offsetDelta: 9 }];
    const b = buildBatch(drafts, { baseOffset: 100, lastOffsetDelta: 20 });
    expect([...recordsOf(b)].map(({ offset }) => offset)).to.deep.equal([102, 103, 109]);
    expect([batch.baseOffset(b), batch.lastOffset(b), batch.recordCount(b)]).to.deep.equal([100, 120, 3]);
    expect(batch.lastOffset(buildBatch(drafts))).to.equal(9);
  });

  it('refuses a batch without records and numbers that do not fit', () => {
    expect(() => buildBatch([])).to.throw(EncodeError, 'a batch without records');
    expect(() => buildBatch([{ value: 'x' }], { producerEpoch: 40000 })).to.throw(EncodeError);
  });
});
