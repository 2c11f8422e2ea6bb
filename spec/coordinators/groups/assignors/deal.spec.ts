import { expect } from 'chai';
import { type Deck, deal, type Player } from '../../../../lib/coordinators/groups/assignors/deal';

/** Topics of ten partitions each: the tens of a number say which. Even numbers lie in rack `even`, the others in `odd`. */
const deck: Deck = {
  topicOf: (partition) => Math.floor(partition / 10),
  racks: (partition) => [partition % 2 === 0 ? 'even' : 'odd'],
};

const player = (held: number[], rackId: string | null = null): Player => ({ held, rackId });

function dealt(players: readonly Player[], free: readonly number[]): number[][] {
  deal(players, free, deck);
  return players.map(({ held }) => held);
}

describe('deal', () => {
  it('spreads each topic over all who lack something', () => {
    expect(dealt([player([]), player([])], [10, 11, 0, 1])).to.deep.equal([
      [0, 10],
      [1, 11],
    ]);
  });

  it('leaves everybody what it has where sizes differ by one at most', () => {
    const held = [[0, 1], [2, 3, 4], [10], [11]];
    expect(
      dealt(
        held.slice(0, 2).map((some) => player(some)),
        [],
      ),
    ).to.deep.equal(held.slice(0, 2));
    expect(
      dealt(
        held.slice(2).map((some) => player(some)),
        [],
      ),
    ).to.deep.equal(held.slice(2));
  });

  it('lets those keep one more who have it', () => {
    expect(dealt([player([]), player([1, 2, 3])], [])).to.deep.equal([[3], [1, 2]]);
  });

  it('takes evenly of each topic from whoever has too many', () => {
    expect(dealt([player([0, 1, 2, 3, 10, 11, 20, 21]), player([])], [])).to.deep.equal([
      [0, 1, 10, 20],
      [2, 3, 11, 21],
    ]);
  });

  it('takes what is far first, and gives what is near', () => {
    expect(dealt([player([0, 1, 2, 3], 'odd'), player([], 'even'), player([], 'odd')], [4, 5])).to.deep.equal([
      [1, 3],
      [0, 2],
      [4, 5],
    ]);
  });

  it('gives far partitions to those who would get none otherwise', () => {
    expect(dealt([player([], 'even'), player([], 'nowhere')], [1, 3, 5, 7])).to.deep.equal([
      [1, 5],
      [3, 7],
    ]);
  });
});
