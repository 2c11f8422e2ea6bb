/**
 * Brokers' addresses in answers: found by the names of the fields, wherever a schema has a node's id beside a host and a
 * port (Metadata, FindCoordinator, DescribeCluster, the node endpoints of KIP-951), and replaced by those of the proxy.
 *
 * Left as they are: what has a host and a port but no node (endpoints of applications in the groups of Kafka Streams), and
 * what controllers tell each other of their quorum (DescribeQuorum, UpdateRaftVoter), which no client connects to.
 */
import { fieldsOf, rewriter, type Struct } from '../protocol/rewrite';
import type { Draft, Schema } from '../protocol/schema';
import type { Address } from './address';

/** By what a broker is named beside its address. */
const idNames = ['nodeId', 'brokerId'] as const;

/** Where clients find a node, given its id and where the upstream says that it is. */
export type Here = (nodeId: number, address: Address) => Address | Promise<Address>;

/** How to replace the addresses in an API's answers; null where it carries none. */
export function addressChange(response: Schema, here: Here): ((body: object) => object | Promise<object>) | null {
  const paths = new Set(fieldsOf(response).map(({ path }) => path));
  const isOfBroker = (path: string, name: string) => {
    const around = path.slice(0, -name.length);
    return ['host', 'port'].every((each) => paths.has(around + each)) && idNames.some((id) => paths.has(around + id));
  };
  let isCarried = false;
  const rewrite = rewriter<Schema, Promise<unknown>[]>(response, ({ path, name }) => {
    if ((name !== 'host' && name !== 'port') || !isOfBroker(path, name)) return null;
    isCarried = true;
    return (value, waiting, broker) => {
      const at = placeOf(broker, here);
      if (at instanceof Promise) waiting.push(at);
      return at === null || at instanceof Promise ? value : at[name];
    };
  });
  if (!isCarried) return null;
  const change = (body: object): object | Promise<object> => {
    const waiting: Promise<unknown>[] = [];
    const replaced = rewrite(body as Draft<Schema>, waiting);
    // All of them are known then, so that the second time nobody is waited for.
    return waiting.length === 0 ? replaced : Promise.all(waiting).then(() => change(body));
  };
  return change;
}

/** Null where a struct names no broker, as in a refusal, or in a version that has several of them elsewhere. */
function placeOf(broker: Struct, here: Here): Address | Promise<Address> | null {
  const nodeId = broker[idNames.find((name) => name in broker)!] as number;
  const { host, port } = broker as { host: string; port: number };
  return nodeId < 0 || host === '' ? null : here(nodeId, { host, port });
}
