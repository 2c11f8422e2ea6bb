import { expect } from 'chai';
import { codec, gzipLevel, ipLimits, migrationPolicy, readIpLimits, throttledReplicas } from '../../lib/config/checks';

describe('gzipLevel', () => {
  it('allows -1 and 1 to 9', () => {
    expect([-1, 1, 9].map((level) => gzipLevel(level, 'k'))).to.deep.equal([null, null, null]);
    const sentence = 'Invalid value 0 for configuration k: Value must be between 1 and 9 or equal to -1';
    expect(gzipLevel(0, 'k')).to.equal(sentence);
    expect([-2, 10].map((level) => gzipLevel(level, 'k') === null)).to.deep.equal([false, false]);
  });
});

describe('codec', () => {
  it('allows the codes of the five codecs', () => {
    expect([0, 4].map((code) => codec(code, 'k'))).to.deep.equal([null, null]);
    expect(codec(5, 'k')).to.contain('Invalid value 5 for configuration k').and.to.contain('4 (zstd)');
    expect(codec(-1, 'k')).to.be.a('string');
  });
});

describe('migrationPolicy', () => {
  it('does not care about the case of letters', () => {
    expect(migrationPolicy('Upgrade', 'k')).to.equal(null);
    expect(migrationPolicy('sideways', 'k')).to.contain('DISABLED, DOWNGRADE, UPGRADE, BIDIRECTIONAL');
  });
});

describe('throttledReplicas', () => {
  it('allows a star alone, or partition:broker', () => {
    expect([['*'], [], ['0:1', '12:3']].map((replicas) => throttledReplicas(replicas, 'k'))).to.deep.equal([
      null,
      null,
      null,
    ]);
    for (const replicas of [['a'], ['*', '0:1'], ['0:1:2'], ['0']]) {
      expect(throttledReplicas(replicas, 'k')).to.contain(`Invalid value [${replicas.join(', ')}] for configuration k`);
    }
  });
});

describe('ipLimits', () => {
  it('allows addresses of both kinds with a count each', () => {
    expect(ipLimits('127.0.0.1:5, ::1:6', 'k')).to.equal(null);
    expect(ipLimits('', 'k')).to.equal(null);
  });

  it('names the first entry that is none', () => {
    for (const entry of ['localhost:5', '127.0.0.1', '127.0.0.1:', '127.0.0.1:-5', '1.2.3:4']) {
      expect(ipLimits(`127.0.0.1:1,${entry}`, 'k'), entry).to.contain(`Invalid value ${entry} for configuration k`);
    }
  });
});

describe('readIpLimits', () => {
  it('gives the counts by address', () => {
    expect([...readIpLimits('127.0.0.1:5, ::1:6,')]).to.deep.equal([
      ['127.0.0.1', 5],
      ['::1', 6],
    ]);
  });
});
