import { expect } from 'chai';
import { countText, isoText, many, printable, rounded } from '../lib/text';

describe('printable', () => {
  it('lets nothing through that moves a cursor or turns the text around', () => {
    expect(printable('a\x1b[2J\n\u009b\u202eb')).to.equal('a\\u{1b}[2J\\u{a}\\u{9b}\\u{202e}b');
    expect(printable('Grüße 日本')).to.equal('Grüße 日本');
  });
});

describe('countText', () => {
  it('sets thousands apart', () => {
    expect(countText(1234567)).to.equal('1,234,567');
  });
});

describe('many', () => {
  it('knows one from several', () => {
    expect([0, 1, 2].map((count) => many(count, 'gap'))).to.deep.equal(['0 gaps', '1 gap', '2 gaps']);
    expect([1, 2].map((count) => many(count, 'batch', 'batches'))).to.deep.equal(['1 batch', '2 batches']);
  });
});

describe('rounded', () => {
  it('has whole microseconds', () => {
    expect([1.23449, 0.0006, 7].map(rounded)).to.deep.equal([1.234, 0.001, 7]);
  });
});

describe('isoText', () => {
  it('has milliseconds or microseconds, and is empty for a moment that no calendar has', () => {
    expect(isoText(0)).to.equal('1970-01-01T00:00:00.000Z');
    expect(isoText(1_700_000_000_000.25, 6)).to.equal('2023-11-14T22:13:20.000250Z');
    expect(isoText(1_700_000_000_999.9995, 6)).to.equal('2023-11-14T22:13:21.000000Z');
    expect(isoText(1e300)).to.equal('');
    expect(isoText(Number.NaN)).to.equal('');
  });
});
