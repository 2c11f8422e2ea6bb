import { expect } from 'chai';
import { paint } from '../../../lib/paint';
import { endText, outcomeText, summaryText } from '../../../lib/replay/report/text-report';
import { endedAfter, failed, outcome } from '../../support/outcomes';

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
    expect(text).to.include('a\\u{1b}[2J\\u{a}');
    expect(text).not.to.include('\u001b');
  });
});

describe('summaryText', () => {
  it('counts in its last line', () => {
    expect(summaryText(endedAfter(outcome()), plain)).to.match(
      /^1 request on 0 connections in 1\.5 s, .*\n0 differences in 1 answer\n$/s,
    );
    const differing = outcome({ verdict: 'differs', differences: [failed] });
    const text = summaryText(
      endedAfter(outcome(), differing, outcome({ verdict: 'unserved', why: 'not served' })),
      plain,
    );
    expect(text).to.match(/\n1 difference in 2 answers; 1 request was not compared\n$/);
    expect(text).to.include('\n  not asked: Heartbeat v4 (1 request): not served\n');
  });

  it('says what to do where the target lacks the topics of a recording', () => {
    const lacking = outcome({ verdict: 'differs', differences: [{ ...failed, recorded: 0, replayed: 3 }] });
    expect(summaryText(endedAfter(lacking), plain)).to.include(
      '\n  1 request is about topics that the target does not have: create them before, or record from their creation on\n',
    );
  });

  it('says what was not played', () => {
    const text = summaryText(endedAfter(outcome(), outcome({ verdict: 'locked out', why: 'no password' })), plain);
    expect(text).to.include('\n  not played: 1 request: no password\n');
    expect(text).to.match(/\n0 differences in 1 answer; 1 request was not compared\n$/);
  });

  it('says what was left out because no client said it', () => {
    const text = summaryText(endedAfter(outcome(), outcome({ verdict: 'left out' })), plain);
    expect(text).to.include('\n  left out: 1 request from one broker to another\n');
  });

  it('says what the recording lacks', () => {
    const ended = endedAfter(outcome());
    ended.tally.take({ is: 'lost', connection: 1, atMs: 0, from: null, bytes: 1, why: 'it is TLS' });
    expect(summaryText(ended, plain)).to.include('\n  the recording lacks something in 1 place: it is TLS\n');
  });

  it('has nothing to count where nothing was asked', () => {
    expect(summaryText({ ...endedAfter(), stopped: 'gone' }, plain)).to.equal('nothing was compared\n');
  });
});

describe('endText', () => {
  it('is the last line', () => {
    expect(endText(endedAfter(outcome()), paint(true))).to.include('\x1b[32m0 differences in 1 answer');
    expect(endText(endedAfter(), paint(true))).to.include('\x1b[31mnothing was compared');
  });
});
