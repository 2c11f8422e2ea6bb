import { expect } from 'chai';
import { loadConfig } from '../lib/config';
import { resolveTopicConfig, segmentMaxBytes, validateTopicConfigs } from '../lib/topic-config';

const none = new Map<string, string>();

describe('resolveTopicConfig', () => {
  it("has Kafka's defaults where nobody says otherwise", () => {
    const config = resolveTopicConfig(none, loadConfig());
    expect(config['cleanup.policy']).to.deep.equal(['delete']);
    expect(config['retention.ms']).to.equal(604800000);
    expect(config['segment.bytes']).to.equal(1073741824);
    expect(config['message.timestamp.type']).to.equal('CreateTime');
    expect(config['flush.messages']).to.be.above(Number.MAX_SAFE_INTEGER);
  });

  it('falls back to the broker, whatever unit that counts in', () => {
    const broker = loadConfig({
      'log.retention.hours': 2,
      'log.roll.jitter.hours': 1,
      'log.roll.ms': 5,
      'log.flush.scheduler.interval.ms': 7,
      'message.max.bytes': 9,
      'log.cleanup.policy': 'compact,delete',
    });
    const config = resolveTopicConfig(none, broker);
    expect(config['retention.ms']).to.equal(7200000);
    expect(config['segment.jitter.ms']).to.equal(3600000);
    expect(config['segment.ms']).to.equal(5);
    expect(config['flush.ms']).to.equal(7);
    expect(config['max.message.bytes']).to.equal(9);
    expect(config['cleanup.policy']).to.deep.equal(['compact', 'delete']);
  });

  it('lets what was set on the topic count first', () => {
    const overrides = new Map([
      ['retention.ms', '-1'],
      ['cleanup.policy', ' compact , delete '],
    ]);
    const config = resolveTopicConfig(overrides, loadConfig({ 'log.retention.ms': 5 }));
    expect(config['retention.ms']).to.equal(-1);
    expect(config['cleanup.policy']).to.deep.equal(['compact', 'delete']);
  });

  it('takes an override that it cannot read for none, and leaves out what it does not know', () => {
    const overrides = new Map([
      ['retention.ms', 'long'],
      ['no.such', '1'],
    ]);
    const config = resolveTopicConfig(overrides, loadConfig({ 'log.retention.ms': 5 }));
    expect(config['retention.ms']).to.equal(5);
    expect(config).to.not.have.property('no.such');
  });

  it('cannot be changed', () => {
    const config = resolveTopicConfig(none, loadConfig());
    expect(() => Object.assign(config, { 'retention.ms': 1 })).to.throw(TypeError);
  });
});

describe('segmentMaxBytes', () => {
  it('is segment.bytes unless there is the internal one', () => {
    const broker = loadConfig();
    expect(segmentMaxBytes(resolveTopicConfig(none, broker))).to.equal(1073741824);
    expect(segmentMaxBytes(resolveTopicConfig(new Map([['internal.segment.bytes', '10000']]), broker))).to.equal(10000);
  });
});

describe('validateTopicConfigs', () => {
  const validate = (overrides: Record<string, string | null>) =>
    validateTopicConfigs(new Map(Object.entries(overrides)), loadConfig());

  it('finds nothing wrong with what Kafka takes', () => {
    const overrides = {
      'retention.ms': ' 5 ',
      'segment.ms': '+5',
      'cleanup.policy': '',
      'compression.gzip.level': '-1',
      'leader.replication.throttled.replicas': '*',
      'internal.segment.bytes': '10',
      preallocate: 'TRUE',
    };
    expect(validate(overrides)).to.equal(null);
    expect(validate({})).to.equal(null);
  });

  // As Apache Kafka 4.3.1 puts it.
  const rows: [Record<string, string | null>, string][] = [
    [
      { 'retention.ms': null, 'cleanup.policy': null },
      'Null value not supported for topic configs: retention.ms,cleanup.policy',
    ],
    [{ 'retention.ms': 'x', 'no.such': 'x' }, 'Unknown topic config name: no.such'],
    [{ toString: 'x' }, 'Unknown topic config name: toString'],
    [{ 'retention.ms': 'abc' }, 'Invalid value abc for configuration retention.ms: Not a number of type LONG'],
    [{ 'retention.ms': '-2' }, 'Invalid value -2 for configuration retention.ms: Value must be at least -1'],
    [{ 'retention.ms': '' }, 'Invalid value  for configuration retention.ms: Not a number of type LONG'],
    [
      { 'segment.bytes': '2147483648' },
      'Invalid value 2147483648 for configuration segment.bytes: Not a number of type INT',
    ],
    [{ 'cleanup.policy': 'compact,' }, "Configuration 'cleanup.policy' values must not be empty."],
    [
      { 'cleanup.policy': 'foo' },
      'Invalid value foo for configuration cleanup.policy: String must be one of: compact, delete',
    ],
    [
      { 'compression.type': 'GZIP' },
      'Invalid value GZIP for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer',
    ],
    [
      { 'compression.gzip.level': '0' },
      'Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
    ],
    [
      { 'min.cleanable.dirty.ratio': '2' },
      'Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1',
    ],
    [
      { 'leader.replication.throttled.replicas': 'a' },
      "Invalid value [a] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
    ],
    [
      { 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '5' },
      'conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)',
    ],
  ];
  for (const [overrides, message] of rows) {
    it(`refuses ${JSON.stringify(overrides)}`, () => {
      expect(validate(overrides)).to.equal(message);
    });
  }

  it('refuses tiered storage, which there is none of', () => {
    expect(validate({ 'remote.storage.enable': 'true' })).to.contain('remote.storage.enable cannot be true');
  });

  it('holds an override against what the broker says where the topic says nothing', () => {
    const broker = loadConfig({ 'log.cleaner.max.compaction.lag.ms': 5 });
    expect(validateTopicConfigs(new Map([['min.compaction.lag.ms', '6']]), broker)).to.contain(
      '(6) > max.compaction.lag.ms (5)',
    );
  });
});
