import { expect } from 'chai';
import { paint } from '../../../lib/paint';
import { LearnedIds } from '../../../lib/replay/ids/learned-ids';
import { outcomeText, summaryText } from '../../../lib/replay/report/text-report';
import { Tally } from '../../../lib/replay/tally';
import { failed, outcome } from '../../support/outcomes';

const plain = paint(false);

describe('outcomeText', () => {
  it('says which request came out otherwise, where, and both values', () => {
    expect(outcomeText(outcome({ verdict: 'differs', differences: [failed], retries: 2 }), plain)).to.equal(
      [
        '✗ #7 Heartbeat v4 differs asked again 2 times (connection 2, me)',
        '    errorCode',
        '      recorded 0 NONE',
        '      replayed 25 UNKNOWN_MEMBER_ID',
        '',
      ].join('\n'),
    );
  });

  it('says why there is no answer', () => {
    const text = outcomeText(outcome({ verdict: 'no answer', why: 'the broker ended the connection' }), plain);
    expect(text).to.equal('✗ #7 Heartbeat v4 no answer: the broker ended the connection (connection 2, me)\n');
  });

  it('is silent of what is the same, or may differ, unless all is wanted', () => {
    const may = outcome({ verdict: 'may differ', differences: [{ ...failed, reason: 'r' }] });
    expect([outcomeText(outcome(), plain), outcomeText(may, plain)]).to.deep.equal([null, null]);
    expect(outcomeText(outcome(), plain, true)).to.equal('✓ #7 Heartbeat v4 same (connection 2, me)\n');
    expect(outcomeText(may, plain, true)).to.include('    errorCode may differ: r\n');
  });

  it('does not go on for ever', () => {
    const text = outcomeText(outcome({ verdict: 'differs', differences: Array(500).fill(failed) }), plain)!;
    expect(text.split('\n')).to.have.lengthOf(1 + 20 * 3 + 1 + 1);
    expect(text).to.include('and 480 more');
  });
});

describe('the client in outcomeText', () => {
  it('cannot move the cursor', () => {
    const { request } = outcome();
    const header = { ...request.header, clientId: 'a\u001b[2J\n' };
    const named = Object.assign(Object.create(request), { header });
    const text = outcomeText({ ...outcome({ verdict: 'differs', differences: [failed] }), request: named }, plain);
    expect(text).to.include('a\\u001b[2J\\n');
    expect(text).not.to.include('\u001b');
  });
});

describe('summaryText', () => {
  it('counts in its last line', () => {
    const tally = new Tally();
    tally.add(outcome());
    expect(summaryText(tally, new LearnedIds(), 1500, plain)).to.match(/\n0 differences in 1 answers\n$/);
    tally.add(outcome({ verdict: 'differs', differences: [failed] }));
    tally.add(outcome({ verdict: 'unserved', why: 'not served' }));
    const text = summaryText(tally, new LearnedIds(), 1500, plain);
    expect(text).to.match(/\n1 difference in 2 answers\n$/);
    expect(text).to.include('not asked: Heartbeat v4 (1 requests): not served');
    expect(text).to.include('in 1.5 s');
  });

  it('says what to do where the target lacks the topics of a recording', () => {
    const tally = new Tally();
    tally.add(outcome({ verdict: 'differs', differences: [{ ...failed, recorded: 0, replayed: 3 }] }));
    expect(summaryText(tally, new LearnedIds(), 1500, plain)).to.include(
      '\n  1 request is about topics that the target does not have: create them before, or record from their creation on\n',
    );
  });
});
