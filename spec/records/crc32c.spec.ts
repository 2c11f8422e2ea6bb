import { crc32c as native } from '@node-rs/crc32';
import { expect } from 'chai';
import { array, assert, integer, property, uint8Array } from 'fast-check';
import { crc32c } from '../../lib/records/crc32c';

describe('crc32c', () => {
  it('gives the sums of RFC 3720', () => {
    const ascending = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
    expect(crc32c(Buffer.alloc(32))).to.equal(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).to.equal(0x62a8ab43);
    expect(crc32c(ascending)).to.equal(0x46dd794e);
    expect(crc32c(Buffer.from(ascending).reverse())).to.equal(0x113fdb5c);
    expect(crc32c(Buffer.from('123456789'))).to.equal(0xe3069283);
    expect(crc32c(Buffer.alloc(0))).to.equal(0);
  });

  it('agrees with the native sum at every length around the one where it is left to it', () => {
    const bytes = Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 31) ^ (i >> 3)));
    for (let length = 0; length < 520; length++) {
      expect(crc32c(bytes, 7, 7 + length), `${length}`).to.equal(native(bytes.subarray(7, 7 + length)));
    }
  });

  it('goes on from the sum of the bytes before', () => {
    const bytes = Buffer.from(Array.from({ length: 700 }, (_, i) => i * 7));
    for (const at of [0, 5, 255, 300, 699, 700])
      expect(crc32c(bytes, at, bytes.length, crc32c(bytes, 0, at))).to.equal(native(bytes));
  });

  it('looks at nothing outside of the range', () => {
    const around = array(integer({ min: 0, max: 255 }), { maxLength: 9 });
    assert(
      property(around, uint8Array({ maxLength: 700 }), around, (before, bytes, behind) => {
        const whole = Buffer.concat([Buffer.from(before), bytes, Buffer.from(behind)]);
        expect(crc32c(whole, before.length, before.length + bytes.length)).to.equal(native(bytes));
      }),
    );
  });
});
