import { expect } from 'chai';
import { bytesText, countText, errorText, isoText, many, printable, spanText } from '../../lib/traffic/text';

describe('printable', () => {
  it('lets nothing through that moves a cursor or turns the text around', () => {
    expect(printable('a\x1b[2J\n\u009b\u202eb')).to.equal('a\\u{1b}[2J\\u{a}\\u{9b}\\u{202e}b');
    expect(printable('Grüße 日本')).to.equal('Grüße 日本');
  });
});

describe('spanText', () => {
  it('has three digits and a unit', () => {
    const seen = [0, 0.034, 1.5, 12.34, 999.4, 1500, 59_999, 600_000].map(spanText);
    expect(seen).to.deep.equal(['0.00 ms', '0.03 ms', '1.50 ms', '12.3 ms', '999 ms', '1.50 s', '60.0 s', '10.0 min']);
  });
});

describe('bytesText', () => {
  it('has three digits and a unit', () => {
    const seen = [0, 999, 1000, 12_345, 1_234_567, 5e9].map(bytesText);
    expect(seen).to.deep.equal(['0 B', '999 B', '1.00 KB', '12.3 KB', '1.23 MB', '5.00 GB']);
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
  });
});

describe('isoText', () => {
  it('is empty for a moment that no calendar has', () => {
    expect(isoText(0)).to.equal('1970-01-01T00:00:00.000Z');
    expect(isoText(1e300)).to.equal('');
    expect(isoText(Number.NaN)).to.equal('');
  });
});

describe('errorText', () => {
  it('names errors that Kafka has, and tells the code of others', () => {
    expect([3, -1, 999].map(errorText)).to.deep.equal([
      'UNKNOWN_TOPIC_OR_PARTITION',
      'UNKNOWN_SERVER_ERROR',
      'error 999',
    ]);
  });
});
