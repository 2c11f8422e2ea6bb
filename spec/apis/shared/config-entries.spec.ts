import { expect } from 'chai';
import {
  brokerConfigEntries,
  type ConfigEntry,
  clientMetricsConfigEntries,
  clusterConfigEntries,
  groupConfigEntries,
  topicConfigEntries,
} from '../../../lib/apis/shared/config-entries';
import { type ConfigEntries, loadConfig, withDynamicConfigs } from '../../../lib/config';

const none = new Map<string, string>();
const find = (entries: readonly ConfigEntry[], name: string) => entries.find((entry) => entry.name === name)!;
const sources = (entries: readonly ConfigEntry[], name: string) =>
  find(entries, name).synonyms.map((synonym) => `${synonym.name}=${synonym.value} from ${synonym.source}`);

describe('topicConfigEntries', () => {
  const entries = (overrides: Record<string, string> = {}, set: ConfigEntries = {}) =>
    topicConfigEntries(new Map(Object.entries(overrides)), loadConfig(set));

  it('puts what counts first', () => {
    const config = withDynamicConfigs(
      loadConfig({ 'log.segment.bytes': 4194304 }),
      new Map([['log.segment.bytes', '2097152']]),
      new Map([['log.segment.bytes', '3145728']]),
    );
    expect(sources(topicConfigEntries(new Map([['segment.bytes', '1048576']]), config), 'segment.bytes')).to.deep.equal(
      [
        'segment.bytes=1048576 from 1',
        'log.segment.bytes=2097152 from 2',
        'log.segment.bytes=3145728 from 3',
        'log.segment.bytes=4194304 from 4',
        'log.segment.bytes=1073741824 from 5',
      ],
    );
  });

  it('tells nothing of keys that stand in for the first one, where that has no value itself', () => {
    expect(sources(entries({}, { 'log.retention.hours': 1 }), 'retention.ms')).to.deep.equal([]);
    expect(find(entries({}, { 'log.retention.hours': 1 }), 'retention.ms')).to.include({
      value: '3600000',
      configSource: 5,
    });
    expect(sources(entries({}, { 'log.retention.ms': 5, 'log.retention.minutes': 7 }), 'retention.ms')).to.deep.equal([
      'log.retention.ms=5 from 4',
      'log.retention.minutes=7 from 4',
      'log.retention.hours=168 from 5',
    ]);
  });

  it('takes a text that cannot be read for not set', () => {
    expect(find(entries({ 'segment.bytes': 'many' }), 'segment.bytes')).to.include({
      value: '1073741824',
      configSource: 5,
    });
  });

  it('keeps 64-bit numbers exact', () => {
    expect(find(entries({ 'retention.bytes': '9007199254740993' }), 'retention.bytes').value).to.equal(
      '9007199254740993',
    );
    expect(find(entries(), 'flush.ms').value).to.equal('9223372036854775807');
  });

  it('makes what topics have alike once', () => {
    const config = loadConfig();
    const [plain, other] = [topicConfigEntries(none, config), topicConfigEntries(new Map([['flush.ms', '5']]), config)];
    expect(topicConfigEntries(none, config)).to.equal(plain);
    expect(find(other, 'segment.bytes')).to.equal(find(plain, 'segment.bytes'));
    expect(find(plain, 'flush.ms').configSource).to.equal(5);
  });
});

describe('brokerConfigEntries', () => {
  it('tell of keys that stand in for each other', () => {
    const entries = brokerConfigEntries(loadConfig({ 'log.retention.ms': 5 }));
    expect(sources(entries, 'log.retention.ms')).to.deep.equal([
      'log.retention.ms=5 from 4',
      'log.retention.hours=168 from 5',
    ]);
    expect(sources(entries, 'log.retention.hours')).to.deep.equal(['log.retention.hours=168 from 5']);
    expect(find(entries, 'log.retention.minutes')).to.include({ value: null, configSource: 5 });
  });

  it('tell what was set while the broker ran', () => {
    const config = withDynamicConfigs(loadConfig(), new Map([['message.max.bytes', '7']]), none);
    expect(find(brokerConfigEntries(config), 'message.max.bytes')).to.include({
      value: '7',
      configSource: 2,
      readOnly: false,
    });
  });

  it('are made once for each configuration', () => {
    const config = loadConfig();
    expect(brokerConfigEntries(config)).to.equal(brokerConfigEntries(config));
  });
});

describe('clusterConfigEntries', () => {
  it('are what was set, without the secrets', () => {
    const entries = clusterConfigEntries(
      new Map(Object.entries({ 'ssl.key.password': 'secret', 'log.segment.bytes': '5' })),
    );
    expect(entries.map(({ name, value, isSensitive }) => [name, value, isSensitive])).to.deep.equal([
      ['log.segment.bytes', '5', false],
      ['ssl.key.password', null, true],
    ]);
    expect(clusterConfigEntries(none)).to.deep.equal([]);
  });
});

describe('groupConfigEntries', () => {
  it('fall back to the broker, under its names', () => {
    const config = loadConfig({ 'group.consumer.session.timeout.ms': 50000 });
    expect(sources(groupConfigEntries(none, config), 'consumer.session.timeout.ms')).to.deep.equal([
      'group.consumer.session.timeout.ms=50000 from 4',
      'group.consumer.session.timeout.ms=45000 from 5',
    ]);
    const own = groupConfigEntries(new Map([['share.auto.offset.reset', 'earliest']]), config);
    expect(sources(own, 'share.auto.offset.reset')).to.deep.equal(['share.auto.offset.reset=earliest from 8']);
    expect(find(groupConfigEntries(none, config), 'share.auto.offset.reset')).to.include({
      value: 'latest',
      configSource: 5,
    });
  });
});

describe('clientMetricsConfigEntries', () => {
  it('fall back to nothing but the defaults', () => {
    const entries = clientMetricsConfigEntries(new Map([['interval.ms', '100']]));
    expect(sources(entries, 'interval.ms')).to.deep.equal(['interval.ms=100 from 7']);
    expect(find(entries, 'match')).to.deep.include({ value: '', configSource: 5, synonyms: [] });
  });
});
