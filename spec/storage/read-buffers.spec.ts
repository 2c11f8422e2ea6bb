import { expect } from 'chai';
import { ReadBuffers } from '../../lib/storage/read-buffers';

describe('ReadBuffers', () => {
  it('lends at least what is asked for, in sizes that suit others too', () => {
    const buffers = new ReadBuffers(1 << 20);
    for (const bytes of [0, 1, 4095, 4096, 4097, 65536, 1000000]) {
      const { length } = buffers.lend(bytes).bytes;
      expect(length).to.be.at.least(bytes);
      expect(Math.log2(length) % 1).to.equal(0);
    }
  });

  it('lends again what came back', () => {
    const buffers = new ReadBuffers(1 << 20);
    const first = buffers.lend(5000);
    expect(buffers.lend(5000).bytes).to.not.equal(first.bytes);
    first.release();
    expect(buffers.lend(8000).bytes).to.equal(first.bytes);
  });

  it('lends nothing twice that came back twice', () => {
    const buffers = new ReadBuffers(1 << 20);
    const lent = buffers.lend(5000);
    lent.release();
    lent.release();
    expect(buffers.lend(5000).bytes).to.not.equal(buffers.lend(5000).bytes);
  });

  it('keeps no more than it may', () => {
    const buffers = new ReadBuffers(100000);
    for (const lent of Array.from({ length: 10 }, () => buffers.lend(65536))) lent.release();
    expect(buffers.waitingBytes).to.equal(65536);
  });

  it('keeps nothing of a size that is seldom wanted', () => {
    const buffers = new ReadBuffers(1 << 30);
    const lent = buffers.lend(9 << 20);
    expect(lent.bytes.length).to.equal(9 << 20);
    lent.release();
    expect(buffers.waitingBytes).to.equal(0);
  });

  it('says how much may still be lent, whatever the size, and lends all the same', () => {
    const buffers = new ReadBuffers(0, 100_000);
    const [small, large] = [buffers.lend(65_536), buffers.lend(9 << 20)];
    expect(buffers.room).to.equal(0);
    large.release();
    large.release();
    expect(buffers.room).to.equal(100_000 - 65_536);
    small.release();
    expect(buffers.room).to.equal(100_000);
  });
});
