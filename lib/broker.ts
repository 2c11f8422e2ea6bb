/**
 * The broker: builds the services, assembles the stages, and opens and closes everything in order. The only file that
 * knows everybody.
 *
 * `createBroker` opens the log directories, replays the metadata log, registers the broker in it, and loads every partition
 * (recovering those that were not closed cleanly). `listen` opens the listeners. `close` goes the same way back and leaves
 * the mark of a clean shutdown, if all of it went well.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { apis as allApis } from './apis';
import { type Config, loadConfig, withDynamicConfigs } from './config';
import { readIpLimits } from './config/checks';
import { ClusterController } from './coordinators/controller';
import { FetchSessions } from './coordinators/fetch-sessions';
import { internalTopic } from './coordinators/internal-topics';
import { BlockProducerIds } from './coordinators/producer-ids';
import { register, signOff } from './coordinators/registration';
import { Hangup } from './errors';
import { advertisedHost, type Listeners, listenersOf } from './listeners';
import { createLogger, type Logger } from './logger';
import { assemble, type Core, stagesOf } from './pipeline/assemble';
import { Budget } from './pipeline/budget';
import { LiveConnection } from './pipeline/connection';
import { decoder } from './pipeline/decoder';
import { encoder } from './pipeline/encoder';
import { framer } from './pipeline/framer';
import { handler } from './pipeline/handler';
import { router } from './pipeline/router';
import type { Taps } from './pipeline/seams';
import { addressOf, Server } from './pipeline/server';
import type { Api } from './protocol/api';
import type { Endpoint } from './protocol/scope';
import type { Services } from './services';
import { LocalAppends } from './storage/appends';
import { type LogDirs, openLogDirs } from './storage/log-dirs';
import { MetadataLog } from './storage/metadata-log';
import { findOrphans } from './storage/orphans';
import { LocalTopics } from './storage/topics';

export interface BrokerOptions {
  readonly config?: Config;
  readonly logger?: Logger;
  /** The broker's clock; all its timers run on it. */
  readonly scheduler?: SchedulerLike;
  /** Stages of one's own, by the seam where they sit; every connection gets them. */
  readonly taps?: Taps;
  /** What is served; all of lib/apis if not given. */
  readonly apis?: readonly Api[];
}

export interface Broker {
  readonly config: Config;
  readonly clusterId: string;
  readonly nodeId: number;
  /** What clients are told to connect to; empty before `listen`. */
  readonly endpoints: readonly Endpoint[];
  /** Connections that are open now. */
  readonly connections: number;
  /** Opens the listeners. Rejects with the system's error where a port is taken. */
  listen(): Promise<readonly Endpoint[]>;
  /** Serves one client over any duplex stream. Returns how to end it once everything asked is answered. */
  handle(socket: Duplex, listener?: string): () => void;
  /** Answers what is in flight, flushes, and lets go of everything. */
  close(): Promise<void>;
}

/** How long connections may take to end when the broker closes. */
const closeGraceMs = 5000;

/**
 * Opens a broker on the log directories of its configuration.
 * @throws LogDirError, DirInUse, or an Error of the metadata log: the message says which directory and why
 */
export async function createBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { logger = createLogger(), scheduler = asyncScheduler } = options;
  const given = options.config ?? loadConfig();
  const nodeId = given['node.id'];
  const listeners = listenersOf(given);
  const logDirs = await openLogDirs({
    logDirs: given['log.dirs'],
    metadataLogDir: given['metadata.log.dir'],
    nodeId,
    nowMs: scheduler.now(),
    logger,
  });
  try {
    return await openBroker({ ...options, given, nodeId, listeners, logDirs, logger, scheduler });
  } catch (error) {
    await logDirs.close(null);
    throw error;
  }
}

interface Opening extends BrokerOptions {
  readonly given: Config;
  readonly nodeId: number;
  readonly listeners: Listeners;
  readonly logDirs: LogDirs;
  readonly logger: Logger;
  readonly scheduler: SchedulerLike;
}

