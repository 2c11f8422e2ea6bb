import { expect } from 'chai';
import { loadConfig } from '../../lib/config';
import { serverLimits } from '../../lib/pipeline/server-limits';

describe('serverLimits', () => {
  it('are those of the configuration, with overrides by address', () => {
    const { maxConnectionsPerIp, ...others } = serverLimits(
      loadConfig({
        'socket.listen.backlog.size': '7',
        'max.connections': '9',
        'max.connections.per.ip': '3',
        'max.connections.per.ip.overrides': '127.0.0.1:5',
        'connections.max.idle.ms': '1000',
      }),
    );
    expect(others).to.deep.equal({ backlog: 7, maxConnections: 9, maxIdleMs: 1000 });
    expect([maxConnectionsPerIp('127.0.0.1'), maxConnectionsPerIp('10.0.0.1')]).to.deep.equal([5, 3]);
  });
});
