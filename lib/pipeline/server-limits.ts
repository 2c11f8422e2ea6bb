/**
 * What a configuration says of how many connections a server takes, and for how long. The same for a broker and for a proxy.
 */
import type { Config } from '../config';
import { readIpLimits } from '../config/checks';
import type { ServerOptions } from './server';

export type ServerLimits = Pick<ServerOptions, 'backlog' | 'maxConnections' | 'maxConnectionsPerIp' | 'maxIdleMs'>;

export function serverLimits(config: Config): ServerLimits {
  const perIp = readIpLimits(config['max.connections.per.ip.overrides']);
  return {
    backlog: config['socket.listen.backlog.size'],
    maxConnections: config['max.connections'],
    maxConnectionsPerIp: (address) => perIp.get(address) ?? config['max.connections.per.ip'],
    maxIdleMs: config['connections.max.idle.ms'],
  };
}
