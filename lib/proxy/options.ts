/**
 * The options of a proxy: refused where they cannot be meant, and completed. Called by create-proxy.ts; pure.
 */
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { type Config, loadConfig } from '../config';
import { type Logger, quietLogger } from '../logger';
import type { Taps } from '../pipeline/seams';
import { checkNames, checkRules, UsageError } from '../usage';
import { type Address, readAddress } from './address';
import { type Connect, connectPlain } from './dial';

/** Those of Kafka's keys that a proxy heeds; they mean what they mean to a broker. */
const configKeys = [
  'socket.request.max.bytes',
  'queued.max.requests',
  'queued.max.request.bytes',
  'millrace.connection.queued.max.request.bytes',
  'millrace.stage.max.ms',
  'max.connections',
  'max.connections.per.ip',
  'max.connections.per.ip.overrides',
  'connections.max.idle.ms',
  'socket.listen.backlog.size',
] as const satisfies readonly (keyof Config)[];

export interface ProxyOptions {
  /** `host:port` of a broker, or of several of one cluster: the first that can be reached is asked. */
  readonly upstream: string | readonly string[];
  /** Where clients come in, as `host:port`. If absent a free port of 127.0.0.1. `0.0.0.0` listens everywhere. */
  readonly listen?: string;
  /** The host that clients are told to connect to. If absent that of `listen`, or this machine's own name. */
  readonly advertisedHost?: string;
  /**
   * The port of the listener for each broker of the upstream. If absent the port of `listen` + 1 + the broker's id, or any
   * free one where that is 0.
   */
  readonly portOf?: (nodeId: number) => number;
  /** Stages of one's own, by the seam where they sit; every connection gets them. */
  readonly taps?: Taps;
  /** Limits under Kafka's keys, such as `{ 'socket.request.max.bytes': 1e6 }`. */
  readonly config?: { readonly [K in (typeof configKeys)[number]]?: string | number };
  /** Opens a stream to a broker, such as one with TLS; a plain socket if absent. */
  readonly connect?: Connect;
  /** The proxy's clock; the real one if absent. */
  readonly scheduler?: SchedulerLike;
  /** A pino logger. If absent nothing but errors is told, or what MILLRACE_LOG_LEVEL asks for. */
  readonly logger?: Logger;
}

export interface CheckedOptions {
  readonly upstream: readonly Address[];
  readonly listen: Address;
  /** null: this machine's own name. */
  readonly advertisedHost: string | null;
  readonly portOf: (nodeId: number) => number;
  readonly taps: Taps;
  readonly config: Config;
  readonly connect: Connect;
  readonly scheduler: SchedulerLike;
  readonly logger: Logger;
}

const optionNames = [
  'upstream',
  'listen',
  'advertisedHost',
  'portOf',
  'taps',
  'config',
  'connect',
  'scheduler',
  'logger',
] satisfies (keyof ProxyOptions)[];

/** @throws UsageError that names what cannot be meant and what is expected; ConfigError for values of `config` */
export function checkOptions(options: ProxyOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null)
    throw new UsageError("createProxy: expected options, such as { upstream: 'localhost:9092' }");
  checkNames('createProxy', options, optionNames);
  const { config = {}, taps = {}, connect = connectPlain } = options;
  const { scheduler = asyncScheduler, logger = quietLogger() } = options;
  checkNames('createProxy: config', config, configKeys);
  checkRules('createProxy', { scheduler, logger });
  for (const name of ['portOf', 'connect'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw new UsageError(`createProxy: ${name}: expected a function`);
  const upstream = [options.upstream].flat() as unknown[];
  if (upstream.length === 0) throw new UsageError('createProxy: upstream: expected at least one host:port');
  const listen = readAddress(options.listen ?? '127.0.0.1:0', 'createProxy: listen');
  const isEverywhere = listen.host === '0.0.0.0' || listen.host === '::';
  return {
    upstream: upstream.map((text) => readAddress(text, 'createProxy: upstream')),
    listen,
    advertisedHost: options.advertisedHost ?? (isEverywhere ? null : listen.host),
    portOf: options.portOf ?? ((nodeId) => (listen.port === 0 ? 0 : listen.port + 1 + nodeId)),
    taps,
    config: loadConfig(config as Record<string, string | number>),
    connect,
    scheduler,
    logger,
  };
}
