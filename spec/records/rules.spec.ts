import { expect } from 'chai';
import { appendRules, earliestTimestamp, latestTimestamp } from '../../lib/records/rules';
import { defaults as config } from '../support/append-settings';

describe('appendRules', () => {
  it('reads the configuration of a topic', () => {
    expect(appendRules(config, 12345)).to.deep.equal({
      maxMessageBytes: 1048588,
      segmentMaxBytes: 1073741824,
      compacted: false,
      codec: null,
      levels: { gzip: -1, zstd: 3 },
      decompressedMessageMaxBytes: 2147483639,
      decompressedBatchMaxBytes: 12345,
      timestampType: 'CreateTime',
      timestampBeforeMaxMs: 2 ** 63,
      timestampAfterMaxMs: 3600000,
    });
  });

  it('takes a compacted topic for one whatever else its policy says', () => {
    expect(appendRules({ ...config, 'cleanup.policy': ['delete', 'compact'] }).compacted).to.equal(true);
    expect(appendRules({ ...config, 'cleanup.policy': [] }).compacted).to.equal(false);
  });

  it('knows every compression.type', () => {
    const types = ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'];
    const numbers = types.map((type) => appendRules({ ...config, 'compression.type': type }).codec);
    expect(numbers).to.deep.equal([null, 0, 1, 2, 3, 4]);
    for (const type of ['none', 'brotli'])
      expect(() => appendRules({ ...config, 'compression.type': type })).to.throw(TypeError, `'${type}' is not`);
  });
});

describe('earliestTimestamp and latestTimestamp', () => {
  it('lie around the clock, within what a number holds', () => {
    const near = appendRules({ ...config, 'message.timestamp.before.max.ms': 5 });
    expect([earliestTimestamp(near, 100), latestTimestamp(near, 100)]).to.deep.equal([95, 3600100]);
    const far = appendRules({ ...config, 'message.timestamp.after.max.ms': Number('9223372036854775807') });
    expect(earliestTimestamp(far, 100)).to.equal(Number.MIN_SAFE_INTEGER);
    expect(latestTimestamp(far, 100)).to.equal(Number.MAX_SAFE_INTEGER);
  });
});
