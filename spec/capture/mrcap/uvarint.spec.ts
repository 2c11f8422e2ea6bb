import { expect } from 'chai';
import fc from 'fast-check';
import { putUvarint } from '../../../lib/capture/mrcap/uvarint';
import { Reader } from '../../../lib/protocol/bytes';

describe('putUvarint', () => {
  it('is read back as it was put down, and says where the next byte goes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.nat(9), (value, start) => {
        const into = Buffer.alloc(20);
        const end = putUvarint(into, start, value);
        const reader = new Reader(into.subarray(start, end));
        expect([reader.uvarint() >>> 0, reader.remaining]).to.deep.equal([value, 0]);
      }),
    );
  });

  it('takes numbers beyond bit operations, such as 2^54 = 2^5 * 2^49', () => {
    const into = Buffer.alloc(10);
    expect(putUvarint(into, 0, 2 ** 54)).to.equal(8);
    expect(into.toString('hex')).to.equal('80808080808080200000');
  });
});
