import { expect } from 'chai';
import { diceOf } from '../../lib/taps/dice';

const rolls = (seed: number, name: string, count: number) => Array.from({ length: count }, diceOf(seed, name));

describe('diceOf', () => {
  it('rolls the same for the same seed and name, and something else for another', () => {
    expect(rolls(1, 'Produce', 5)).to.deep.equal(rolls(1, 'Produce', 5));
    const others = [rolls(2, 'Produce', 5), rolls(1, 'Fetch', 5), rolls(-1, 'Produce', 5)];
    for (const other of others) expect(other).not.to.deep.equal(rolls(1, 'Produce', 5));
  });

  it('rolls every number from 0 to 1 about as often', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const roll of rolls(7, 'x', 100_000)) tenths[Math.floor(roll * 10)]!++;
    for (const count of tenths) expect(count).to.be.within(9500, 10_500);
  });
});
