import { expect } from 'chai';
import { loadConfig } from '../lib/config';
import { advertisedHost, type ListenerConfig, listenersOf, readListeners } from '../lib/listeners';

const plain: ListenerConfig = {
  listeners: ['PLAINTEXT://:9092', 'CONTROLLER://:9093'],
  'advertised.listeners': null,
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL',
  'controller.listener.names': ['CONTROLLER'],
};

function read(changes: Partial<ListenerConfig>) {
  const faults: string[] = [];
  const listeners = readListeners({ ...plain, ...changes }, (key, message) => faults.push(`${key}: ${message}`));
  return { ...listeners, advertised: [...listeners.advertised.values()], faults };
}

/** What is said of one listener beside the controller's. */
function faultOf(listener: string): string | undefined {
  return read({ listeners: [listener, 'CONTROLLER://:9093'] }).faults[0];
}

describe('readListeners', () => {
  it('opens brokers’ listeners and keeps controllers’ apart', () => {
    const { open, controllers, advertised, faults } = read({});
    expect(faults).to.deep.equal([]);
    expect(open).to.deep.equal([{ name: 'PLAINTEXT', host: null, port: 9092 }]);
    expect(controllers).to.deep.equal([{ name: 'CONTROLLER', host: null, port: 9093 }]);
    expect(advertised).to.deep.equal([{ name: 'PLAINTEXT', host: null, port: 9092 }]);
  });

  it('reads hosts of every kind, and names in letters of either case', () => {
    const hosts: [string, string | null][] = [
      ['plaintext://localhost:9092', 'localhost'],
      ['PLAINTEXT://my_host.example.com:9092', 'my_host.example.com'],
      ['PLAINTEXT://[::1]:9092', '::1'],
      ['PLAINTEXT://::1:9092', '::1'],
      ['PLAINTEXT://[fe80::1%eth0]:9092', 'fe80::1%eth0'],
      ['PLAINTEXT://:9092', null],
      ['PLAINTEXT://[]:9092', null],
    ];
    for (const [text, host] of hosts) {
      const { open, faults } = read({ listeners: [text] });
      expect(faults, text).to.deep.equal([]);
      expect(open, text).to.deep.equal([{ name: 'PLAINTEXT', host, port: 9092 }]);
    }
  });

  it('needs no controller listener at all', () => {
    const { faults, controllers } = read({ listeners: ['PLAINTEXT://:9092'] });
    expect(faults).to.deep.equal([]);
    expect(controllers).to.deep.equal([]);
  });

  it('says what it cannot read and what it expects', () => {
    const form = 'expected name://host:port with a port of 0 to 65535';
    const texts = ['PLAINTEXT:9092', 'localhost:9092', 'PLAINTEXT://localhost', '://:1', 'PLAINTEXT://h:1/path'];
    for (const text of [...texts, 'PLAINTEXT://:65536', 'PLAINTEXT://:-1', 'PLAINTEXT://:+5', 'PLAINTEXT://:x', '']) {
      expect(faultOf(text), text).to.equal(`listeners: cannot read ${JSON.stringify(text)}: ${form}`);
    }
  });

  it('refuses a listener without a security protocol, and one that is not PLAINTEXT', () => {
    expect(faultOf('FOO://:1')).to.equal('listeners: No security protocol defined for listener FOO');
    expect(faultOf('SSL://:1')).to.equal('listeners: listener SSL is SSL; only PLAINTEXT is served');
  });

  it('maps names of one’s own to PLAINTEXT', () => {
    const changes = { 'listener.security.protocol.map': ' inside : plaintext , OUTSIDE:PLAINTEXT' };
    const { open, faults } = read({ ...changes, listeners: ['INSIDE://:1', 'OUTSIDE://:2'] });
    expect(faults).to.deep.equal([]);
    expect(open.map(({ name }) => name)).to.deep.equal(['INSIDE', 'OUTSIDE']);
  });

  it('refuses a map that it cannot read', () => {
    const { faults } = read({ 'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,FOO:BAR,FOO' });
    const expected = 'expected listener:protocol with one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL';
    expect(faults).to.deep.equal([
      `listener.security.protocol.map: cannot read "FOO:BAR": ${expected}`,
      `listener.security.protocol.map: cannot read "FOO": ${expected}`,
    ]);
  });

  it('refuses a name or a port that is given twice', () => {
    const name = read({ listeners: ['PLAINTEXT://a:1', 'plaintext://b:2'] }).faults;
    expect(name).to.deep.equal(['listeners: Each listener must have a different name, PLAINTEXT is given twice']);
    expect(faultOf('PLAINTEXT://:9093')).to.contain('Each listener must have a different port');
    expect(faultOf('PLAINTEXT://127.0.0.1:9093')).to.contain('CONTROLLER share 9093');
  });

  it('lets listeners on an IPv4 and an IPv6 address share a port, and all have any free one', () => {
    const map = { 'listener.security.protocol.map': 'A:PLAINTEXT,B:PLAINTEXT' };
    expect(read({ ...map, listeners: ['A://127.0.0.1:1', 'B://[::1]:1'] }).faults).to.deep.equal([]);
    expect(read({ ...map, listeners: ['A://:0', 'B://:0'] }).faults).to.deep.equal([]);
  });

  it('refuses to have no listener for clients', () => {
    expect(read({ listeners: ['CONTROLLER://:9093'] }).faults).to.deep.equal([
      'listeners: there must be a listener that is not in controller.listener.names',
      'advertised.listeners: there must be an advertised listener for clients',
    ]);
  });

  it('advertises what it is told to, for brokers’ listeners only', () => {
    const { advertised, faults } = read({ 'advertised.listeners': ['CONTROLLER://c:1', 'plaintext://h:2'] });
    expect(faults).to.deep.equal([]);
    expect(advertised).to.deep.equal([{ name: 'PLAINTEXT', host: 'h', port: 2 }]);
  });

  it('advertises no listener that is not opened and no address that nobody can connect to', () => {
    const { faults } = read({ 'advertised.listeners': ['SSL://h:1', 'PLAINTEXT://0.0.0.0:2'] });
    expect(faults).to.deep.equal([
      'advertised.listeners: advertised listener SSL is not one of listeners',
      'advertised.listeners: advertised listener PLAINTEXT cannot be 0.0.0.0, which nobody can connect to',
    ]);
  });

  it('takes 0.0.0.0 to listen on as this machine when nothing is said about advertising', () => {
    const { open, advertised, faults } = read({ listeners: ['PLAINTEXT://0.0.0.0:9092'] });
    expect(faults).to.deep.equal([]);
    expect(open[0]?.host).to.equal('0.0.0.0');
    expect(advertised[0]?.host).to.equal(null);
  });
});

describe('listenersOf', () => {
  it('gives port 9092 on all interfaces without any configuration', () => {
    expect(listenersOf(loadConfig()).open).to.deep.equal([{ name: 'PLAINTEXT', host: null, port: 9092 }]);
  });
});

describe('advertisedHost', () => {
  const listener = { name: 'PLAINTEXT', host: null, port: 1 };

  it('is the listener’s own host, whoever knows it', async () => {
    const unknown = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await advertisedHost({ ...listener, host: 'h' }, 'me', unknown)).to.equal('h');
  });

  it('is this machine’s name if that can be resolved, else localhost', async () => {
    expect(await advertisedHost(listener, 'me', () => Promise.resolve('10.0.0.1'))).to.equal('me');
    expect(await advertisedHost(listener, 'me', () => Promise.reject(new Error('ENOTFOUND')))).to.equal('localhost');
  });
});
