import { expect } from 'chai';
import fc from 'fast-check';
import { Histogram } from '../../lib/traffic/histogram';

describe('Histogram', () => {
  it('knows nothing of nothing', () => {
    const empty = new Histogram();
    expect([empty.count, empty.max, empty.percentile(0.5)]).to.deep.equal([0, 0, 0]);
  });

  it('finds percentiles as sorting does, at most 2.2 % too large', () => {
    const latencies = fc.array(fc.double({ min: 0.001, max: 1e8, noNaN: true }), { minLength: 1, maxLength: 300 });
    const property = fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (all, part) => {
      const histogram = new Histogram();
      for (const ms of all) histogram.add(ms);
      const exact = all.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(all.length * part) - 1)]!;
      expect(histogram.percentile(part)).to.be.within(exact, exact * 1.022);
      expect(histogram.max).to.equal(Math.max(...all));
      expect(histogram.count).to.equal(all.length);
    });
    fc.assert(property);
  });

  it('takes whatever clocks say: none, less than nothing, more than anybody waits', () => {
    const histogram = new Histogram();
    for (const ms of [-5, 0, 1e-9, 1e15]) histogram.add(ms);
    expect(histogram.percentile(0.5)).to.be.below(0.0011);
    expect(histogram.count).to.equal(4);
    expect(histogram.max).to.equal(1e15);
    expect(histogram.percentile(1)).to.be.above(1e9);
  });
});
