import { expect } from 'chai';
import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check';
import * as batch from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import { codecs, compress } from '../../lib/records/compression';
import { recordsOf } from '../../lib/records/record';
import { RecordsRefused } from '../../lib/records/records-refused';
import { appendTime, compacted, now, type Setting, validate } from '../support/append-settings';
import { craftedBatch } from '../support/crafted-batch';
import { kafkaErrorOf } from '../support/thrown';

const gzipped = { attributes: 1, compress: (payload: Buffer) => compress(codecs.gzip, payload) };
const one = [{ value: 'hello' }];

describe('validateBatch, timestamps', () => {
  const refusal = (b: Buffer, setting: Setting): RecordsRefused => {
    const error = kafkaErrorOf(() => validate(b, setting));
    if (!(error instanceof RecordsRefused)) throw error;
    return error;
  };

  it('of CreateTime topics must lie within the bounds, those ends included', () => {
    const bounds = { 'message.timestamp.before.max.ms': 1000, 'message.timestamp.after.max.ms': 2000 };
    for (const delta of [-1000, 0, 2000])
      expect(validate(craftedBatch([{ timestampDelta: delta }]), bounds)).to.be.an('object');
    const late = refusal(craftedBatch([{ timestampDelta: 2001 }, {}, { timestampDelta: -1001 }]), bounds);
    expect(late.name).to.equal('INVALID_TIMESTAMP');
    expect(late.message).to.equal('2 of 3 records refused');
    expect(late.recordErrors).to.deep.equal([
      {
        batchIndex: 0,
        batchIndexErrorMessage: 'timestamp 1700000002001 is not within 1699999999000 and 1700000002000',
      },
      {
        batchIndex: 2,
        batchIndexErrorMessage: 'timestamp 1699999998999 is not within 1699999999000 and 1700000002000',
      },
    ]);
    expect(refusal(craftedBatch([{ timestampDelta: 2001 }], gzipped), bounds).name).to.equal('INVALID_TIMESTAMP');
  });

  it('beyond what a number holds are refused whatever the bounds', () => {
    const far = { 'message.timestamp.after.max.ms': Number('9223372036854775807') };
    for (const baseTimestamp of [2n ** 63n - 1n, 2n ** 53n, -(2n ** 53n), -(2n ** 63n)])
      expect(refusal(craftedBatch(one, { baseTimestamp }), far).name).to.equal('INVALID_TIMESTAMP');
    const delta = craftedBatch([{ timestampDelta: 2n ** 62n }]);
    expect(refusal(delta, far).name).to.equal('INVALID_TIMESTAMP');
  });

  it('make a largest one that is put right where the batch has another', () => {
    for (const more of [{}, gzipped]) {
      const b = craftedBatch([{}, { timestampDelta: 5 }, { timestampDelta: -5 }], { ...more, maxTimestamp: 7 });
      const result = validate(b);
      expect(result.maxTimestamp).to.equal(now + 5);
      expect(batch.maxTimestamp(result.batch)).to.equal(now + 5);
      expect(batch.crcMatches(result.batch)).to.equal(true);
      expect(result.batch.subarray(batch.headerBytes).equals(b.subarray(batch.headerBytes))).to.equal(true);
    }
    const cleared = validate(craftedBatch([{}], { maxTimestamp: 7, attributes: 0x80 })).batch;
    expect(batch.attributes(cleared)).to.equal(0);
  });

  it('of LogAppendTime topics give way to the append time', () => {
    for (const more of [{}, gzipped, { baseTimestamp: 2n ** 63n - 1n, maxTimestamp: 0 }]) {
      const b = craftedBatch([{}, { timestampDelta: 5 }], more);
      const result = validate(b, appendTime);
      expect(result).to.include({ maxTimestamp: now, logAppendTimeMs: now });
      expect(batch.timestampType(result.batch)).to.equal('LogAppendTime');
      expect(batch.crcMatches(result.batch)).to.equal(true);
      expect([...recordsOf(result.batch)].map(({ timestamp }) => timestamp)).to.deep.equal([now, now]);
      expect(result.batch.subarray(batch.headerBytes).equals(b.subarray(batch.headerBytes))).to.equal(true);
    }
  });

  it('of the type LogAppendTime are not the producer’s to give', () => {
    const claims = craftedBatch([{}, { timestampDelta: 5 }], { attributes: 8, maxTimestamp: now + 9 });
    expect(refusal(claims, appendTime).name).to.equal('INVALID_TIMESTAMP');
    expect(refusal(claims, appendTime).recordErrors).to.have.length(2);
    const untimed = craftedBatch([{}], { attributes: 8, maxTimestamp: -1 });
    expect(refusal(untimed, {}).recordErrors[0]!.batchIndexErrorMessage).to.contain('only the broker may set');
    // On a CreateTime topic Kafka takes the claim off and keeps the time.
    const taken = validate(claims);
    expect(taken.maxTimestamp).to.equal(now + 9);
    expect(batch.attributes(taken.batch)).to.equal(0);
    const far = craftedBatch([{}], { attributes: 8, maxTimestamp: now + 3600001 });
    expect(refusal(far, {}).name).to.equal('INVALID_TIMESTAMP');
  });
});

