import { expect } from 'chai';
import {
  html,
  notPlayedLines,
  plain,
  said,
  sides,
  unpreparedLines,
  unservedLines,
} from '../../../lib/replay/report/said';
import { endedAfter, endedWith, failed, outcome } from '../../support/outcomes';

describe('said', () => {
  it('names error codes', () => {
    expect(said('Fetch.errorCode', 3)).to.equal('3 UNKNOWN_TOPIC_OR_PARTITION');
    expect(said('Fetch.errorCode', 30_000)).to.equal('30000');
    expect(said('Fetch.sessionId', 3)).to.equal('3');
  });

  it('says bytes by size and beginning, and keeps to a line', () => {
    expect(said('a', Buffer.from('abc'))).to.equal('3 bytes 616263');
    expect(said('a', Buffer.alloc(0))).to.equal('0 bytes');
    expect(said('a', 'x'.repeat(1000))).to.have.lengthOf(201);
    expect(said('a', undefined)).to.equal('missing');
    expect(said('a', { n: 2n ** 63n })).to.equal('{"n":"9223372036854775808"}');
  });
});

describe('plain', () => {
  it('makes of any body what JSON can say', () => {
    expect(plain({ a: [1n, null, Buffer.from('hi')], b: { c: true } })).to.deep.equal({
      a: ['1', null, { bytes: 2, base64: 'aGk=' }],
      b: { c: true },
    });
    expect((plain(Buffer.alloc(5000)) as { base64: string }).base64).to.have.lengthOf(1368);
  });
});

describe('sides', () => {
  it('adds in what records differ', () => {
    const one = { path: 'r', field: 'r', recorded: Buffer.alloc(0), replayed: null, what: 'no records', reason: null };
    expect(sides(one)).to.deep.equal(['0 bytes', 'null (no records)']);
  });
});

describe('unservedLines', () => {
  it('says of each API how often it was wanted', () => {
    expect(unservedLines(endedWith('unserved', 'unserved').tally)).to.deep.equal(['Heartbeat v4 (2 requests): ']);
  });
});

describe('unpreparedLines', () => {
  it('says what to do about topics that the target lacks, or has already', () => {
    const lines = (replayed: number) =>
      unpreparedLines(endedAfter(outcome({ verdict: 'differs', differences: [{ ...failed, replayed }] })).tally);
    expect(lines(3)[0]).to.match(/^1 request is about topics that the target does not have: create them before/);
    expect(lines(36)[0]).to.match(
      /^1 request makes topics that the target has already: play to a broker to which nothing/,
    );
    expect(lines(25)).to.deep.equal([]);
  });
});

describe('notPlayedLines', () => {
  it('says why, and how often', () => {
    const { tally } = endedAfter(outcome({ verdict: 'left out', why: 'no password' }));
    expect(notPlayedLines(tally)).to.deep.equal(['1 request: no password']);
  });
});

describe('html', () => {
  it('lets nothing through that a page would take for its own', () => {
    expect(html('<a href="x">&</a>')).to.equal('&#60;a href=&#34;x&#34;&#62;&#38;&#60;/a&#62;');
  });
});
