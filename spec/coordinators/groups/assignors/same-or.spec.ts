import { expect } from 'chai';
import { sameOr } from '../../../../lib/coordinators/groups/assignors/same-or';
import { assignmentOf } from '../../../support/assignors';

describe('sameOr', () => {
  const before = assignmentOf({ t: [0, 1], u: [3] });

  it('gives back what was there where the other says the same, in whatever order', () => {
    expect(sameOr(before, assignmentOf({ u: [3], t: [0, 1] }))).to.equal(before);
  });

  it('gives back the other where anything differs', () => {
    const others: Readonly<Record<string, readonly number[]>>[] = [
      {},
      { t: [0, 1] },
      { t: [0, 1], v: [3] },
      { t: [0, 2], u: [3] },
      { t: [0], u: [3] },
    ];
    for (const other of others.map((topics) => assignmentOf(topics))) expect(sameOr(before, other)).to.equal(other);
  });
});
