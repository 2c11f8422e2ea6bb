/**
 * The brokers of the cluster as a client of one listener sees them.
 */
import type { Services } from '../../services';

export interface Broker {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly fenced: boolean;
}

/** This broker at the address that the listener advertises; undefined on a listener without one. */
export function thisBroker(services: Services, listener: string): Broker | undefined {
  const endpoint = services.advertised(listener);
  if (endpoint === undefined) return undefined;
  const { host, port } = endpoint;
  return { nodeId: services.nodeId, host, port, rack: services.config['broker.rack'], fenced: false };
}

/** Every broker with an address on this listener, by node id; fenced ones too, which are not to be talked to. */
export function brokersOf(services: Services, listener: string): Broker[] {
  const self = thisBroker(services, listener);
  const brokers = self === undefined ? [] : [self];
  for (const { nodeId, rack, fenced, endpoints } of services.metadata().brokers.values()) {
    const endpoint = endpoints.find(({ name }) => name === listener);
    if (nodeId === services.nodeId || endpoint === undefined) continue;
    brokers.push({ nodeId, host: endpoint.host, port: endpoint.port, rack, fenced });
  }
  return brokers.sort((a, b) => a.nodeId - b.nodeId);
}
