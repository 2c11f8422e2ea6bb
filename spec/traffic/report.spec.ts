import { expect } from 'chai';
import { gapOf } from '../../lib/traffic/report';
import { frame } from '../support/recordings';

describe('gapOf', () => {
  it('tells what was lost and what was not paired alike', () => {
    const lost = { is: 'lost', connection: 2, atMs: 5, from: 'client', bytes: 7, why: 'cut' } as const;
    expect(gapOf(lost)).to.deep.equal(lost);
    const stray = { is: 'stray', frame: frame(2, 'client', Buffer.alloc(7), 5), why: 'cut' } as const;
    expect(gapOf(stray)).to.deep.equal({ ...lost, is: 'stray' });
  });
});
