import { expect } from 'chai';
import { RecordedAnswer } from '../../lib/capture/recorded';
import { grounded, unread } from '../../lib/replay/flight';
import { LearnedIds } from '../../lib/replay/ids/learned-ids';
import { judged, outcomeOf, verdictOf } from '../../lib/replay/judge';
import { outcome } from '../support/outcomes';

describe('judged', () => {
  const { request, recorded, replayed } = outcome();
  const comparing = { ids: new LearnedIds(), reasonOf: () => null };
  const sent = { ...unread(request, null), asked: request.body.body, verdict: null };
  const broken = Buffer.from([0, 0, 0, 1, 7]);

  it('compares what can be read', () => {
    expect(judged(request, sent, recorded!, replayed!, comparing)).to.include({ verdict: 'same', why: null, replayed });
  });

  it('says what cannot', () => {
    const cut = new RecordedAnswer(request, broken, 0);
    expect(judged(request, sent, cut, replayed!, comparing)).to.have.property('verdict', 'unknown');
    const odd = { ...replayed!, body: cut.body };
    const { verdict, why } = judged(request, sent, recorded!, odd, comparing);
    expect(`${verdict}: ${why}`).to.match(/^differs: its answer cannot be read: /);
    expect(judged(request, unread(request, 'new'), recorded!, replayed!, comparing)).to.include({
      verdict: 'unknown',
      why: 'new',
    });
  });
});

describe('outcomeOf', () => {
  it('says of what was not sent why', () => {
    const { request } = outcome();
    const made = outcomeOf(request, grounded('left out', 'so'), null);
    expect(made).to.include({ verdict: 'left out', why: 'so', asked: null, replayed: null });
    expect(outcomeOf(request, { ...unread(request, null), verdict: null }, null)).to.include({
      verdict: 'not recorded',
    });
  });
});

describe('verdictOf', () => {
  it('is "may differ" where every difference has a reason', () => {
    const one = { path: 'a', field: 'a', recorded: 1, replayed: 2, what: null };
    expect(verdictOf([])).to.equal('same');
    expect(verdictOf([{ ...one, reason: 'r' }])).to.equal('may differ');
    expect(
      verdictOf([
        { ...one, reason: 'r' },
        { ...one, reason: null },
      ]),
    ).to.equal('differs');
  });
});
