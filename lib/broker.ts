/**
 * The broker: builds the services, assembles the stages, and opens and closes everything in order. The only file that
 * knows everybody.
 *
 * `openBroker` opens the log directories, replays the metadata log, registers the broker in it, and loads every partition
 * (recovering those that were not closed cleanly). `listen` opens the listeners. `close` goes the same way back and leaves
 * the mark of a clean shutdown, if all of it went well.
 */
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { apis as allApis } from './apis';
import { type Config, loadConfig, withDynamicConfigs } from './config';
import { ClusterController } from './coordinators/controller';
import { FetchSessions } from './coordinators/fetch-sessions';
import { LocalGroups } from './coordinators/groups';
import { internalTopic } from './coordinators/internal-topics';
import { BlockProducerIds } from './coordinators/producer-ids';
import { register, signOff } from './coordinators/registration';
import type { Levers } from './faults/faults';
import { advertisedHost, type Listeners, listenersOf } from './listeners';
import { createLogger, type Logger } from './logger';
import type { TopicIds } from './pipeline/connection';
import { Connections } from './pipeline/connections';
import type { LiveTaps } from './pipeline/live-taps';
import type { DescribeOptions, PipelinePicture } from './pipeline/picture';
import { router } from './pipeline/router';
import type { Taps } from './pipeline/seams';
import { Server } from './pipeline/server';
import { serverLimits } from './pipeline/server-limits';
import { seatsOf } from './pipeline/taps';
import type { Api } from './protocol/api';
import type { Endpoint } from './protocol/scope';
import type { Services } from './services';
import { LocalAppends } from './storage/appends';
import { type Disk, nodeDisk, unflushedDisk } from './storage/disk';
import { type LogDirs, openLogDirs } from './storage/log-dirs';
import { MetadataLog } from './storage/metadata-log';
import { findOrphans } from './storage/orphans';
import { LocalTopics } from './storage/topics';
import { type NewId, positiveInt } from './uuid';

export interface BrokerOptions {
  readonly config?: Config;
  readonly logger?: Logger;
  /** The broker's clock; all its timers run on it. */
  readonly scheduler?: SchedulerLike;
  /** Stages of one's own, by the seam where they sit; every connection gets them. */
  readonly taps?: Taps;
  /** What is served; all of lib/apis if not given. */
  readonly apis?: readonly Api[];
  /** Makes up random uuids, in the spelling of `java.util.UUID`; the machine does if absent. */
  readonly newId?: NewId;
  /** Tells how long calls to the disk take, ms; the machine's clock if absent. No client sees it. */
  readonly stopwatch?: () => number;
  /** Where logs are written; the machine's own file system if absent. */
  readonly disk?: Disk;
  /** Puts something between the broker and its disk. */
  readonly wrapDisk?: (disk: Disk) => Disk;
  /** Whether data has to survive a crash of the machine; yes if not given. Without it, nothing waits for the device. */
  readonly durable?: boolean;
}

/** What a broker is and does, as plain data. */
export interface BrokerPicture extends PipelinePicture {
  readonly clusterId: string;
  readonly nodeId: number;
  /** When this was so, ms since 1970 by the broker's clock. */
  readonly nowMs: number;
  /** What clients are told to connect to. */
  readonly endpoints: readonly Endpoint[];
}

export interface Broker {
  readonly config: Config;
  /** What handlers reach: for whoever runs the broker in this process and looks at it from inside. */
  readonly services: Services;
  readonly clusterId: string;
  readonly nodeId: number;
  /** What clients are told to connect to; empty before `listen`. */
  readonly endpoints: readonly Endpoint[];
  /** Connections that are open now. */
  readonly connections: number;
  /** Stages that come and go while the broker runs. */
  readonly taps: Pick<LiveTaps, 'add'>;
  readonly levers: Levers;
  /** The live pipeline as plain data, with what each stage has done, and what the broker is. */
  describe(options?: DescribeOptions): BrokerPicture;
  /** Opens the listeners. Rejects with the system's error where a port is taken. */
  listen(): Promise<readonly Endpoint[]>;
  /** Serves one client over any duplex stream. Returns how to end it once everything asked is answered. */
  handle(socket: Duplex, listener?: string): () => void;
  /** Ends every connection to a listener at once, whatever it waits for. */
  cut(): void;
  /** Answers what is in flight, flushes, and lets go of everything. */
  close(): Promise<void>;
}

