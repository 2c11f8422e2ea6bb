import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { gunzip, gzip, whatWentWrong } from '../../lib/records/gzip';
import { kafkaErrorOf } from '../support/thrown';

describe('gunzip', () => {
  const [one, two] = [Buffer.alloc(70_000, 'first '), Buffer.from('second')];

  it('reads members one after another as one, as Java does', () => {
    const members = Buffer.concat([gzip(one, -1), gzip(two, -1)]);
    expect(gunzip(members, 1 << 20).equals(Buffer.concat([one, two]))).to.equal(true);
    expect(kafkaErrorOf(() => gunzip(members, one.length + 5)).message).to.contain('more than 70005 bytes');
    expect(kafkaErrorOf(() => gunzip(gzip(Buffer.from('x'), -1), 0)).message).to.contain('more than 0 bytes');
    expect(gunzip(gzip(Buffer.alloc(0), -1), 0)).to.have.length(0);
  });

  it('takes the size that a member ends in for no more than a hint', () => {
    const lying = Buffer.from(gzip(one, -1));
    lying.writeUInt32LE(0xffffffff, lying.length - 4);
    expect(kafkaErrorOf(() => gunzip(lying, 1 << 20)).message).to.contain('incorrect length check');
  });

  it('leaves zeros behind the last member unread', () => {
    expect(gunzip(Buffer.concat([gzip(two, -1), Buffer.alloc(20)]), 100).toString()).to.equal('second');
  });

  it('refuses what is not gzip, naming what zlib found', () => {
    expect(kafkaErrorOf(() => gunzip(Buffer.alloc(30, 7), 100)).message).to.contain('incorrect header check');
    expect(kafkaErrorOf(() => gunzip(Buffer.alloc(17), 100)).message).to.equal(
      'gzip data of 17 bytes, at least 18 needed',
    );
    const cut = gzip(one, -1).subarray(0, -8);
    expect(kafkaErrorOf(() => gunzip(cut, 1 << 20)).message).to.contain('unexpected end of file');
  });
});

describe('gzip', () => {
  it('compresses at the level asked for', () => {
    const text = Buffer.from(Array.from({ length: 5000 }, (_, i) => String(i * i)).join());
    for (const level of [-1, 1, 9]) expect(gzip(text, level).equals(gzipSync(text, { level }))).to.equal(true);
  });
});

describe('whatWentWrong', () => {
  it('tells the limit from other faults', () => {
    expect(whatWentWrong('zstd', new RangeError('x'), 7)).to.equal('zstd data decompresses to more than 7 bytes');
    expect(whatWentWrong('zstd', new Error('x'), 7)).to.equal('zstd data cannot be decompressed: x');
  });
});
