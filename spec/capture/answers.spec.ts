import { expect } from 'chai';
import fc from 'fast-check';
import { Answers } from '../../lib/capture/answers';

const frames = ['one', '', 'three', 'x'.repeat(300)].map((text) => Buffer.from(text));
const stream = Buffer.concat(
  frames.map((frame) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(frame.length);
    return Buffer.concat([length, frame]);
  }),
);

describe('Answers', () => {
  for (const keeps of [true, false])
    it(`puts answers together again, however they are cut; pieces ${keeps ? 'stay' : 'do not stay'} as they are`, () => {
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 50 })), (sizes) => {
          const seen: Buffer[] = [];
          const answers = new Answers((chunks) => void seen.push(Buffer.concat(chunks)), keeps);
          for (let at = 0; at < stream.length; ) {
            const size = sizes.shift() ?? stream.length;
            const piece = Buffer.from(stream.subarray(at, at + size));
            answers.push(piece);
            if (!keeps) piece.fill(0);
            at += size;
          }
          expect(seen).to.deep.equal(frames);
        }),
      );
    });

  it('copies nothing of what stays as it is, or is whole', () => {
    for (const keeps of [true, false]) {
      const seen: Buffer[] = [];
      const answers = new Answers((chunks) => void seen.push(...chunks), keeps);
      answers.push(stream);
      expect(seen.every((chunk) => chunk.buffer === stream.buffer)).to.equal(true);
    }
  });

  it('gives an answer in one piece where pieces do not stay as they are', () => {
    const counts: number[] = [];
    const answers = new Answers((chunks) => void counts.push(chunks.length), false);
    for (const byte of stream) answers.push(Buffer.from([byte]));
    expect(counts).to.deep.equal([1, 0, 1, 1]);
  });

  it('says where bytes are missing', () => {
    const seen: unknown[] = [];
    const answers = new Answers((chunks, gaps) => {
      const whole = Buffer.concat(chunks);
      for (let i = 0; i < gaps.length; i += 2) whole.fill('?', gaps[i], gaps[i + 1]);
      seen.push([String(whole), [...gaps]]);
    }, false);
    answers.push(Buffer.from('\0\0\0\x0aab'));
    answers.skip(3);
    answers.push(Buffer.from('c'));
    answers.skip(4);
    answers.push(Buffer.from('\0\0\0\x02xy'));
    expect(seen).to.deep.equal([
      ['ab???c????', [2, 5, 6, 10]],
      ['xy', []],
    ]);
    expect(() => answers.skip(1)).to.throw(RangeError);
  });
});
