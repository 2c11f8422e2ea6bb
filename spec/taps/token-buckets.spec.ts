import { expect } from 'chai';
import { TokenBuckets } from '../../lib/taps/token-buckets';

describe('TokenBuckets', () => {
  it('let a client have its burst at once, and say from then on how long the rate needs', () => {
    const buckets = new TokenBuckets({ perSecond: 10, burst: 5, maxBuckets: 10 });
    expect([5, 1, 1].map((tokens) => buckets.take('a', tokens, 1000))).to.deep.equal([0, 100, 200]);
    expect(buckets.take('a', 1, 1200), 'two were repaid').to.equal(100);
    expect(buckets.take('b', 5, 1200), 'of another client').to.equal(0);
    expect(buckets.take('a', 5, 60_000), 'full again, and no fuller').to.equal(0);
    expect(buckets.take('a', 1, 60_000)).to.equal(100);
    expect(buckets.take('a', 0, 1000), 'a clock that was set back').to.equal(100);
  });

  it('forget full buckets for new clients, and let those share one for whom there is no room', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1, maxBuckets: 2 });
    const take = (name: string, nowMs: number) => buckets.take(name, 1, nowMs);
    expect([take('a', 0), take('b', 500)]).to.deep.equal([0, 0]);
    expect([take('c', 600), take('d', 600)], 'share').to.deep.equal([0, 1000]);
    expect([take('e', 1000), buckets.size], 'a is full').to.deep.equal([0, 2]);
    expect(take('b', 1000), 'is still known').to.equal(500);
  });
});
