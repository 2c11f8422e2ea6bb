/**
 * Server: listens on the broker's listeners, accepts connections within their limits, and closes idle ones.
 *
 * It knows sockets and nothing of Kafka: what becomes of a socket is up to `accept`.
 */
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import type { SchedulerLike, Subscription } from 'rxjs';
import type { Logger } from '../logger';
import type { Ends } from './connection';

export interface ListenerAddress {
  /** Upper case, such as `PLAINTEXT`. */
  readonly name: string;
  /** null: all interfaces, IPv4 and IPv6. */
  readonly host: string | null;
  /** 0: any free port. */
  readonly port: number;
}

export interface ServerOptions {
  readonly listeners: readonly ListenerAddress[];
  /** `socket.listen.backlog.size` */
  readonly backlog: number;
  /** `max.connections` */
  readonly maxConnections: number;
  /** `max.connections.per.ip`, with overrides by address. */
  readonly maxConnectionsPerIp: (address: string) => number;
  /** `connections.max.idle.ms`; negative: never. */
  readonly maxIdleMs: number;
  readonly scheduler: SchedulerLike;
  readonly logger: Logger;
  /** Takes a socket over; returns how to end it gently, once everything asked on it is answered. */
  accept(socket: Socket, listener: string): () => void;
}

interface Open {
  readonly socket: Socket;
  readonly endGently: () => void;
  /** Bytes read and written when last looked at, and when they last changed. */
  bytes: number;
  activeAtMs: number;
}

/** How often idle connections are looked for, as a part of the time they may be idle. */
const sweepsPerIdleTime = 10;
/** Kafka's "never" is 2^63 − 1 ms; no timer runs that long. */
const sweepMaxMs = 3_600_000;

export class Server {
  private readonly options: ServerOptions;
  private readonly servers: NetServer[] = [];
  private readonly sockets = new Map<Socket, Open>();
  private readonly perIp = new Map<string, number>();
  private sweep: Subscription | null = null;
  private closing: (() => void) | null = null;
  private isClosed = false;

  constructor(options: ServerOptions) {
    this.options = options;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.sockets.size;
  }

  /** Opens every listener; resolves to the addresses with their real ports. */
  async listen(): Promise<ListenerAddress[]> {
    const bound: ListenerAddress[] = [];
    for (const listener of this.options.listeners) bound.push(await this.open(listener));
    const { maxIdleMs, scheduler } = this.options;
    if (maxIdleMs >= 0) {
      const everyMs = Math.min(sweepMaxMs, Math.max(1, Math.floor(maxIdleMs / sweepsPerIdleTime)));
      const closeIdle = () => this.closeIdle();
      this.sweep = scheduler.schedule(function () {
        closeIdle();
        this.schedule(undefined, everyMs);
      }, everyMs);
    }
    return bound;
  }

  /** Opens one more listener; resolves to its address with its real port. One that fails leaves nothing open. */
  async open(listener: ListenerAddress): Promise<ListenerAddress> {
    const server = createServer({ noDelay: true, allowHalfOpen: true, highWaterMark: 65536 }, (socket) =>
      this.accepted(socket, listener.name),
    );
    this.servers.push(server);
    const port = await listenOn(server, listener, this.options.backlog);
    server.on('error', (err) => this.options.logger.error({ err }, `listener ${listener.name} cannot accept`));
    if (this.isClosed) server.close();
    return { ...listener, port };
  }

  private accepted(socket: Socket, listener: string): void {
    const { maxConnections, maxConnectionsPerIp, scheduler, logger } = this.options;
    const address = addressOf(socket);
    const ofIp = this.perIp.get(address) ?? 0;
    if (this.sockets.size >= maxConnections || ofIp >= maxConnectionsPerIp(address)) {
      const limit = this.sockets.size >= maxConnections ? 'max.connections' : 'max.connections.per.ip';
      logger.warn({ address, open: this.sockets.size, ofIp }, `connection refused: ${limit} reached`);
      socket.destroy();
      return;
    }
    this.perIp.set(address, ofIp + 1);
    socket.on('close', () => {
      this.sockets.delete(socket);
      const left = (this.perIp.get(address) ?? 1) - 1;
      if (left === 0) this.perIp.delete(address);
      else this.perIp.set(address, left);
      if (this.sockets.size === 0) this.closing?.();
    });
    const endGently = this.options.accept(socket, listener);
    this.sockets.set(socket, { socket, endGently, bytes: 0, activeAtMs: scheduler.now() });
  }

  private closeIdle(): void {
    const { maxIdleMs, scheduler, logger } = this.options;
    const now = scheduler.now();
    for (const connection of this.sockets.values()) {
      const { socket } = connection;
      const bytes = socket.bytesRead + socket.bytesWritten;
      if (bytes !== connection.bytes) {
        connection.bytes = bytes;
        connection.activeAtMs = now;
      } else if (now - connection.activeAtMs >= maxIdleMs) {
        logger.debug({ address: addressOf(socket) }, `closing a connection idle for ${maxIdleMs} ms`);
        socket.destroy();
      }
    }
  }

  /** Ends every connection at once. */
  cut(): void {
    for (const socket of this.sockets.keys()) socket.destroy();
  }

  /** Stops accepting, lets every connection answer what was asked, and cuts those that take longer than `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.isClosed = true;
    this.sweep?.unsubscribe();
    for (const server of this.servers) server.close();
    if (this.sockets.size === 0) return;
    const allClosed = new Promise<void>((resolve) => {
      this.closing = resolve;
    });
    for (const { endGently } of [...this.sockets.values()]) endGently();
    const cut = this.options.scheduler.schedule(() => this.cut(), graceMs);
    await allClosed;
    cut.unsubscribe();
  }
}

function listenOn(server: NetServer, { host, port }: ListenerAddress, backlog: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, backlog, ...(host === null ? {} : { host }) }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** The peer's address, and those of both ends with their ports. */
export function addressesOf(socket: Socket): { readonly remoteAddress: string; readonly ends: Ends } {
  const { localAddress, localPort, remotePort } = socket;
  const remoteAddress = addressOf(socket);
  const withPort = (address: string, port = 0) => `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return {
    remoteAddress,
    ends: { client: withPort(remoteAddress, remotePort), server: withPort(asIpv4(localAddress), localPort) },
  };
}

/** The peer's address; an IPv4 client of a dual-stack listener has its IPv4 address. */
export function addressOf(socket: Socket): string {
  return asIpv4(socket.remoteAddress);
}

function asIpv4(address = ''): string {
  return address.replace(/^::ffff:/, '');
}
