import { expect } from 'chai';
import { bytesText, errorText, spanText } from '../../lib/traffic/text';

describe('spanText', () => {
  it('has three digits and a unit', () => {
    const seen = [0, 0.034, 1.5, 12.34, 999.4, 1500, 59_999, 600_000].map(spanText);
    expect(seen).to.deep.equal(['0.00 ms', '0.03 ms', '1.50 ms', '12.3 ms', '999 ms', '1.50 s', '60.0 s', '10.0 min']);
    expect([7_100_000, 9_000_000, 170_000_000, 216_000_000].map(spanText)).to.deep.equal([
      ...['118 min', '2.50 h', '47.2 h', '2.50 d'],
    ]);
  });
});

describe('bytesText', () => {
  it('has three digits and a unit', () => {
    const seen = [0, 999, 1000, 12_345, 1_234_567, 5e9].map(bytesText);
    expect(seen).to.deep.equal(['0 B', '999 B', '1.00 KB', '12.3 KB', '1.23 MB', '5.00 GB']);
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
