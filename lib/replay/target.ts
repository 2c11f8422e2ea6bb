/**
 * What a recording is played to: a broker's address, a broker of this process, or whatever gives connections.
 */
import { connect as connectTcp } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { UsageError } from '../usage';

/** A broker as it stands in a program: it serves any duplex stream. */
export interface InProcessBroker {
  handle(stream: Duplex): unknown;
}

export interface Target {
  /** For messages, such as `127.0.0.1:9092`. */
  readonly name: string;
  /** Opens one connection. Rejects where there is none to be had. */
  connect(): Duplex | Promise<Duplex>;
}

/** `host:port`, a broker (its `handle` is called), or an object that connects. */
export type GivenTarget = string | InProcessBroker | (Pick<Target, 'connect'> & { readonly name?: string });

/** @throws UsageError for a text that is no `host:port`, and for what is none of the three */
export function targetOf(given: GivenTarget): Target {
  if (typeof given === 'string') return tcpTarget(given);
  if ('connect' in given && typeof given.connect === 'function')
    return { name: given.name ?? 'the target', connect: () => given.connect() };
  if ('handle' in given && typeof given.handle === 'function') {
    const connect = () => {
      const [client, server] = duplexPair();
      given.handle(server);
      return client;
    };
    return { name: 'the broker in this process', connect };
  }
  throw new UsageError('a target is `host:port`, a broker, or an object with `connect`');
}

function tcpTarget(address: string): Target {
  const parts = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(address);
  const port = Number(parts?.[3]);
  if (parts === null || port < 1 || port > 65_535)
    throw new UsageError(`${JSON.stringify(address)} is no address such as localhost:9092 or [::1]:9092`);
  const host = (parts[1] ?? parts[2])!;
  const connect = () =>
    new Promise<Duplex>((resolve, reject) => {
      const socket = connectTcp({ host, port, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(socket);
      });
    });
  return { name: address, connect };
}
