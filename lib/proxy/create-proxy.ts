/**
 * `createProxy`: the pipeline of the broker, taps and all, in front of any Kafka.
 *
 * Each client's connection has one of its own to the upstream, opened with the first request. Answers that name brokers
 * name the proxy in their place, and each broker of the cluster has a listener here, opened when the proxy first hears of
 * it; so clients never come to know the upstream. A broker whose port here is taken is told of once, as an error, and clients
 * that hear of it are hung up.
 *
 * When the upstream ends a connection, or cannot be reached, the client's ends as well, with one line in the log: clients
 * come again by themselves, as they do when a broker restarts. The proxy itself waits for nobody: it can be there before
 * its upstream.
 *
 * Not done: TLS and SASL of its own. A client's SASL passes (but not SaslHandshake 0, whose tokens are no frames), and
 * `connect` may open streams with TLS.
 */
import type { Duplex } from 'node:stream';
import { asyncScheduler } from 'rxjs';
import { apiVersions } from '../apis/api-versions';
import { exchanges } from '../apis/exchanges';
import { advertisedHost } from '../listeners';
import { Connections } from '../pipeline/connections';
import type { LiveTaps } from '../pipeline/live-taps';
import type { DescribeOptions, PipelinePicture } from '../pipeline/picture';
import { Server } from '../pipeline/server';
import { serverLimits } from '../pipeline/server-limits';
import type { Api } from '../protocol/api';
import type { Exchange } from '../protocol/exchange';
import { UsageError } from '../usage';
import { type Address, addressText } from './address';
import { answerVersion, cutVersions } from './api-versions';
import { addressChange, type Here } from './broker-addresses';
import { type Change, forwarder } from './forwarder';
import { Nodes } from './nodes';
import { type CheckedOptions, checkOptions, type ProxyOptions } from './options';
import { relayed } from './relayed-api';
import { Upstream } from './upstream';

/** Where clients of a proxy connect to. */
export interface ProxyListening extends Address {
  /** `host:port`, as clients want it. */
  readonly bootstrap: string;
}

export interface KafkaProxy extends AsyncDisposable {
  /** Connections of clients that are open now. */
  readonly connections: number;
  /** Stages that come and go while the proxy runs. Its listeners are `BOOTSTRAP` and, for broker 1, `NODE-1`. */
  readonly taps: Pick<LiveTaps, 'add'>;
  /** The live pipeline as data, as that of a broker: seams, stages, and what they have done. */
  describe(options?: DescribeOptions): PipelinePicture;
  /** Lets clients in. Rejects with the system's error where the port is taken, and when it is called again. */
  listen(): Promise<ProxyListening>;
  /**
   * Serves one client over any duplex stream. Returns how to end it once everything asked is answered. Before `listen`,
   * clients are told the upstream's own addresses: there are no others.
   */
  handle(stream: Duplex): () => void;
  /** Answers what is in flight and lets go of everything. May be called at any time, and as often as one likes. */
  close(): Promise<void>;
}

/**
 * Makes a proxy; nothing is opened before `listen` or `handle`.
 *
 *     const proxy = createProxy({ upstream: 'localhost:9092', taps: { requests: [ … ] } });
 *     const { bootstrap } = await proxy.listen();
 *
 * @throws UsageError or ConfigError for options that cannot be meant
 */
export function createProxy(options: ProxyOptions): KafkaProxy {
  return new PipelineProxy(checkOptions(options));
}

/** After SaslHandshake 0 come tokens that are no frames: clients are told of version 1 only, as any has had since 2017. */
function framedOnly(exchange: Exchange): Exchange {
  if (exchange.key !== saslHandshakeKey) return exchange;
  return { ...exchange, versions: { from: 1, to: exchange.versions.to } };
}

const saslHandshakeKey = 17;
const bootstrapListener = 'BOOTSTRAP';
/** How long connections may take to end when the proxy closes. */
const closeGraceMs = 1000;

class PipelineProxy implements KafkaProxy {
  private readonly options: CheckedOptions;
  private readonly server: Server;
  private readonly nodes: Nodes;
  private readonly pipelines: Connections;
  private readonly upstreams = new Set<Upstream>();
  private readonly streams = new Set<Duplex>();
  private host = '';
  private listening: Promise<Address> | null = null;
  private closing: Promise<void> | null = null;

