/**
 * Opens connections to upstream brokers: the first of several addresses that answers.
 *
 * What always holds: each address has `connectMaxMs` by the proxy's clock; a stream that is given up is destroyed; and
 * after `close` nothing is opened any more.
 */
import { connect as connectSocket, type NetConnectOpts } from 'node:net';
import type { Duplex, DuplexOptions } from 'node:stream';
import type { SchedulerLike } from 'rxjs';
import { type Address, addressText } from './address';

/** Makes a stream to an address. One that is still `connecting` says `connect` once it is there, as sockets do. */
export type Connect = (address: Address) => Duplex;

export const connectPlain: Connect = ({ host, port }) => {
  // As large as the reads of a listener's sockets are; sockets take the options of streams.
  const options: NetConnectOpts & DuplexOptions = { host, port, noDelay: true, keepAlive: true, highWaterMark: 65536 };
  return connectSocket(options);
};

const connectMaxMs = 10_000;

export interface DialOptions {
  readonly addresses: readonly Address[];
  readonly connect: Connect;
  readonly scheduler: SchedulerLike;
  /** The stream, which has no listeners yet, and its address. */
  connected(stream: Duplex, address: Address): void;
  /** None could be reached; says which, and why. */
  failed(why: string): void;
}

/** Tries one address after the other. Returns how to give up. */
export function dial({ addresses, connect, scheduler, connected, failed }: DialOptions): () => void {
  let giveUp = () => {};
  const attempt = (index: number, reasons: readonly string[]): void => {
    const address = addresses[index];
    if (address === undefined) return failed(reasons.join('; '));
    let stream: Duplex;
    try {
      stream = connect(address);
    } catch (error) {
      return attempt(index + 1, [...reasons, `${addressText(address)} cannot be reached: ${String(error)}`]);
    }
    const settle = (): void => {
      late.unsubscribe();
      stream.off('error', onError);
      stream.off('connect', onConnect);
      giveUp = () => {};
    };
    const drop = (): void => {
      settle();
      // What it says from now on is nobody's business, and must not end the process.
      stream.on('error', () => {});
      stream.destroy();
    };
    const next = (why: string): void => {
      drop();
      attempt(index + 1, [...reasons, `${addressText(address)} cannot be reached: ${why}`]);
    };
    const onError = (error: NodeJS.ErrnoException): void => next(error.code ?? error.message);
    const onConnect = (): void => {
      settle();
      connected(stream, address);
    };
    const late = scheduler.schedule(() => next(`no connection within ${connectMaxMs} ms`), connectMaxMs);
    giveUp = drop;
    stream.once('error', onError);
    if ('connecting' in stream && stream.connecting === true) stream.once('connect', onConnect);
    else onConnect();
  };
  attempt(0, []);
  return () => giveUp();
}
