import { expect } from 'chai';
import { LeaderEpochs } from '../../lib/storage/leader-epochs';

const of = (...starts: [epoch: number, startOffset: number][]) =>
  new LeaderEpochs(starts.map(([epoch, startOffset]) => ({ epoch, startOffset })));
const pairs = (epochs: LeaderEpochs) => epochs.entries.map(({ epoch, startOffset }) => [epoch, startOffset]);

describe('LeaderEpochs', () => {
  it('reads and writes the file as Kafka has it', () => {
    const text = Buffer.from('300a310a3020300a', 'hex').toString();
    expect(pairs(LeaderEpochs.parse(text))).to.deep.equal([[0, 0]]);
    expect(LeaderEpochs.parse(text).format()).to.equal(text);
    expect(of([0, 0], [2, 17]).format()).to.equal('0\n2\n0 0\n2 17\n');
  });

  it('is empty where the file is corrupt', () => {
    for (const text of ['1\n0\n', '0\n2\n0 0\n', '0\n1\nx 0\n', '0\n2\n1 0\n0 5\n', '0\n2\n0 5\n1 5\n'])
      expect(pairs(LeaderEpochs.parse(text)), text).to.deep.equal([]);
  });

  it('grows with each new epoch and ignores the one it is in', () => {
    const epochs = of([0, 0]);
    epochs.assign(0, 30);
    expect(epochs.dirty).to.equal(false);
    epochs.assign(3, 30);
    expect(pairs(epochs)).to.deep.equal([
      [0, 0],
      [3, 30],
    ]);
    expect(epochs.dirty).to.equal(true);
  });

  it('drops epochs in which nothing was written', () => {
    const epochs = of([0, 0], [1, 10]);
    epochs.assign(2, 10);
    expect(pairs(epochs)).to.deep.equal([
      [0, 0],
      [2, 10],
    ]);
  });

  it('forgets what begins behind a log that became shorter', () => {
    const epochs = of([0, 0], [1, 10], [4, 20]);
    epochs.cutEnd(20);
    expect(pairs(epochs)).to.deep.equal([
      [0, 0],
      [1, 10],
    ]);
  });

  it('lets the covering epoch begin where the log does', () => {
    const epochs = of([0, 0], [1, 10], [4, 20]);
    epochs.cutStart(15);
    expect(pairs(epochs)).to.deep.equal([
      [1, 15],
      [4, 20],
    ]);
    epochs.cutStart(20);
    expect(pairs(epochs)).to.deep.equal([[4, 20]]);
  });

  // KIP-279 and the answers of Kafka 4.4.
  const epochs = of([2, 5], [3, 10], [7, 40]);
  for (const [asked, leaderEpoch, endOffset] of [
    [-1, -1, -1],
    [0, 0, 5],
    [1, 1, 5],
    [2, 2, 10],
    [3, 3, 40],
    [5, 3, 40],
    [7, 7, 99],
    [8, -1, -1],
  ]) {
    it(`ends epoch ${asked} at ${endOffset}`, () => {
      expect(epochs.endOffset(asked!, 99)).to.deep.equal({ leaderEpoch, endOffset });
    });
  }

  it('knows no end in an empty log', () => {
    expect(of().endOffset(0, 0)).to.deep.equal({ leaderEpoch: -1, endOffset: -1 });
  });
});
