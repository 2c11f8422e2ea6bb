import { expect } from 'chai';
import { Dropped } from '../../lib/capture/dropped';

describe('Dropped', () => {
  it('counts by connection and side, and tells once', () => {
    const dropped = new Dropped('the disk', 100);
    expect(dropped.isAny).to.equal(false);
    dropped.add(1, 'client', 1, 10);
    dropped.add(1, 'client', 2, 5);
    dropped.add(1, 'broker', 1, 7);
    dropped.add(2, 'client', 1, 1);
    expect([dropped.isAny, dropped.frames]).to.deep.equal([true, 5]);
    const why = (frames: number) =>
      `${frames} frame${frames === 1 ? '' : 's'} not recorded: the disk was slower, and 100 bytes waited`;
    expect(dropped.take(9, 1)).to.deep.equal([
      { is: 'lost', connection: 1, atMs: 9, from: 'client', bytes: 15, why: why(3) },
      { is: 'lost', connection: 1, atMs: 9, from: 'broker', bytes: 7, why: why(1) },
    ]);
    expect(dropped.take(9).map(({ connection }) => connection)).to.deep.equal([2]);
    expect([dropped.isAny, dropped.frames]).to.deep.equal([false, 5]);
  });
});
