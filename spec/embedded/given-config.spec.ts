import { expect } from 'chai';
import { ConfigError, loadConfig } from '../../lib/config';
import { configOf, type GivenConfig } from '../../lib/embedded/given-config';
import { parseProperties } from '../../lib/properties';

/** The configuration made of what was given, and how many directories were made for it. */
function configFrom(given: GivenConfig) {
  let made = 0;
  const config = configOf(given, () => {
    made++;
    return '/made';
  });
  return { config, made };
}

describe('configOf', () => {
  it('completes an empty one by a directory of its own and a free port of this machine', () => {
    const { config, made } = configFrom({});
    expect([config['log.dirs'], config.listeners, made]).to.deep.equal([['/made'], ['PLAINTEXT://127.0.0.1:0'], 1]);
  });

  it('makes no directory for a broker that was given one', () => {
    for (const given of [{ 'log.dirs': '/a' }, { 'log.dir': '/a' }, { 'log.dirs': '/a', listeners: 'PLAINTEXT://:0' }])
      expect(configFrom(given)).to.have.property('made', 0);
    expect(configFrom({ 'log.dir': '/a' }).config['log.dirs']).to.deep.equal(['/a']);
  });

  it('takes texts, numbers, booleans and lists, and leaves out what is undefined', () => {
    const { config } = configFrom({
      'num.partitions': 3,
      'log.retention.ms': '1000',
      'auto.create.topics.enable': false,
      'log.dirs': ['/a', '/b'],
      listeners: undefined,
    });
    expect(config).to.include({ 'num.partitions': 3, 'log.retention.ms': 1000, 'auto.create.topics.enable': false });
    expect([config['log.dirs'], config.listeners]).to.deep.equal([['/a', '/b'], ['PLAINTEXT://127.0.0.1:0']]);
  });

  it('takes a loaded configuration as it is', () => {
    const loaded = loadConfig({ 'num.partitions': 3 });
    expect(configFrom(loaded)).to.deep.equal({ config: loaded, made: 0 });
  });

  it('refuses keys that nobody knows, with the nearest, before it makes anything', () => {
    let made = 0;
    const given = { 'num.partition': 3, 'zookeeper.connect': 'x', nonsense: 1, 'listener.name.plaintext.x': 'y' };
    const open = () => configOf(given, () => `${made++}`);
    expect(open)
      .to.throw(ConfigError)
      .with.property('message')
      .that.equals(
        [
          'the configuration cannot be used:',
          '  num.partition: did you mean num.partitions?',
          '  zookeeper.connect: Kafka 4 has no such key any more',
          '  nonsense: neither Kafka nor Millrace has such a key',
        ].join('\n'),
      );
    expect(made).to.equal(0);
  });

  it('refuses values that cannot be used', () => {
    expect(() => configFrom({ 'num.partitions': 'many' })).to.throw(ConfigError, 'num.partitions');
  });

  it('takes the entries of a file, with keys for others, and names its lines', () => {
    const { config, made } = configFrom(parseProperties('log.dirs=/a\nsomebody.elses=1', 'server.properties'));
    expect([config['log.dirs'], config.listeners, made]).to.deep.equal([['/a'], ['PLAINTEXT://127.0.0.1:0'], 0]);
    expect(() => configFrom(parseProperties('\nnum.partitions=x', 'server.properties'))).to.throw(
      ConfigError,
      /server\.properties.*\n {2}line 2: /,
    );
  });
});
