import { expect } from 'chai';
import { loadConfig } from '../../lib/config';
import { configSynonyms, configText, idleKeys, setText, unknownKeys } from '../../lib/config/origin';

describe('setText', () => {
  it('takes what was set for this broker first, then for all, then in the file', () => {
    const texts = {
      DYNAMIC_BROKER: new Map([['a', '1']]),
      DYNAMIC_DEFAULT_BROKER: new Map([
        ['a', '2'],
        ['b', '2'],
      ]),
      STATIC_BROKER: new Map([
        ['b', '3'],
        ['c', '3'],
      ]),
    };
    expect(['a', 'b', 'c', 'd'].map((name) => setText(texts, name))).to.deep.equal(['1', '2', '3', undefined]);
  });
});

describe('configSynonyms', () => {
  it('tells where a value comes from and what it hides', () => {
    const config = loadConfig({ 'num.partitions': 2, 'ssl.key.password': 'secret' });
    expect(configSynonyms(config, 'num.partitions')).to.deep.equal([
      { name: 'num.partitions', value: '2', source: 'STATIC_BROKER' },
      { name: 'num.partitions', value: '1', source: 'DEFAULT' },
    ]);
    expect(configSynonyms(config, 'broker.rack')).to.deep.equal([]);
    const secret = [{ name: 'ssl.key.password', value: null, source: 'STATIC_BROKER' }];
    expect(configSynonyms(config, 'ssl.key.password')).to.deep.equal(secret);
  });
});

describe('configText', () => {
  it('prints as Kafka does', () => {
    const config = loadConfig({ 'log.retention.bytes': '9007199254740993', 'log.cleaner.min.cleanable.ratio': '1' });
    expect(configText(config, 'log.retention.bytes')).to.equal('9007199254740993');
    expect(configText(config, 'log.cleaner.min.cleanable.ratio')).to.equal('1.0');
    expect(configText(config, 'log.flush.interval.messages')).to.equal('9223372036854775807');
    expect(configText(config, 'log.retention.ms')).to.equal(null);
  });
});

describe('unknownKeys', () => {
  it('lists what nobody knows, but not the keys of a single listener or of an authorizer', () => {
    const config = loadConfig({
      'num.partition': 1,
      'listener.name.a.ssl.key.password': 'x',
      'zookeeper.connect': 'h',
    });
    expect(unknownKeys(config)).to.deep.equal(['num.partition', 'zookeeper.connect']);
    expect(unknownKeys(loadConfig({ 'super.users': 'User:a' }))).to.deep.equal([]);
  });
});

describe('idleKeys', () => {
  it('lists what was set and does nothing here', () => {
    const config = loadConfig({ 'num.io.threads': 3, 'num.partitions': 2, 'listener.name.a.ssl.key.password': 'x' });
    expect(idleKeys(config)).to.deep.equal(['num.io.threads', 'listener.name.a.ssl.key.password']);
  });
});