  constructor(options: CheckedOptions) {
    const { config, scheduler, logger, listen } = options;
    this.options = options;
    const apis = new Map(
      [...exchanges()].map(([key, exchange]): [number, Api] => [key, relayed(framedOnly(exchange))]),
    );
    this.nodes = new Nodes({
      advertisedHost: () => this.host,
      portOf: options.portOf,
      open: async (name, port) => (await this.server.open({ name, host: listen.host, port })).port,
      logger,
    });
    const router = forwarder({
      open: ({ id, listener }, left) => this.openUpstream(id, listener, left),
      changes: this.changes(apis),
      versionOf: answerVersion,
    });
    this.pipelines = new Connections({ config, scheduler, logger, apis, router }, options.taps);
    this.server = new Server({
      listeners: [{ ...listen, name: bootstrapListener }],
      ...serverLimits(config),
      scheduler,
      logger,
      accept: (socket, listener) => this.pipelines.handle(socket, listener),
    });
  }

  get connections(): number {
    return this.pipelines.count;
  }

  get taps(): Pick<LiveTaps, 'add'> {
    return this.pipelines.taps;
  }

  describe(options?: DescribeOptions): PipelinePicture {
    return this.pipelines.describe(options);
  }

  async listen(): Promise<ProxyListening> {
    this.check('listen');
    if (this.listening !== null) throw new UsageError('listen: was called before, and once is enough');
    this.listening = this.open();
    const address = await this.listening;
    if (this.closing !== null) throw new UsageError('listen: the proxy was closed meanwhile');
    return { ...address, bootstrap: addressText(address) };
  }

  handle(stream: Duplex): () => void {
    this.check('handle');
    return this.pipelines.handle(stream, bootstrapListener);
  }

  close(): Promise<void> {
    return (this.closing ??= this.shut());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async open(): Promise<Address> {
    const { listen } = this.options;
    this.host = await advertisedHost({ name: bootstrapListener, host: this.options.advertisedHost, port: listen.port });
    const [bound] = await this.server.listen();
    return { host: this.host, port: bound!.port };
  }

  private changes(apis: ReadonlyMap<number, Api>): ReadonlyMap<number, Change> {
    const here: Here = (nodeId, address) => (this.listening === null ? address : this.nodes.here(nodeId, address));
    const changes = new Map<number, Change>([[apiVersions.key, cutVersions(apis)]]);
    for (const { key, response } of apis.values()) {
      const change = addressChange(response, here);
      if (change !== null) changes.set(key, change);
    }
    return changes;
  }

  private openUpstream(id: number, listener: string, left: () => void): Upstream {
    const { config, scheduler, connect } = this.options;
    const address = this.nodes.addressOf(listener);
    const upstream: Upstream = new Upstream({
      addresses: address === undefined ? this.options.upstream : [address],
      connect: (to) => {
        const stream = connect(to);
        this.streams.add(stream);
        return stream.once('close', () => this.streams.delete(stream));
      },
      ...{ id, scheduler, left },
      maxBytes: config['socket.request.max.bytes'],
      maxQueuedBytes: config['millrace.connection.queued.max.request.bytes'],
      ended: () => this.upstreams.delete(upstream),
    });
    this.upstreams.add(upstream);
    return upstream;
  }

  private async shut(): Promise<void> {
    // A listener that is just being opened would be open for ever.
    await this.listening?.catch(() => {});
    this.pipelines.endGently();
    await withinGrace(this.server.close(closeGraceMs), () => this.server.cut());
    for (const upstream of [...this.upstreams]) upstream.close();
    const open = [...this.streams].filter(({ closed }) => !closed);
    const closed = Promise.all(open.map((stream) => new Promise((resolve) => stream.once('close', resolve))));
    await withinGrace(closed, () => {
      for (const stream of open) stream.destroy();
    });
  }

  private check(call: string): void {
    if (this.closing !== null) throw new UsageError(`${call}: the proxy is closed`);
  }
}

/** In real time: who does not go is in the real world, and a virtual clock may stand still for ever. */
async function withinGrace(ended: Promise<unknown>, cut: () => void): Promise<void> {
  const late = asyncScheduler.schedule(cut, closeGraceMs);
  await ended;
  late.unsubscribe();
}
