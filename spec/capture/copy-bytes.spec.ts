import { expect } from 'chai';
import { copyBytes } from '../../lib/capture/copy-bytes';

describe('copyBytes', () => {
  it('copies short and long pieces to their place, and nothing else', () => {
    const from = Buffer.from(Array.from({ length: 200 }, (_, i) => i));
    for (const size of [0, 1, 40, 41, 150]) {
      const to = Buffer.alloc(200);
      copyBytes(from, 5, 5 + size, to, 20);
      expect(to).to.deep.equal(Buffer.concat([Buffer.alloc(20), from.subarray(5, 5 + size), Buffer.alloc(180 - size)]));
    }
  });
});
