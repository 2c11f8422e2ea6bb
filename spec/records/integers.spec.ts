import { expect } from 'chai';
import { assert, bigInt, integer, maxSafeInteger, property } from 'fast-check';
import { readInt, readLong, writeInt, writeLong } from '../../lib/records/integers';

describe('readLong', () => {
  it('reads what Node reads, rounded beyond 2^53', () => {
    assert(
      property(bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bytes = Buffer.alloc(11);
        bytes.writeBigInt64BE(value, 3);
        expect(readLong(bytes, 3)).to.equal(Number(value));
      }),
    );
  });
});

describe('writeLong', () => {
  it('writes every safe integer', () => {
    assert(
      property(maxSafeInteger(), (value) => {
        const bytes = Buffer.alloc(10, 0xaa);
        writeLong(bytes, 1, value);
        expect(bytes.readBigInt64BE(1)).to.equal(BigInt(value));
        expect([bytes[0], bytes[9]]).to.deep.equal([0xaa, 0xaa]);
      }),
    );
  });
});

describe('readInt', () => {
  it('reads what writeInt wrote, as Node does', () => {
    assert(
      property(integer(), (value) => {
        const bytes = Buffer.alloc(6);
        writeInt(bytes, 1, value);
        expect(bytes.readInt32BE(1)).to.equal(value);
        expect(readInt(bytes, 1)).to.equal(value);
      }),
    );
  });
});
