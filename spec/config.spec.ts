import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import {
  type ConfigEntries,
  ConfigError,
  configSynonyms,
  configText,
  loadConfig,
  unknownKeys,
  withDynamicConfigs,
} from '../lib/config';
import { type BrokerKey, brokerKeys } from '../lib/config/keys';
import { parseProperties } from '../lib/properties';

function faultsOf(entries: ConfigEntries) {
  try {
    loadConfig(entries);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('has a value for every key without any entry', () => {
    const config = loadConfig();
    expect(config['node.id']).to.equal(1);
    expect(config['process.roles']).to.deep.equal(['broker', 'controller']);
    expect(config.listeners).to.deep.equal(['PLAINTEXT://:9092']);
    expect(config['log.dirs']).to.deep.equal(['./data']);
    expect(config['broker.rack']).to.equal(null);
    expect(config['max.connections']).to.equal(2 ** 31 - 1);
    expect(Object.values(config)).to.not.include(undefined);
  });

  it('reads texts into typed values, and takes values of a program as they are', () => {
    const texts = new Map([
      ['num.partitions', ' 3 '],
      ['auto.create.topics.enable', 'FALSE'],
      ['log.dirs', '/a , /b,/a'],
    ]);
    const config = loadConfig(texts);
    expect(config['num.partitions']).to.equal(3);
    expect(config['auto.create.topics.enable']).to.equal(false);
    expect(config['log.dirs']).to.deep.equal(['/a', '/b']);
    const given = { 'num.partitions': 3, 'auto.create.topics.enable': false, 'log.cleaner.min.cleanable.ratio': 0.25 };
    expect(loadConfig(given)).to.include(given);
    expect(loadConfig({ 'log.retention.bytes': 2 ** 63 })['log.retention.bytes']).to.equal(2 ** 63);
  });

  it('cannot be changed', () => {
    const config = loadConfig();
    expect(() => Object.assign(config, { 'num.partitions': 2 })).to.throw(TypeError);
    expect(() => Object.assign(config['log.dirs'], ['/tmp'])).to.throw(TypeError);
  });

  it('puts what is in effect where one key stands in for another', () => {
    const config = (entries: ConfigEntries) => loadConfig(entries);
    expect(config({ 'log.dir': '/x' })['log.dirs']).to.deep.equal(['/x']);
    expect(config({ 'log.dir': '/x', 'log.dirs': '/y,/z' })['metadata.log.dir']).to.equal('/y');
    expect(config({ 'metadata.log.dir': '/m' })['metadata.log.dir']).to.equal('/m');
    expect(config({ 'node.id': 7 })['broker.id']).to.equal(7);
    expect(configText(config({ 'node.id': 7 }), 'broker.id')).to.equal('7');
    expect(config({})['log.retention.ms']).to.equal(168 * 3600000);
    expect(config({ 'log.retention.minutes': 2, 'log.retention.hours': 3 })['log.retention.ms']).to.equal(120000);
    expect(config({ 'log.retention.ms': 5, 'log.retention.minutes': 2 })['log.retention.ms']).to.equal(5);
    expect(config({ 'log.retention.hours': -3 })['log.retention.ms']).to.equal(-1);
    expect(config({ 'log.roll.hours': 2 })['log.roll.ms']).to.equal(7200000);
    expect(config({ 'log.roll.jitter.hours': 1 })['log.roll.jitter.ms']).to.equal(3600000);
    expect(config({ 'log.flush.scheduler.interval.ms': 9 })['log.flush.interval.ms']).to.equal(9);
  });

  it('bounds the requests in memory unless it is told not to, and always by one request at least', () => {
    const queued = (entries: ConfigEntries) => loadConfig(entries)['queued.max.request.bytes'];
    expect(queued({})).to.equal(268435456);
    expect(queued({ 'socket.request.max.bytes': 300000000 })).to.equal(300000000);
    expect(queued({ 'queued.max.request.bytes': -1 })).to.equal(Number.POSITIVE_INFINITY);
  });

  it('names every fault at once, with key, value, what is allowed and the line', () => {
    const text = 'num.partitions=none\n\n# a\nlog.segment.bytes=10\nnode.id=-1\nauto.create.topics.enable=maybe\n';
    expect(() => loadConfig(parseProperties(text, 'server.properties'))).to.throw(
      ConfigError,
      [
        'the configuration in server.properties cannot be used:',
        '  line 1: Invalid value none for configuration num.partitions: Not a number of type INT',
        '  line 4: Invalid value 10 for configuration log.segment.bytes: Value must be at least 1048576',
        '  line 5: Invalid value -1 for configuration node.id: Value must be at least 0',
        '  line 6: Invalid value maybe for configuration auto.create.topics.enable: Expected value to be either true or false',
      ].join('\n'),
    );
    expect(faultsOf({ 'num.partitions': 0 })).to.deep.equal([
      {
        key: 'num.partitions',
        line: null,
        message: 'Invalid value 0 for configuration num.partitions: Value must be at least 1',
      },
    ]);
  });

  it('names every rule that is broken between keys, and the line to look at', () => {
    const text = 'node.id=1\nbroker.id=2\nlisteners=SSL://:9092\nlog.retention.minutes=0';
    const lines = faultsOf(parseProperties(text, 'f')).map(({ key, line }) => [key, line]);
    expect(lines).to.deep.equal([
      ['broker.id', 2],
      ['listeners', 3],
      ['log.retention.minutes', 4],
    ]);
  });

  it('loads every file that Apache Kafka was run with, and those of testers', () => {
    const folder = resolve(__dirname, 'fixtures/properties');
    for (const file of readdirSync(folder)) {
      const properties = parseProperties(readFileSync(join(folder, file), 'utf8'), file);
      const config = loadConfig(properties);
      expect(unknownKeys(config), file).to.deep.equal([]);
      for (const [name, text] of properties) {
        const known = Object.hasOwn(brokerKeys, name) ? configText(config, name as BrokerKey) : text;
        expect(known, `${file} ${name}`).to.equal(text);
      }
    }
  });
});

