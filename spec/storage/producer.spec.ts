import { expect } from 'chai';
import { Producer } from '../../lib/storage/producer';

const batch = (lastSequence: number, lastOffset: number, offsetDelta = 0) => ({
  ...{ lastSequence, lastOffset, offsetDelta },
  timestamp: lastOffset,
});

describe('Producer', () => {
  it('has no sequence until it wrote something', () => {
    expect(new Producer(1, 0).lastSequence).to.equal(-1);
  });

  it('finds a batch by its epoch and both its ends', () => {
    const producer = new Producer(1, 4);
    producer.add(4, batch(9, 100, 9));
    expect(producer.find(4, 0, 9)?.lastOffset).to.equal(100);
    expect(producer.find(5, 0, 9)).to.equal(undefined);
    expect(producer.find(4, 1, 9)).to.equal(undefined);
    expect(producer.find(4, 0, 8)).to.equal(undefined);
  });

  it('forgets its batches with the epoch they were of', () => {
    const producer = new Producer(1, 0);
    producer.add(0, batch(0, 0));
    producer.add(1, batch(0, 1));
    expect(producer.find(0, 0, 0)).to.equal(undefined);
    expect(producer.find(1, 0, 0)?.lastOffset).to.equal(1);
  });

  it('is idle when its last write is long ago and no transaction is open', () => {
    const producer = new Producer(1, 0);
    producer.add(0, batch(0, 500));
    expect(producer.isIdleSince(499)).to.equal(false);
    expect(producer.isIdleSince(500)).to.equal(true);
    producer.openTransaction = 3;
    expect(producer.isIdleSince(500)).to.equal(false);
    producer.end(0, 0, 600);
    expect(producer.isIdleSince(600)).to.equal(true);
  });
});
