import { expect } from 'chai';
import fc from 'fast-check';
import { produce } from '../../../lib/apis';
import { findInChunk, findInMessage, findLongValues } from '../../../lib/capture/thread/long-values';
import * as batch from '../../../lib/records/batch';
import { buildBatch } from '../../../lib/records/build';
import { codecs } from '../../../lib/records/compression';
import { recordsOf } from '../../../lib/records/record';
import { requestBytes } from '../../support/recordings';

const long = Buffer.alloc(1000, 'v');
const plain = buildBatch([{ key: 'k', value: long }, { value: null }, { key: null, value: long }]);

/** Begins and ends of the values of at least 256 bytes. */
function longValuesOf(bytes: Buffer, from = 0): number[] {
  return [...recordsOf(bytes.subarray(from))].flatMap(({ value }) => {
    if (value === null || value.length < 256) return [];
    const start = value.byteOffset - bytes.byteOffset;
    return [start, start + value.length];
  });
}

function found(bytes: Buffer, start = 0, end = bytes.length): number[] {
  const all: number[] = [];
  findLongValues(bytes, start, end, all);
  return all;
}

const produced = (version: number, ...records: Buffer[]) =>
  requestBytes(produce, version, {
    acks: -1,
    timeoutMs: 1,
    topicData: [{ name: 't', partitionData: records.map((each, index) => ({ index, records: each })) }],
  });

describe('findLongValues', () => {
  it('finds the long values of every record, and no others', () => {
    const value = fc.option(
      fc.oneof(fc.constantFrom(255, 256, 257, 9000), fc.nat(300)).map((size) => Buffer.alloc(size, 'v')),
    );
    const record = fc.record({
      key: fc.option(fc.string()),
      value,
      timestamp: fc.nat(),
      headers: fc.array(fc.record({ key: fc.string(), value: fc.constant(long) }), { maxLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 9 }), (records) => {
        const bytes = buildBatch(records);
        const isWorth = bytes.length >= 256 * records.length;
        expect(found(bytes)).to.deep.equal(isWorth ? longValuesOf(bytes) : []);
      }),
    );
  });

  it('goes on behind batches that are compressed, control records or of short values', () => {
    const others = [
      buildBatch([{ value: long }], { codec: codecs.gzip }),
      buildBatch([{ key: Buffer.alloc(4), value: long }], { control: true }),
      buildBatch(Array.from({ length: 9 }, () => ({ value: 'short' }))),
    ];
    const all = Buffer.concat([...others, plain]);
    expect(found(all)).to.deep.equal(longValuesOf(plain).map((at) => at + all.length - plain.length));
  });

  it('ends at what is no batch, is cut, or is of another magic', () => {
    const first = longValuesOf(plain);
    const old = Buffer.from(plain);
    old.writeUInt8(1, batch.fieldAt.magic);
    const short = Buffer.from(plain);
    short.writeInt32BE(3, batch.fieldAt.batchLength);
    for (const next of [Buffer.from('no batch'), plain.subarray(0, plain.length - 1), old, short])
      expect(found(Buffer.concat([plain, next, plain]), 0, plain.length + next.length)).to.deep.equal(first);
    expect(found(Buffer.concat([plain, short, plain]))).to.deep.equal(first);
  });

  it('stays in bounds, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), { maxLength: 5 }), (changes) => {
        const bytes = Buffer.from(plain);
        for (const [at, byte] of changes) bytes[at] = byte;
        const all = found(bytes);
        expect(all).to.deep.equal(all.toSorted((a, b) => a - b));
        for (const at of all) expect(at).to.be.within(batch.headerBytes, bytes.length);
      }),
    );
  });
});

describe('findInMessage', () => {
  it('finds them in what is produced, in every version', () => {
    for (let version = produce.versions.from; version <= produce.versions.to; version++) {
      const bytes = produced(version, plain, plain);
      const all: number[] = [];
      findInMessage(bytes, all);
      expect(all.length).to.equal(8);
      for (let i = 0; i < all.length; i += 2) expect(bytes.subarray(all[i], all[i + 1])).to.deep.equal(long);
    }
  });

  it('finds none in other messages, in versions that are not known, nor in what is cut', () => {
    const bytes = produced(9, plain);
    const other = Buffer.from(bytes);
    other.writeInt16BE(1, 0);
    const later = Buffer.from(bytes);
    later.writeInt16BE(99, 2);
    for (const message of [other, later, bytes.subarray(0, bytes.length - 5), Buffer.alloc(20)]) {
      const all: number[] = [];
      findInMessage(message, all);
      expect(all).to.deep.equal([]);
    }
  });
});

describe('findInChunk', () => {
  it('finds them where a chunk begins with records', () => {
    const all: number[] = [];
    findInChunk(plain, all);
    expect(all).to.deep.equal(longValuesOf(plain));
  });
});
