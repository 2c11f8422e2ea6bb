import { expect } from 'chai';
import { ConfigError } from '../../lib/config';
import { checkOptions, type ProxyOptions } from '../../lib/proxy/options';
import { UsageError } from '../../lib/usage';

const upstream = 'kafka:9092';
const refusal = (options: unknown) => () => checkOptions(options as ProxyOptions);

describe('checkOptions of a proxy', () => {
  it('completes what is not said: a free port of this machine, and free ones for the nodes', () => {
    const { listen, advertisedHost, portOf, upstream: addresses } = checkOptions({ upstream });
    expect({ listen, advertisedHost, port: portOf(3), addresses }).to.deep.equal({
      listen: { host: '127.0.0.1', port: 0 },
      advertisedHost: '127.0.0.1',
      port: 0,
      addresses: [{ host: 'kafka', port: 9092 }],
    });
  });

  it('counts the ports of nodes from that of the bootstrap listener, or asks the given function', () => {
    expect(checkOptions({ upstream, listen: 'localhost:9092' }).portOf(3)).to.equal(9096);
    expect(checkOptions({ upstream, portOf: (nodeId) => 7000 + nodeId }).portOf(3)).to.equal(7003);
  });

  it('tells clients the host it was given, else where it listens, else the name of the machine', () => {
    const told = (options: Partial<ProxyOptions>) => checkOptions({ upstream, ...options }).advertisedHost;
    expect(told({ listen: '0.0.0.0:9092', advertisedHost: 'example.org' })).to.equal('example.org');
    expect(told({ listen: 'localhost:9092' })).to.equal('localhost');
    expect(told({ listen: '0.0.0.0:9092' })).to.equal(null);
    expect(told({ listen: '[::]:9092' })).to.equal(null);
  });

  it('refuses options that there are not, with the nearest name', () => {
    expect(refusal({ upstraem: upstream })).to.throw(UsageError, 'no option "upstraem": did you mean upstream?');
    expect(refusal({ upstream, config: { 'max.connection': 1 } })).to.throw(
      UsageError,
      'createProxy: config: no option "max.connection": did you mean max.connections?',
    );
    expect(refusal({ upstream, config: { 'log.dirs': '/tmp' } })).to.throw(UsageError, 'there are socket.request.max');
  });

  it('refuses values that cannot be meant', () => {
    expect(refusal(undefined)).to.throw(UsageError, 'expected options');
    expect(refusal({})).to.throw(UsageError, 'upstream: cannot read undefined');
    expect(refusal({ upstream: [] })).to.throw(UsageError, 'at least one');
    expect(refusal({ upstream: [upstream, 'b'] })).to.throw(UsageError, 'cannot read "b"');
    expect(refusal({ upstream, listen: '9092' })).to.throw(UsageError, 'listen: cannot read "9092"');
    expect(refusal({ upstream, portOf: 9093 })).to.throw(UsageError, 'portOf: expected a function');
    expect(refusal({ upstream, connect: 'tls' })).to.throw(UsageError, 'connect: expected a function');
    expect(refusal({ upstream, scheduler: {} })).to.throw(UsageError, 'createProxy: scheduler');
    expect(refusal({ upstream, logger: console.log })).to.throw(UsageError, 'createProxy: logger');
    expect(refusal({ upstream, config: { 'max.connections': 'many' } })).to.throw(ConfigError, 'max.connections');
  });
});