/** How long connections may take to end when the broker closes. */
const closeGraceMs = 5000;

/**
 * Opens a broker on the log directories of its configuration.
 * @throws UsageError for taps that cannot be meant; LogDirError, DirInUse, or an Error of the metadata log: the message says which directory and why
 */
export async function openBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { logger = createLogger(), scheduler = asyncScheduler } = options;
  // Before anything is opened.
  seatsOf(options.taps ?? {}, 'taps');
  const given = options.config ?? loadConfig();
  const nodeId = given['node.id'];
  const listeners = listenersOf(given);
  const logDirs = await openLogDirs({
    logDirs: given['log.dirs'],
    metadataLogDir: given['metadata.log.dir'],
    nodeId,
    nowMs: scheduler.now(),
    logger,
    newId: options.newId,
  });
  try {
    return await assembleBroker({ ...options, given, nodeId, listeners, logDirs, logger, scheduler });
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

async function assembleBroker(opening: Opening): Promise<Broker> {
  const { given, nodeId, listeners, logDirs, logger, scheduler, stopwatch, newId = randomUUID } = opening;
  const { clusterId, dirs } = logDirs;
  const ownDisk = opening.disk ?? (opening.durable === false ? unflushedDisk : nodeDisk);
  const disk = opening.wrapDisk?.(ownDisk) ?? ownDisk;
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
    disk,
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
    newId,
  });
  const { image } = metadataLog;
  const config = withDynamicConfigs(given, image.configs(4, String(nodeId)), image.configs(4, ''));

  const topics = await LocalTopics.open({ config, nodeId, dirs, scheduler, logger, disk, stopwatch, newId }, image);
  const appends = new LocalAppends({ scheduler });
  const metadata = () => metadataLog.image;
  const groups = new LocalGroups({ topics, appends, scheduler, config, logger, metadata, newId });
  metadataLog.onChange(async (previous, next) => {
    await topics.update(next);
    groups.update(previous, next);
  });
  const controller = new ClusterController({ log: metadataLog, config, nodeId, logger, newId });
  const services: Services = {
    config,
    scheduler,
    logger,
    apis: new Map((opening.apis ?? allApis).map((api) => [api.key, api])),
    clusterId,
    nodeId,
    advertised: (listener) => told.get(listener),
    metadata,
    topics,
    appends,
    controller,
    producerIds: new BlockProducerIds(controller),
    fetchSessions: new FetchSessions({
      maxSessions: config['max.incremental.fetch.session.cache.slots'],
      scheduler,
      randomId: () => positiveInt(newId()),
    }),
    groups,
  };
  const topicIds: TopicIds = {
    nameOf: (id) => metadata().topicsById.get(id)?.name,
    idOf: (name) => metadata().topicsByName.get(name)?.id,
  };
  const connections = new Connections({ ...services, router: router(services), topicIds }, opening.taps ?? {});
  const server = new Server({
    listeners: listeners.open,
    ...serverLimits(config),
    scheduler,
    logger,
    accept: (socket, listener) => connections.handle(socket, listener),
  });

  const stop = async () => {
    // Before the connections: whoever is parked would keep its own open.
    groups.close();
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
    services,
    clusterId,
    nodeId,
    get endpoints() {
      return endpoints;
    },
    get connections() {
      return connections.count;
    },
    taps: connections.taps,
    levers: {
      moveCoordinator: (groupId) => groups.moveCoordinator(groupId),
      moveLeader: (topic, partition) => controller.leadAnew(topic, partition),
      exhaustMemory: (heldBack) => connections.exhaustMemory(heldBack),
    },
    describe: (options) => ({
      ...{ clusterId, nodeId, nowMs: scheduler.now(), endpoints },
      ...connections.describe(options),
    }),
    async listen() {
      for (const { name, port } of await server.listen()) {
        const endpoint = told.get(name);
        if (endpoint?.port === 0) told.set(name, { ...endpoint, port });
      }
      endpoints = [...told.values()];
      return endpoints;
    },
    handle: (socket, listener = listeners.open[0]!.name) => connections.handle(socket, listener),
    cut: () => server.cut(),
    close: () => (closing ??= stop()),
  };
}