async function openBroker(opening: Opening): Promise<Broker> {
  const { given, nodeId, listeners, logDirs, logger, scheduler } = opening;
  const { clusterId, dirs } = logDirs;
  const controllerEndpoints = listeners.controllers.map(({ name, host, port }) => ({
    name,
    host: host ?? 'localhost',
    port,
  }));
  const metadataLog = MetadataLog.open({
    logDir: logDirs.metadataDir,
    nodeId,
    controllerEndpoints,
    segmentMaxBytes: given['metadata.log.segment.bytes'],
    scheduler,
    logger,
  });
  const told = new Map<string, Endpoint>();
  for (const listener of listeners.advertised.values())
    told.set(listener.name, { listener: listener.name, host: await advertisedHost(listener), port: listener.port });

  const plaintext = ({ listener: name, host, port }: Endpoint) => ({ name, host, port, securityProtocol: 0 });
  const { brokerEpoch } = await register(metadataLog, {
    nodeId,
    rack: given['broker.rack'],
    // A port that only the system will choose is not known yet; who reads the log later registers anew anyway.
    endpoints: [...told.values()].map(plaintext),
    controllerEndpoints: controllerEndpoints.map((endpoint) => ({ ...endpoint, securityProtocol: 0 })),
    directoryIds: dirs.map(({ id }) => id),
    minInsyncReplicas: given['min.insync.replicas'],
    orphans: () =>
      findOrphans(dirs, logger).map((topic) => ({
        ...topic,
        configs: internalTopic(topic.name, given)?.configs ?? [],
      })),
    logger,
  });
  const { image } = metadataLog;
  const config = withDynamicConfigs(given, image.configs(4, String(nodeId)), image.configs(4, ''));

  const topics = await LocalTopics.open({ config, nodeId, dirs, scheduler, logger }, image);
  metadataLog.onChange((_previous, next) => topics.update(next));
  const appends = new LocalAppends({ scheduler });
  const controller = new ClusterController({ log: metadataLog, config, nodeId, logger });
  const services: Services = {
    config,
    scheduler,
    logger,
    apis: new Map((opening.apis ?? allApis).map((api) => [api.key, api])),
    clusterId,
    nodeId,
    advertised: (listener) => told.get(listener),
    metadata: () => metadataLog.image,
    topics,
    appends,
    controller,
    producerIds: new BlockProducerIds(controller),
    fetchSessions: new FetchSessions({ maxSessions: config['max.incremental.fetch.session.cache.slots'], scheduler }),
  };
  const connections = new Connections(services, opening.taps ?? {});
  const limits = readIpLimits(config['max.connections.per.ip.overrides']);
  const server = new Server({
    listeners: listeners.open,
    backlog: config['socket.listen.backlog.size'],
    maxConnections: config['max.connections'],
    maxConnectionsPerIp: (address) => limits.get(address) ?? config['max.connections.per.ip'],
    maxIdleMs: config['connections.max.idle.ms'],
    scheduler,
    logger,
    accept: (socket, listener) => connections.handle(socket, listener),
  });

  const stop = async () => {
    connections.endGently();
    await server.close(closeGraceMs);
    const isComplete = await topics.close();
    await signOff(metadataLog, nodeId);
    await metadataLog.close();
    await logDirs.close(isComplete ? { brokerEpoch } : null);
  };
  let endpoints: readonly Endpoint[] = [];
  let closing: Promise<void> | null = null;
  return {
    config,
    clusterId,
    nodeId,
    get endpoints() {
      return endpoints;
    },
    get connections() {
      return connections.count;
    },
    async listen() {
      for (const { name, port } of await server.listen()) {
        const endpoint = told.get(name);
        if (endpoint?.port === 0) told.set(name, { ...endpoint, port });
      }
      endpoints = [...told.values()];
      return endpoints;
    },
    handle: (socket, listener = listeners.open[0]!.name) => connections.handle(socket, listener),
    close: () => (closing ??= stop()),
  };
}

/** Makes a pipeline of every connection; all of them share the stages' factories and the broker's budget. */
class Connections {
  private readonly services: Services;
  private readonly stages: ReturnType<typeof stagesOf>;
  private readonly budget: Budget;
  private readonly open = new Map<Duplex, () => void>();
  private lastId = 0;

  constructor(services: Services, taps: Taps) {
    const { config, scheduler, logger, apis } = services;
    const core: Core = {
      framer: framer({ maxBytes: config['socket.request.max.bytes'], now: () => scheduler.now() }),
      decoder: decoder({ apis, logger }),
      router: router(services),
      handler: handler({ maxInFlight: config['queued.max.requests'], logger }),
      encoder: encoder({ logger, isLast: (taps.outbound ?? []).length === 0 }),
    };
    this.services = services;
    this.stages = stagesOf(core, taps);
    this.budget = new Budget(config['queued.max.request.bytes'], scheduler);
  }

  handle(socket: Duplex, listener: string): () => void {
    const { config, logger } = this.services;
    const connection = new LiveConnection({
      id: ++this.lastId,
      listener,
      remoteAddress: 'remoteAddress' in socket ? addressOf(socket as Socket) : '',
      budget: this.budget,
      maxQueuedBytes: config['millrace.connection.queued.max.request.bytes'],
    });
    logger.debug({ connection: connection.id, address: connection.remoteAddress, listener }, 'connected');
    const endGently = assemble(socket, connection, this.stages, (error) => {
      this.open.delete(socket);
      const who = { connection: connection.id, address: connection.remoteAddress };
      if (error instanceof Hangup) logger.warn(who, `connection closed: ${error.message}`);
      else if (error !== null && !isLost(error)) logger.error({ ...who, err: error }, 'connection closed by an error');
      else logger.debug(who, error === null ? 'disconnected' : `disconnected: ${error.message}`);
    });
    this.open.set(socket, endGently);
    return endGently;
  }

  get count(): number {
    return this.open.size;
  }

  /** Lets every connection end once it has its answers. Streams that were handed in are not waited for. */
  endGently(): void {
    for (const endGently of [...this.open.values()]) endGently();
  }
}

/** What happens to every connection sooner or later: the other side is gone. */
function isLost(error: NodeJS.ErrnoException): boolean {
  return ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ETIMEDOUT'].includes(error.code ?? '');
}
