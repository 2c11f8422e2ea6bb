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
   * @throws Hangup where that is not possible
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
    try {
      const port = await open(Nodes.listenerOf(nodeId), portOf(nodeId));
      node.here = { host: advertisedHost(), port };
      logger.info(`node ${nodeId} of the upstream, ${addressText(node.address)}, is at ${addressText(node.here)} here`);
      return node.here;
    } catch (error) {
      this.nodes.delete(nodeId);
      const { code, message } = error as NodeJS.ErrnoException;
      throw new Hangup(
        `node ${nodeId} of the upstream gets no listener: ${code === undefined ? '' : `${code}: `}${message}`,
      );
    }
  }
}
