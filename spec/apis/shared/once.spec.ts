import { expect } from 'chai';
import { once } from '../../../lib/apis/shared/once';

describe('once', () => {
  it('parts what comes once from what comes more often, in order', () => {
    const split = once(['b', 'a', 'c', 'a', 'd', 'a', 'd'], (item) => item);
    expect(split).to.deep.equal({ single: ['b', 'c'], repeated: ['a', 'd'] });
    expect(once([], String)).to.deep.equal({ single: [], repeated: [] });
  });
});
