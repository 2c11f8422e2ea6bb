import { expect } from 'chai';
import { type Subscribers, settleShares } from '../../../../lib/coordinators/groups/assignors/shares';

function settled(classes: readonly Subscribers[], free: readonly number[]): number[][] {
  settleShares(classes, free);
  return classes.map(({ held }) => held);
}

describe('settleShares', () => {
  it('gives what is free to whoever has least for each of its members', () => {
    const small = { topics: [0], size: 1, held: [0] };
    const large = { topics: [0], size: 3, held: [0] };
    expect(settled([small, large], [8])).to.deep.equal([[2], [6]]);
  });

  it('leaves alone what is even', () => {
    const left = { topics: [0, 1], size: 2, held: [3, 0] };
    const right = { topics: [0, 1], size: 2, held: [0, 4] };
    expect(settled([left, right], [0, 0])).to.deep.equal([
      [3, 0],
      [0, 4],
    ]);
  });

  it('moves along chains where there is no topic that two classes share', () => {
    const first = { topics: [0], size: 1, held: [6] };
    const middle = { topics: [0, 1], size: 1, held: [0, 3] };
    const last = { topics: [1], size: 1, held: [0] };
    expect(settled([first, middle, last], [0, 0])).to.deep.equal([[3], [3, 0], [3]]);
  });

  it('gives topics with few readers out first', () => {
    const both = { topics: [0, 1], size: 1, held: [0, 0] };
    const one = { topics: [0], size: 1, held: [0] };
    expect(settled([both, one], [3, 3])).to.deep.equal([[0, 3], [3]]);
  });

  it('takes no notice of topics that nobody reads', () => {
    expect(settled([{ topics: [1], size: 1, held: [0] }], [5, 1])).to.deep.equal([[1]]);
    expect(settled([], [5])).to.deep.equal([]);
  });
});