describe('validateBatch, keys', () => {
  it('are needed on compacted topics', () => {
    for (const more of [{}, gzipped]) {
      const b = craftedBatch([{ key: 'a' }, {}, { key: '' }, {}], more);
      expect(validate(b).batch).to.equal(b);
      const error = kafkaErrorOf(() => validate(b, compacted)) as RecordsRefused;
      expect(error.name).to.equal('INVALID_RECORD');
      expect(error.message).to.equal('2 of 4 records refused');
      expect(error.recordErrors.map(({ batchIndex }) => batchIndex)).to.deep.equal([1, 3]);
    }
  });

  it('give way to timestamps where both are at fault', () => {
    const both = craftedBatch([{}, { key: 'a', timestampDelta: 4_000_000 }, { timestampDelta: 4_000_000 }]);
    const error = kafkaErrorOf(() => validate(both, compacted)) as RecordsRefused;
    expect(error.name).to.equal('INVALID_TIMESTAMP');
    expect(error.recordErrors).to.have.length(3);
    expect(error.recordErrors[2]!.batchIndexErrorMessage).to.contain('no key');
  });

  it('make a list that ends', () => {
    const many = craftedBatch(Array.from({ length: 3000 }, () => ({})));
    const error = kafkaErrorOf(() => validate(many, compacted)) as RecordsRefused;
    expect(error.message).to.equal('3000 of 3000 records refused');
    expect(error.recordErrors).to.have.length(1000);
  });
});

describe('validateBatch, codecs', () => {
  const drafts = array(
    record({
      key: constantFrom('a', null),
      value: constantFrom('x', 'yy'.repeat(90), null),
      timestamp: integer({ min: now - 9, max: now }),
    }),
    { minLength: 1, maxLength: 40 },
  );

  it('are changed for the topic’s, and nothing else with them', () => {
    const types = ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'];
    assert(
      property(drafts, nat(4), nat(4), constantFrom({}, appendTime), (records, from, to, times) => {
        const b = buildBatch(records, {
          codec: from as 0,
          producerId: 7,
          producerEpoch: 2,
          baseSequence: 3,
          transactional: true,
        });
        const result = validate(b, { ...times, 'compression.type': types[to]! }).batch;
        expect(batch.codec(result)).to.equal(to);
        expect(batch.crcMatches(result)).to.equal(true);
        const identity = (of: Buffer) => [
          batch.producerId(of),
          batch.producerEpoch(of),
          batch.baseSequence(of),
          batch.isTransactional(of),
        ];
        expect(identity(result)).to.deep.equal(identity(b));
        const seen = [...recordsOf(b)].map((each) => (times === appendTime ? { ...each, timestamp: now } : each));
        expect([...recordsOf(result)]).to.deep.equal(seen);
        if (from === to && times !== appendTime) expect(result).to.equal(b);
      }),
    );
  });

  it('are changed into the bytes that Kafka makes of it', () => {
    const b = craftedBatch([{ timestampDelta: 7 }, { timestampDelta: 5 }], gzipped);
    expect(validate(b, { 'compression.type': 'uncompressed' }).batch.toString('hex').slice(32)).to.equal(
      '027a80bb9d0000000000010000018bcfe568070000018bcfe56807ffffffffffffffffffffffffffff000000020e000000010276000e00030201027600',
    );
  });

  it('are written anew where offset deltas are not 0, 1, 2 …', () => {
    const b = craftedBatch([{ offsetDelta: 3 }, { offsetDelta: 3 }], gzipped);
    const result = validate(b).batch;
    expect([...recordsOf(result)].map(({ offset }) => offset)).to.deep.equal([0, 1]);
    expect(batch.codec(result)).to.equal(1);
  });

  it('leave a batch no larger than max.message.bytes', () => {
    const packed = craftedBatch([{ value: 'x'.repeat(5000) }], gzipped);
    const setting = { 'compression.type': 'uncompressed', 'max.message.bytes': 5000 };
    expect(validate(packed, { 'max.message.bytes': 5000 }).batch).to.equal(packed);
    expect(kafkaErrorOf(() => validate(packed, setting)).name).to.equal('MESSAGE_TOO_LARGE');
  });

  it('bound what a batch and what a record decompress to', () => {
    const packed = craftedBatch([{ value: 'x'.repeat(5000) }], gzipped);
    expect(validate(packed, { decompressedBatchMaxBytes: 5012 }).batch).to.equal(packed);
    const batchBound = kafkaErrorOf(() => validate(packed, { decompressedBatchMaxBytes: 5000 }));
    expect(String(batchBound)).to.equal('INVALID_RECORD: gzip data decompresses to more than 5000 bytes');
    const recordBound = kafkaErrorOf(() => validate(packed, { 'max.decompressed.message.bytes': 5000 }));
    expect(String(recordBound)).to.match(/^INVALID_RECORD: record 0 at byte 2: length \d+ exceeds 5000$/);
    const plain = craftedBatch([{ value: 'x'.repeat(5000) }]);
    expect(validate(plain, { 'max.decompressed.message.bytes': 5000 }).batch).to.equal(plain);
  });

  it('cannot write what only LogAppendTime topics take', () => {
    const b = craftedBatch([{}], { baseTimestamp: 2n ** 62n });
    const setting = { ...appendTime, 'compression.type': 'zstd' };
    expect(kafkaErrorOf(() => validate(b, setting)).message).to.contain('record batch cannot be rebuilt');
  });
});
