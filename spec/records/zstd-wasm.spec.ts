import { expect } from 'chai';
import { zstdCompress, zstdDecompress } from '../../lib/records/zstd';
import { wasmCompress, wasmDecompress } from '../../lib/records/zstd-wasm';

const text = Buffer.from('what repeats is compressed, '.repeat(30_000));

describe('wasmDecompress', () => {
  it('reads what either way of compressing wrote, within exactly its size', () => {
    for (const packed of [wasmCompress(text, 3), zstdCompress(text, 3)]) {
      expect(wasmDecompress(packed, text.length).equals(text)).to.equal(true);
      expect(zstdDecompress(packed, text.length).equals(text)).to.equal(true);
    }
    expect(wasmDecompress(wasmCompress(Buffer.alloc(0), 3), 0)).to.have.length(0);
  });

  it('tells a frame that is too large from a broken one', () => {
    const packed = wasmCompress(text, 3);
    expect(() => wasmDecompress(packed, text.length - 1)).to.throw(RangeError, `more than ${text.length - 1} bytes`);
    expect(() => wasmDecompress(packed.subarray(0, -1), text.length)).to.throw(Error, 'zstd error 72');
  });

  it('keeps out of the way of others who use the package', async () => {
    const packed = wasmCompress(text, 3);
    const shared = require('@bokuweb/zstd-wasm') as typeof import('@bokuweb/zstd-wasm');
    await shared.init();
    expect(Buffer.from(shared.decompress(shared.compress(text))).equals(text)).to.equal(true);
    expect(wasmDecompress(packed, text.length).equals(text)).to.equal(true);
    expect(Buffer.from(shared.decompress(packed)).equals(text)).to.equal(true);
  });

  it('says so where its memory does not suffice', () => {
    expect(() => wasmDecompress(wasmCompress(text, 3), 2 ** 31)).to.throw(Error, 'no memory for');
    expect(wasmDecompress(wasmCompress(text, 3), text.length)).to.have.length(text.length);
  });
});

describe('wasmCompress', () => {
  it('takes levels', () => {
    const lines = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `${Math.imul(i, 0x9e3779b1) >>> 20},`).join(''));
    expect(wasmCompress(lines, 19).length).to.be.lessThan(wasmCompress(lines, 1).length);
  });
});
