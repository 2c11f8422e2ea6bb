import { expect } from 'chai';
import fc from 'fast-check';
import { Carry } from '../../lib/capture/carry';

describe('Carry', () => {
  it('gives the same pieces however the file is cut into chunks', () => {
    const file = Buffer.from(Array.from({ length: 60 }, (_, i) => i));
    fc.assert(
      fc.property(fc.array(fc.nat(9)), fc.array(fc.tuple(fc.nat(9), fc.boolean())), (chunkSizes, steps) => {
        const carry = new Carry();
        let pushed = 0;
        const push = (size: number) => {
          carry.push(file.subarray(pushed, pushed + size));
          pushed = Math.min(file.length, pushed + size);
        };
        let at = 0;
        for (const [size, isSkipped] of steps) {
          if (isSkipped) carry.skip(size);
          else {
            while (carry.length < size && pushed < file.length) push(chunkSizes.shift() || 1);
            if (carry.length < size) return;
            expect(carry.take(size)).to.deep.equal(file.subarray(at, at + size));
          }
          at += size;
          expect(carry.position).to.equal(at);
        }
      }),
    );
  });

  it('shares memory with a chunk that has all of a piece', () => {
    const chunk = Buffer.from('abcdef');
    const carry = new Carry();
    carry.push(chunk);
    expect(carry.peek(2).buffer).to.equal(chunk.buffer);
    expect(carry.take(2).toString()).to.equal('ab');
  });

  it('knows how much of what is skipped has not come', () => {
    const carry = new Carry();
    carry.push(Buffer.from('abc'));
    carry.skip(8);
    expect(carry.missing).to.equal(5);
    carry.push(Buffer.from('defghij'));
    expect([carry.missing, carry.take(2).toString()]).to.deep.equal([0, 'ij']);
  });

  it('says of what is skipped and has not come how much need not come', () => {
    const carry = new Carry();
    carry.push(Buffer.from('abc'));
    expect(carry.leaveOut(9)).to.equal(0);
    carry.skip(10);
    expect([carry.leaveOut(5), carry.missing]).to.deep.equal([5, 2]);
    carry.push(Buffer.from('xyz'));
    expect([carry.position, carry.take(9).toString(), carry.leaveOut(5)]).to.deep.equal([10, 'z', 0]);
  });
});
