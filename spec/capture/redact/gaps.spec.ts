import { expect } from 'chai';
import { Missing } from '../../../lib/capture/redact/gaps';

const covered = (gaps: number[], ...holes: [number, number][]) => {
  const missing = new Missing(gaps);
  for (const hole of holes) missing.hole(...hole);
  return missing.isCovered;
};

describe('Missing', () => {
  it('is covered when every gap lies in a hole', () => {
    expect(covered([])).to.equal(true);
    expect(covered([5, 9], [5, 9])).to.equal(true);
    expect(covered([5, 6, 8, 9, 20, 30], [1, 2], [4, 9], [10, 12], [20, 30], [40, 41])).to.equal(true);
  });

  it('is not where one lies outside of a hole, in part or as a whole', () => {
    expect(covered([5, 9])).to.equal(false);
    expect(covered([5, 9], [6, 9])).to.equal(false);
    expect(covered([5, 9], [5, 8], [8, 9])).to.equal(false);
    expect(covered([5, 9, 20, 21], [5, 9], [30, 40])).to.equal(false);
    expect(covered([5, 9, 20, 21], [20, 21])).to.equal(false);
  });
});
