import { expect } from 'chai';
import fc from 'fast-check';
import { Slabs } from '../../../lib/capture/mrcap/slabs';

describe('Slabs', () => {
  it('gives what was put down, in the order in which it was', () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((all) => Buffer.from(all));
    fc.assert(
      fc.property(fc.array(fc.array(bytes)), (rounds) => {
        const slabs = new Slabs(16);
        for (const round of rounds) {
          for (const piece of round) slabs.append(piece);
          const whole = Buffer.concat(round);
          expect(slabs.length).to.equal(whole.length);
          const taken = slabs.take();
          expect(Buffer.concat(taken)).to.deep.equal(whole);
          slabs.giveBack(taken);
        }
      }),
    );
  });

  it('writes again only memory that was given back', () => {
    const slabs = new Slabs(16);
    const take = (text: string) => {
      slabs.append(Buffer.from(text));
      return slabs.take();
    };
    const [first, second] = [take('first'), take('second')];
    slabs.giveBack(second);
    const third = take('third');
    expect(third[0]!.buffer).to.equal(second[0]!.buffer);
    expect(String(first[0])).to.equal('first');
  });

  it('lets go what it will hardly need', () => {
    const slabs = new Slabs(4);
    slabs.append(Buffer.alloc(4 * 100));
    const many = slabs.take();
    slabs.giveBack(many);
    slabs.append(Buffer.alloc(4 * 100));
    const known = new Set(many.map(({ buffer }) => buffer));
    expect(slabs.take().filter(({ buffer }) => known.has(buffer))).to.have.lengthOf(8);
  });
});
