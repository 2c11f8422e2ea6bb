import { expect } from 'chai';
import fc from 'fast-check';
import { Stretches } from '../../../lib/capture/thread/stretches';

const answer = (text: string) => {
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeInt32BE(text.length);
  bytes.write(text, 4);
  return bytes;
};

describe('Stretches', () => {
  it('keeps and drops whole answers, however they are cut', () => {
    const texts = fc.array(fc.string({ maxLength: 9 }).map((text) => text.replace(/[^ -~]/g, '_')));
    fc.assert(
      fc.property(texts, fc.array(fc.integer({ min: 1, max: 7 })), fc.array(fc.boolean()), (all, sizes, wanted) => {
        const stream = Buffer.concat(all.map(answer));
        const stretches = new Stretches();
        const decisions: boolean[] = [];
        const asks = () => {
          decisions.push(wanted[decisions.length] ?? false);
          return decisions.at(-1)!;
        };
        const kept: Buffer[] = [];
        let dropped = { begun: 0, bytes: 0 };
        for (let at = 0; at < stream.length; ) {
          const piece = stream.subarray(at, at + (sizes.shift() ?? stream.length));
          stretches.of(piece, asks, (from, to, drops, begun) => {
            if (drops) dropped = { begun: dropped.begun + begun, bytes: dropped.bytes + to - from };
            else kept.push(piece.subarray(from, to));
          });
          at += piece.length;
        }
        const isKept = (_: string, i: number) => !decisions[i];
        expect(decisions).to.have.lengthOf(all.length);
        expect(Buffer.concat(kept)).to.deep.equal(Buffer.concat(all.filter(isKept).map(answer)));
        const others = all.filter((_, i) => decisions[i]).map(answer);
        expect(dropped).to.deep.equal({ begun: others.length, bytes: Buffer.concat(others).length });
      }),
    );
  });

  it('says whether a piece is one answer', () => {
    const stretches = new Stretches();
    const [one, two] = [answer('abc'), Buffer.concat([answer('a'), answer('')])];
    const take = () => {};
    expect([one, two, one.subarray(0, 5), answer('')].map((piece) => stretches.isOne(piece))).to.deep.equal([
      true,
      false,
      false,
      false,
    ]);
    stretches.of(one.subarray(0, 2), () => false, take);
    expect(stretches.isOne(one)).to.equal(false);
    stretches.of(one.subarray(2, 6), () => false, take);
    expect([one.subarray(6), one].map((piece) => stretches.isWithin(piece))).to.deep.equal([true, false]);
    expect(stretches.isOne(one)).to.equal(false);
    stretches.of(one.subarray(6), () => false, take);
    expect(stretches.isOne(one)).to.equal(true);
  });

  it('passes a whole answer on as one', () => {
    const taken: unknown[] = [];
    new Stretches().of(
      answer('abc'),
      () => false,
      (...stretch) => taken.push(stretch),
    );
    expect(taken).to.deep.equal([[0, 7, false, 1]]);
  });
});
