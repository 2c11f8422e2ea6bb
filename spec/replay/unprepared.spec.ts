import { expect } from 'chai';
import type { Difference } from '../../lib/replay/compare/compare';
import { hasTopicAlready, lacksTopic } from '../../lib/replay/unprepared';

const error = (recorded: number, replayed: number): Difference => ({
  ...{ path: 'errorCode', field: 'Api.errorCode', what: null, reason: null },
  ...{ recorded, replayed },
});

describe('lacksTopic', () => {
  it('says so where the target does not know a topic, by name or id, that the recorded broker knew', () => {
    expect([lacksTopic([error(0, 3)]), lacksTopic([error(0, 100)])]).to.deep.equal([true, true]);
    const others = [[error(3, 100)], [error(0, 15)], []];
    expect(others.map(lacksTopic)).to.deep.equal([false, false, false]);
  });
});

describe('hasTopicAlready', () => {
  it('says so where a topic that was made is there already', () => {
    expect(hasTopicAlready([error(0, 36)])).to.equal(true);
    expect([hasTopicAlready([error(36, 36)]), hasTopicAlready([error(0, 3)])]).to.deep.equal([false, false]);
  });
});
