import { expect } from 'chai';
import { GapReasons } from '../../lib/traffic/gap-reasons';
import type { Gap } from '../../lib/traffic/report';

const gap = (why: string, is: Gap['is'] = 'lost', bytes = 1): Gap => ({
  ...{ is, connection: null, atMs: 0, from: null },
  ...{ bytes, why },
});

describe('GapReasons', () => {
  it('counts by reason, whatever figures are in it', () => {
    const reasons = new GapReasons();
    for (const one of [gap('cut at 5'), gap('7 here', 'stray'), gap('8 here', 'stray', 3), gap('8 here')])
      reasons.add(one);
    expect(reasons.all).to.deep.equal([
      { is: 'stray', why: '… here', gaps: 2, bytes: 4 },
      { is: 'lost', why: 'cut at 5', gaps: 1, bytes: 1 },
      { is: 'lost', why: '8 here', gaps: 1, bytes: 1 },
    ]);
    expect([reasons.total('lost'), reasons.total('stray')]).to.deep.equal([
      { gaps: 2, bytes: 2 },
      { gaps: 2, bytes: 4 },
    ]);
  });

  it('takes no more memory than people read', () => {
    const reasons = new GapReasons();
    for (let i = 0; i < 1000; i++) reasons.add(gap('x'.repeat(i + 1)));
    reasons.add(gap('x', 'stray'));
    expect(reasons.all.length).to.equal(102);
    expect(reasons.all[0]).to.deep.equal({ is: 'lost', why: 'other reasons', gaps: 900, bytes: 900 });
    expect(reasons.total('lost').gaps).to.equal(1000);
  });
});
