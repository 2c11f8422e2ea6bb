import { expect } from 'chai';
import { exitStatus, messageOf, whyNothing } from '../../lib/commands/playing';
import { Tally } from '../../lib/replay/tally';
import { UsageError } from '../../lib/usage';
import { endedWith } from '../support/outcomes';

describe('whyNothing', () => {
  it('says why nothing was compared, and nothing where something was', () => {
    const tally = new Tally();
    expect(whyNothing(tally, [1, 2])).to.equal('there is nothing to play: no requests in the recording at --port 1,2');
    tally.take({ is: 'lost', connection: 1, atMs: 0, from: null, bytes: 1, why: 'it is TLS' });
    expect(whyNothing(tally, undefined)).to.equal('there is nothing to play: no requests in the recording; it is TLS');
    expect(whyNothing(endedWith('unserved').tally, undefined)).to.equal('1 request, of which none could be compared');
    expect(whyNothing(endedWith('unserved', 'same').tally, undefined)).to.equal(null);
  });
});

describe('exitStatus', () => {
  it('is 0 for the same, 1 for differences, 2 for what could not be done, 130 for Ctrl-C', () => {
    const [same, differs, lockedOut] = (['same', 'differs', 'locked out'] as const).map(
      (one) => endedWith('same', one).tally,
    );
    expect([same, differs, lockedOut].map((tally) => exitStatus(null, tally!))).to.deep.equal([0, 1, 2]);
    expect([exitStatus('gone', differs!), exitStatus('interrupted', same!)]).to.deep.equal([2, 130]);
  });
});

describe('messageOf', () => {
  it('is a sentence for what somebody foresaw, and a stack for what nobody did', () => {
    expect(messageOf(new UsageError('so'))).to.equal('so');
    expect(messageOf(Object.assign(new Error('no room'), { code: 'ENOSPC' }))).to.equal('no room');
    expect(messageOf(new TypeError('a bug'))).to.match(/^TypeError: a bug\n +at /);
  });
});
