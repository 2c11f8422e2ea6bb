/**
 * `rateLimit`: how many requests, bytes of Produce and bytes of Fetch a client may have in a second.
 *
 * By Kafka's means (KIP-219): who is over its limit is answered at once and told `throttleTimeMs`, and the broker takes
 * nothing more from that connection for as long, whether the client keeps to it or not. With `mode: 'delay'` the request
 * itself waits instead and nobody is told. A client of several connections is limited on all of them together.
 *
 * Buckets run on the broker's clock and hold `burstSeconds` of the rate. The bytes of Fetch are known when they are read,
 * so that answer goes out whole and the next one pays.
 */
import { fetch } from '../apis/fetch';
import { produce } from '../apis/produce';
import type { LiveConnection } from '../pipeline/connection';
import type { Frame, Reply, Request, Taps } from '../pipeline/seams';
import { stage } from '../pipeline/stage';
import type { Connection } from '../protocol/scope';
import { checkNames, numberOf, UsageError } from '../usage';
import { recordBytesOf } from './record-bytes';
import { TokenBuckets } from './token-buckets';
import { wait } from './wait';

export interface RateLimitOptions {
  /** Who shares a limit: all of a client id (if absent) or of a principal, or what a function gives the same name. */
  readonly by?: 'clientId' | 'principal' | ((request: Request, connection: Connection) => string);
  /** Requests of every API. */
  readonly requestsPerSecond?: number;
  /** Bytes of Produce requests. */
  readonly produceBytesPerSecond?: number;
  /** Bytes of records that Fetch answers. */
  readonly fetchBytesPerSecond?: number;
  /** How much of a second's rate a client that was quiet may have at once; 1 if absent. */
  readonly burstSeconds?: number;
  /** Longest that a client is made to wait for one request, ms; 10,000 if absent. What it owes beyond that, it still owes. */
  readonly maxThrottleMs?: number;
  /** `throttle` (if absent) answers at once and says how long to wait; `delay` holds the request back. */
  readonly mode?: 'throttle' | 'delay';
  /** Clients that are told apart; those beyond share a limit. 10,000 if absent. */
  readonly maxClients?: number;
}

const whose = 'rateLimit';
const optionNames = [
  ...(['by', 'requestsPerSecond', 'produceBytesPerSecond', 'fetchBytesPerSecond'] as const),
  ...(['burstSeconds', 'maxThrottleMs', 'mode', 'maxClients'] as const),
] satisfies (keyof RateLimitOptions)[];

/** @throws UsageError for options that cannot be meant */
export function rateLimit(options: RateLimitOptions): Taps {
  const limits = new Limits(options);
  const isTold = options.mode !== 'delay';
  /** How long the answers to requests are to say that their clients have to wait. */
  const throttles = new WeakMap<Frame, number>();
  /** Until when nothing is taken from a connection, by the broker's clock. */
  const mutedUntil = new WeakMap<LiveConnection, number>();
  const mute = (connection: LiveConnection, ms: number) => {
    const until = limits.now(connection) + ms;
    if (ms > 0 && until > (mutedUntil.get(connection) ?? 0)) mutedUntil.set(connection, until);
  };

  const requests = stage<Request | Reply, Request | Reply>(
    'rate-limit',
    'objects to objects',
    (connection) => ({
      each(item, push, done) {
        if (item.is === 'reply') {
          push(item);
          return done();
        }
        wait(connection, (mutedUntil.get(connection) ?? 0) - limits.now(connection), () => {
          const ms = limits.ofRequest(item, connection);
          if (isTold && ms > 0) throttles.set(item.frame, ms);
          if (isTold) mute(connection, ms);
          wait(connection, isTold ? 0 : ms, () => {
            push(item);
            done();
          });
        });
      },
    }),
    ['requests'],
  );
  const replies = stage<Reply, Reply>(
    'rate-limit',
    'objects to objects',
    (connection) => ({
      each(reply, push, done) {
        const { request } = reply;
        const owedMs = limits.ofReply(reply, connection);
        mute(connection, owedMs);
        const ms = isTold ? Math.max(owedMs, throttles.get(request.frame) ?? 0) : 0;
        push(ms === 0 || reply.body === null ? reply : { ...reply, body: { ...reply.body, throttleTimeMs: ms } });
        done();
      },
    }),
    ['replies'],
  );
  return { requests: [requests], replies: [replies] };
}

/** The limits and who has used them up. */
class Limits {
  private readonly nameOf: (request: Request, connection: Connection) => string;
  private readonly requests: TokenBuckets | null;
  private readonly produced: TokenBuckets | null;
  private readonly fetched: TokenBuckets | null;
  private readonly maxMs: number;

  constructor(options: RateLimitOptions) {
    checkNames(whose, options, optionNames);
    const { by = 'clientId', mode = 'throttle' } = options;
    if (mode !== 'throttle' && mode !== 'delay')
      throw new UsageError(`${whose}: mode: ${JSON.stringify(mode)}, expected 'throttle' or 'delay'`);
    if (typeof by === 'function') this.nameOf = by;
    else if (by === 'clientId') this.nameOf = ({ header }) => header.clientId ?? '';
    else if (by === 'principal') this.nameOf = (_request, { principal }) => principal;
    else throw new UsageError(`${whose}: by: ${JSON.stringify(by)}, expected 'clientId', 'principal' or a function`);
    const burstSeconds = numberOf(whose, 'burstSeconds', options.burstSeconds, 1, 0.001);
    const maxBuckets = numberOf(whose, 'maxClients', options.maxClients, 10_000, 1);
    const bucketsOf = (name: 'requestsPerSecond' | 'produceBytesPerSecond' | 'fetchBytesPerSecond') => {
      if (options[name] === undefined) return null;
      const perSecond = numberOf(whose, name, options[name], 0, 0.001);
      return new TokenBuckets({ perSecond, burst: perSecond * burstSeconds, maxBuckets });
    };
    this.requests = bucketsOf('requestsPerSecond');
    this.produced = bucketsOf('produceBytesPerSecond');
    this.fetched = bucketsOf('fetchBytesPerSecond');
    if (this.requests === null && this.produced === null && this.fetched === null)
      throw new UsageError(
        `${whose}: no limit: there are requestsPerSecond, produceBytesPerSecond, fetchBytesPerSecond`,
      );
    this.maxMs = numberOf(whose, 'maxThrottleMs', options.maxThrottleMs, 10_000, 1);
  }

  now({ rules }: LiveConnection): number {
    return rules?.scheduler.now() ?? 0;
  }

  /** How long its client has to wait after this request. */
  ofRequest(request: Request, connection: LiveConnection): number {
    const name = this.nameOf(request, connection);
    const nowMs = this.now(connection);
    const isProduce = request.api.key === produce.key;
    const ms = this.requests?.take(name, 1, nowMs) ?? 0;
    const bytesMs = isProduce ? (this.produced?.take(name, request.frame.bytes.length, nowMs) ?? 0) : 0;
    return Math.min(this.maxMs, Math.max(ms, bytesMs));
  }

  /** The same after the answer, of which only now is known how large it is. */
  ofReply({ request, body }: Reply, connection: LiveConnection): number {
    if (this.fetched === null || request.api.key !== fetch.key) return 0;
    const bytes = recordBytesOf(request, body);
    return Math.min(this.maxMs, this.fetched.take(this.nameOf(request, connection), bytes, this.now(connection)));
  }
}
