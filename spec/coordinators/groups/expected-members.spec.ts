import { expect } from 'chai';
import { ExpectedMembers } from '../../../lib/coordinators/groups/expected-members';

describe('ExpectedMembers', () => {
  let nowMs: number;
  let expected: ExpectedMembers;
  beforeEach(() => {
    nowMs = 1_000_000;
    expected = new ExpectedMembers({ now: () => nowMs });
  });

  it('expects somebody in each group that was asked for, until one has come', () => {
    expected.expect('g');
    expected.expect('other');
    expected.arrive('third');
    expect(['g', 'other', 'third'].map((groupId) => expected.has(groupId))).to.deep.equal([true, true, false]);
    expected.arrive('g');
    expect([expected.has('g'), expected.has('other')]).to.deep.equal([false, true]);
    expected.expect('g');
    expect(expected.has('g')).to.equal(true);
  });

  it('expects nobody any more once one has come that asked more than once', () => {
    expected.expect('g');
    nowMs += 600;
    expected.expect('g');
    expected.arrive('g');
    expect(expected.has('g')).to.equal(false);
  });

  it('forgets whoever does not come, after half a second and within a second', () => {
    for (const askedAtMs of [0, 1, 250, 499]) {
      const startMs = nowMs;
      const each = new ExpectedMembers({ now: () => nowMs });
      nowMs = startMs + askedAtMs;
      each.expect('g');
      nowMs = startMs + askedAtMs + 499;
      expect(each.has('g'), `${askedAtMs} and 499`).to.equal(true);
      nowMs = startMs + askedAtMs + 1000;
      expect(each.has('g'), `${askedAtMs} and 1000`).to.equal(false);
    }
  });

  it('forgets though others are asked for all the time', () => {
    expected.expect('g');
    for (let i = 0; i < 5; i++) {
      nowMs += 300;
      expected.expect(`other-${i}`);
    }
    expect(expected.has('g')).to.equal(false);
    expect(expected.has('other-4')).to.equal(true);
  });
});
