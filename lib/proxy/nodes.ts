/**
 * The brokers of the upstream cluster, as the proxy learns of them: each has a listener of its own here, so that a client
 * which is told to go to one of them comes to the right one through the proxy.
 *
 * What always holds: a node keeps its listener for as long as the proxy lives, and its address here is told only once
 * the listener is open; where it goes to is what the upstream said last.
 */
import { Hangup } from '../errors';
import type { Logger } from '../logger';
import { type Address, addressText } from './address';

export interface NodesOptions {
  /** What clients are told to connect to. */
  readonly advertisedHost: () => string;
  /** The port for a node; 0: any free one. */
  readonly portOf: (nodeId: number) => number;
  /** Opens a listener; resolves to its real port. */
  open(listener: string, port: number): Promise<number>;
  readonly logger: Logger;
}

interface Node {
  /** Where it is, as the upstream said last. */
  address: Address;
  /** Where its listener is; a promise while it is being opened. */
  here: Address | Promise<Address>;
}

export class Nodes {
  private readonly options: NodesOptions;
  private readonly nodes = new Map<number, Node>();
  /** Nodes that got no listener the last time, which was said then. */
  private readonly told = new Set<number>();

  constructor(options: NodesOptions) {
    this.options = options;
  }

  /** Name of a node's listener, for taps that are meant for one of them. */
  static listenerOf(nodeId: number): string {
    return `NODE-${nodeId}`;
  }

  /** Where the node of a listener is; undefined for a listener that is no node's. */
  addressOf(listener: string): Address | undefined {
    for (const [nodeId, { address }] of this.nodes) if (Nodes.listenerOf(nodeId) === listener) return address;
    return undefined;
  }

  /**
   * Where clients find a node of the upstream. The first time its listener has to be opened.
   * @throws Hangup where that is not possible: whoever was told the node's own address would go past the proxy
   */
  here(nodeId: number, address: Address): Address | Promise<Address> {
    const known = this.nodes.get(nodeId);
    if (known === undefined) return this.add(nodeId, address);
    if (addressText(known.address) !== addressText(address)) {
      const { logger } = this.options;
      logger.info(`node ${nodeId} of the upstream is at ${addressText(address)} now`);
      known.address = address;
    }
    return known.here;
  }

  private add(nodeId: number, address: Address): Promise<Address> {
    const here = this.open(nodeId);
    this.nodes.set(nodeId, { address, here });
    return here;
  }

  private async open(nodeId: number): Promise<Address> {
    const { portOf, open, advertisedHost, logger } = this.options;
    // The node is to be known by then, whatever fails.
    await null;
    const node = this.nodes.get(nodeId)!;
    let wanted = 0;
    try {
      wanted = portOf(nodeId);
      const port = await open(Nodes.listenerOf(nodeId), wanted);
      node.here = { host: advertisedHost(), port };
      this.told.delete(nodeId);
      logger.info(`node ${nodeId} of the upstream, ${addressText(node.address)}, is at ${addressText(node.here)} here`);
      return node.here;
    } catch (error) {
      this.nodes.delete(nodeId);
      const why = reasonOf(error as NodeJS.ErrnoException, wanted);
      this.tell(nodeId, why);
      throw new Hangup(`node ${nodeId} of the upstream has no listener here: ${why}`);
    }
  }

  /** Once, however many clients come to hear of the node. */
  private tell(nodeId: number, why: string): void {
    if (this.told.has(nodeId)) return;
    this.told.add(nodeId);
    this.options.logger.error(
      `node ${nodeId} of the upstream gets no listener: ${why}. Until it has one, clients that are told of it are hung up. ` +
        'Free its port, or listen at another one, behind which each node has its own; behind port 0 each gets any free one',
    );
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === 'EADDRINUSE') return `port ${port} is taken by another program`;
  return code === undefined ? message : `${code}: ${message}`;
}
