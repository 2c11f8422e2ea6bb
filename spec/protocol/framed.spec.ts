import { expect } from 'chai';
import { Writer } from '../../lib/protocol/bytes';
import { framed } from '../../lib/protocol/framed';

describe('framed', () => {
  it('puts the length before what is written, long bytes by reference', () => {
    const writer = new Writer();
    const long = Buffer.alloc(2000, 1);
    const chunks = framed(writer, () => {
      writer.int16(7);
      writer.raw(long);
    });
    expect(chunks.map(({ length }) => length)).to.deep.equal([6, 2000]);
    expect(chunks[0]!.toString('hex')).to.equal('000007d20007');
    expect(chunks[1]).to.equal(long);
  });

  it('leaves the writer ready for the next message where one cannot be written', () => {
    const writer = new Writer();
    const broken = () => {
      writer.int16(1);
      throw new TypeError('no');
    };
    expect(() => framed(writer, broken)).to.throw('no');
    expect(Buffer.concat(framed(writer, () => writer.int8(1))).toString('hex')).to.equal('0000000101');
  });
});
