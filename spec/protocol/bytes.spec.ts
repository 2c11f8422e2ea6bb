import { expect } from 'chai';
import * as fc from 'fast-check';
import { EncodeError, Reader, Writer } from '../../lib/protocol/bytes';

type Method = Exclude<keyof Reader & keyof Writer, 'field' | 'fail' | 'count' | 'take'>;

/** Primitive, value, bytes as Kafka writes them. */
const vectors: readonly (readonly [Method, unknown, string])[] = [
  ['bool', true, '01'],
  ['bool', false, '00'],
  ['int8', -128, '80'],
  ['int8', 127, '7f'],
  ['int16', -32768, '8000'],
  ['int16', 258, '0102'],
  ['uint16', 65535, 'ffff'],
  ['int32', -2147483648, '80000000'],
  ['int32', 16909060, '01020304'],
  ['uint32', 4294967295, 'ffffffff'],
  ['uint32', 2147483648, '80000000'],
  ['long', 0, '0000000000000000'],
  ['long', -1, 'ffffffffffffffff'],
  ['long', 1700000000000, '0000018bcfe56800'],
  ['long', 4294967296, '0000000100000000'],
  ['long', -4294967297, 'fffffffeffffffff'],
  ['long', Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
  ['long', -(2 ** 53), 'ffe0000000000000'],
  ['long', 2n ** 53n, '0020000000000000'],
  ['long', 2n ** 53n + 1n, '0020000000000001'],
  ['long', -(2n ** 53n) - 1n, 'ffdfffffffffffff'],
  ['long', 2n ** 63n - 1n, '7fffffffffffffff'],
  ['long', -(2n ** 63n), '8000000000000000'],
  ['float64', 1.5, '3ff8000000000000'],
  ['float64', Number.NEGATIVE_INFINITY, 'fff0000000000000'],
  ['uuid', 'AAAAAAAAAAAAAAAAAAAAAA', '00000000000000000000000000000000'],
  ['uuid', 'caWaUYloT4uTfgAAAAAAAQ', '71a59a5189684f8b937e000000000001'],
  ['uuid', '_____________________w', 'ffffffffffffffffffffffffffffffff'],
  ['uvarint', 0, '00'],
  ['uvarint', 127, '7f'],
  ['uvarint', 128, '8001'],
  ['uvarint', 16384, '808001'],
  ['uvarint', 4294967295, 'ffffffff0f'],
  ['varint', 0, '00'],
  ['varint', -1, '01'],
  ['varint', 1, '02'],
  ['varint', 64, '8001'],
  ['varint', 2147483647, 'feffffff0f'],
  ['varint', -2147483648, 'ffffffff0f'],
  ['varlong', -1, '01'],
  ['varlong', 2147483648, '8080808010'],
  ['varlong', -2147483649, '8180808010'],
  ['varlong', 1700000000000, '80a0abfef962'],
  ['varlong', -(2 ** 53), 'ffffffffffffff1f'],
  ['varlong', 2n ** 63n - 1n, 'feffffffffffffffff01'],
  ['varlong', -(2n ** 63n), 'ffffffffffffffffff01'],
  ['string', '', '0000'],
  ['string', 'foo', '0003666f6f'],
  ['string', 'é日🚀', '0009c3a9e697a5f09f9a80'],
  ['nullableString', null, 'ffff'],
  ['nullableString', 'x', '000178'],
  ['compactString', '', '01'],
  ['compactString', 'foo', '04666f6f'],
  ['compactNullableString', null, '00'],
  ['compactNullableString', 'x', '0278'],
  ['bytes', Buffer.from('0102', 'hex'), '000000020102'],
  ['bytes', Buffer.alloc(0), '00000000'],
  ['nullableBytes', null, 'ffffffff'],
  ['nullableBytes', Buffer.from('07', 'hex'), '0000000107'],
  ['compactBytes', Buffer.from('0102', 'hex'), '030102'],
  ['compactNullableBytes', null, '00'],
  ['compactNullableBytes', Buffer.alloc(0), '01'],
];

function written(method: Method, value: unknown): string {
  const writer = new Writer();
  (writer[method] as (value: unknown) => void)(value);
  return writer.takeBuffer().toString('hex');
}

function readBack(method: Method, hex: string): unknown {
  const reader = new Reader(Buffer.from(hex, 'hex'));
  const value = reader[method]();
  expect(reader.remaining, 'bytes left').to.equal(0);
  return value;
}

describe('Reader and Writer', () => {
  for (const [method, value, hex] of vectors) {
    const shown = Buffer.isBuffer(value) ? `bytes <${value.toString('hex')}>` : `${String(value)}`;
    it(`hold ${method} ${shown || "''"} in ${hex}`, () => {
      expect(written(method, value)).to.equal(hex);
      expect(readBack(method, hex)).to.deep.equal(value);
    });
  }

  it('take any byte but zero for true', () => {
    expect(readBack('bool', '02')).to.equal(true);
  });

  const roundTrip = (method: Method, values: fc.Arbitrary<unknown>) =>
    it(`give back every ${method}`, () => {
      fc.assert(
        fc.property(values, (value) => {
          expect(readBack(method, written(method, value))).to.deep.equal(value);
        }),
        { numRuns: 300 },
      );
    });

  const longs = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => {
    const small = value >= -(2n ** 53n) && value < 2n ** 53n;
    return small ? Number(value) : value;
  });
  roundTrip('long', fc.oneof(fc.maxSafeInteger(), longs));
  roundTrip('varlong', fc.oneof(fc.maxSafeInteger(), longs, fc.integer()));
  roundTrip('varint', fc.integer());
  roundTrip('uvarint', fc.integer({ min: 0, max: 0xffffffff }));
  roundTrip('string', fc.string({ unit: 'grapheme', maxLength: 100 }));
  roundTrip('compactString', fc.string({ unit: 'grapheme', maxLength: 300 }));

  it('hold strings of 32,767 bytes and no longer', () => {
    const longest = `${'é'.repeat(16383)}x`;
    for (const method of ['string', 'compactString', 'nullableString', 'compactNullableString'] as const) {
      expect(readBack(method, written(method, longest)), method).to.equal(longest);
      expect(() => written(method, `${longest}x`), method).to.throw(EncodeError, 'string of 32768 bytes exceeds 32767');
    }
  });

  it('write a lone surrogate as the replacement character', () => {
    expect(readBack('string', written('string', 'a\ud800b'))).to.equal('a\ufffdb');
  });
});
