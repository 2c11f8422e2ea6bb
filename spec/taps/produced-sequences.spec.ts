import { expect } from 'chai';
import { ProducedSequences } from '../../lib/taps/produced-sequences';

const one = { partition: 'a 0', producerId: 7, epoch: 0 };
const last = 0x7fffffff;

/** Numbers in the log of batches [first number, records, records kept], sent one after the other. */
function numbered(sequences: ProducedSequences, batches: readonly [number, number, number][], from = one): number[] {
  return batches.map(([first, had, kept]) => {
    const inLog = sequences.inLog(from, first);
    sequences.note(from, first, had, kept);
    return inLog;
  });
}

describe('ProducedSequences', () => {
  it('leave no gaps where records were dropped', () => {
    const sequences = new ProducedSequences(10);
    const batches: [number, number, number][] = [
      [0, 10, 10],
      [10, 10, 7],
      [20, 5, 0],
      [25, 5, 5],
      [30, 1, 1],
    ];
    expect(numbered(sequences, batches)).to.deep.equal([0, 10, 17, 17, 22]);
  });

  it('give a batch that comes again the numbers that it had, and those behind it too', () => {
    const sequences = new ProducedSequences(10);
    const batches: [number, number, number][] = [
      [0, 4, 2],
      [4, 4, 4],
      [8, 4, 1],
      [12, 4, 4],
    ];
    const first = numbered(sequences, batches);
    expect(first).to.deep.equal([0, 2, 6, 7]);
    expect(numbered(sequences, batches.slice(1))).to.deep.equal(first.slice(1));
    expect(numbered(sequences, batches.slice(2, 3))).to.deep.equal([6]);
    expect(sequences.inLog(one, 16)).to.equal(11);
  });

  it('forget what they knew of later batches when one that failed for good is followed by others', () => {
    const sequences = new ProducedSequences(10);
    numbered(sequences, [
      [0, 4, 2],
      [4, 4, 1],
    ]);
    // The first was given up, and what came behind it is numbered anew by the producer.
    expect(
      numbered(sequences, [
        [0, 4, 3],
        [4, 2, 2],
        [6, 1, 1],
      ]),
    ).to.deep.equal([0, 3, 5]);
  });

  it('go round', () => {
    const sequences = new ProducedSequences(10);
    expect(
      numbered(sequences, [
        [last - 3, 2, 1],
        [last - 1, 4, 3],
        [2, 5, 5],
        [7, 1, 1],
      ]),
    ).to.deep.equal([...[last - 3, last - 2, 0, 5]]);
  });

  it('begin anew with an epoch, and in each partition', () => {
    const sequences = new ProducedSequences(10);
    numbered(sequences, [[0, 4, 2]]);
    expect(sequences.inLog({ ...one, partition: 'a 1' }, 4)).to.equal(4);
    expect(
      numbered(
        sequences,
        [
          [0, 3, 3],
          [3, 3, 1],
          [6, 1, 1],
        ],
        { ...one, epoch: 1 },
      ),
    ).to.deep.equal([0, 3, 4]);
    expect(sequences.inLog(one, 4), 'an old epoch, which the broker fences').to.equal(4);
    sequences.note(one, 4, 4, 0);
    expect(sequences.inLog({ ...one, epoch: 1 }, 7)).to.equal(5);
  });

  it('remember nobody of whom nothing was dropped, and of the others those heard of last', () => {
    const sequences = new ProducedSequences(2);
    const producer = (producerId: number) => ({ ...one, producerId });
    numbered(sequences, [[0, 4, 4]], producer(1));
    expect(sequences.size).to.equal(0);
    for (const id of [1, 2]) numbered(sequences, [[0, 4, 3]], producer(id));
    numbered(sequences, [[4, 1, 1]], producer(1));
    numbered(sequences, [[0, 4, 3]], producer(3));
    expect([1, 2, 3].map((id) => sequences.inLog(producer(id), 5))).to.deep.equal([4, 5, 4]);
    expect(sequences.size).to.equal(2);
  });
});