describe('withDynamicConfigs', () => {
  const dynamic = (broker: [string, string][], cluster: [string, string][] = []) =>
    withDynamicConfigs(loadConfig({ 'message.max.bytes': 1000 }), new Map(broker), new Map(cluster));

  it('lets what was set for this broker count first, then what was set for all, then the file', () => {
    const both = dynamic([['message.max.bytes', '3000']], [['message.max.bytes', '2000']]);
    expect(both['message.max.bytes']).to.equal(3000);
    expect(dynamic([], [['message.max.bytes', '2000']])['message.max.bytes']).to.equal(2000);
    expect(dynamic([])['message.max.bytes']).to.equal(1000);
    expect(configSynonyms(both, 'message.max.bytes').map(({ value, source }) => [value, source])).to.deep.equal([
      ['3000', 'DYNAMIC_BROKER'],
      ['2000', 'DYNAMIC_DEFAULT_BROKER'],
      ['1000', 'STATIC_BROKER'],
      ['1048588', 'DEFAULT'],
    ]);
  });

  it('takes what was set before back', () => {
    const config = withDynamicConfigs(dynamic([['message.max.bytes', '3000']]), new Map(), new Map());
    expect(config['message.max.bytes']).to.equal(1000);
  });

  it('leaves out what cannot be read and what cannot change', () => {
    const config = dynamic([
      ['message.max.bytes', 'many'],
      ['num.partitions', '9'],
    ]);
    expect([config['message.max.bytes'], config['num.partitions']]).to.deep.equal([1000, 1]);
    expect(configText(config, 'num.partitions')).to.equal('1');
  });

  it('keeps what stands in for another key in effect', () => {
    expect(dynamic([['log.retention.ms', '5']])['log.retention.ms']).to.equal(5);
  });
});
