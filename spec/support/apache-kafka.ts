/**
 * Apache Kafka itself, run from its jars: the broker that Millrace is held against.
 *
 * Shows that Kafka opens a directory which Millrace wrote and the other way round, and is the broker that the
 * conformance specs are proved on. `.ci/install-clients` lays the jars down; `KAFKA_LIBS` names another folder of them.
 * What always holds: one node that is broker and controller, loopback only, and a log directory chosen by the caller.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { run, type Service, serve } from './child';
import { freePort, untilAnswering } from './probe';

const checkout = resolve(__dirname, '../..');
const libs = process.env['KAFKA_LIBS'] ?? resolve(checkout, '.cache/kafka-libs');
const programs = resolve(checkout, '.cache/java-programs');
const logging = resolve(checkout, '.ci/kafka/log4j2.properties');

/** What `kafka-storage random-uuid` would have said; every directory formatted here belongs to this cluster. */
export const CLUSTER_ID = 'TWlsbHJhY2VTcGVjaWZpYw';

export type Properties = Record<string, string>;

export interface KafkaOptions {
  /** The log directory. The properties file is laid beside it, as `<logDir>.properties`. */
  logDir: string;
  /** Added to, or put in the place of, what a single node needs anyway. */
  properties?: Properties;
  /** Whether the directory has its voters from the configuration (kraft.version 0), as older Kafka formatted it. */
  staticVoters?: boolean;
}

export interface ApacheKafka {
  /** `host:port` for clients. */
  bootstrap: string;
  /** Kafka's own log so far. */
  output(): string;
  /** Ends it as an operator would (SIGTERM), so that the directory is left with its clean-shutdown mark. */
  stop(): Promise<void>;
  /** SIGKILL: leaves the directory as a crash does. */
  kill(): Promise<void>;
}

/** Null when Kafka can be run here, else what is missing and what brings it. */
export function missingKafka(): string | null {
  if (!existsSync(libs)) return `no Apache Kafka jars in ${libs}; .ci/install-clients brings them`;
  return null;
}

/** Null when the Java programs of the suite can be run here, else what is missing and what brings it. */
export function missingJavaPrograms(): string | null {
  if (!existsSync(programs)) return `no Java programs in ${programs}; .ci/install-clients compiles them`;
  return missingKafka();
}

/** The command that runs one of the suite's own Java programs (spec/conformance/clients/java). */
export function javaCommand(mainClass: string): string[] {
  return ['java', ...jvm('256m'), mainClass];
}

/** Runs one of Kafka's own main classes to its end, for instance `org.apache.kafka.tools.TopicCommand`. */
export async function runKafkaTool(mainClass: string, args: string[], options: Parameters<typeof run>[2] = {}) {
  return await run('java', [...jvm('256m'), mainClass, ...args], options);
}

/**
 * Formats `logDir` as `kafka-storage format --standalone` does.
 * `args` may add flags of it, such as `--release-version 4.0`.
 */
export async function format(options: KafkaOptions, args: string[] = ['--standalone']): Promise<void> {
  const { file } = await layProperties(options);
  await runKafkaTool('kafka.tools.StorageTool', ['format', '-t', CLUSTER_ID, '-c', file, ...args]);
}

/** Starts Kafka on a formatted directory and waits until it answers; rejects with its log when it does not. */
export async function startKafka(options: KafkaOptions): Promise<ApacheKafka> {
  const { file, bootstrap } = await layProperties(options);
  const service: Service = serve('java', [...jvm('512m'), '-Dkafka.log.level=INFO', 'kafka.Kafka', file]);
  await untilAnswering(bootstrap, service);
  return { bootstrap, output: service.output, stop: () => service.stop(), kill: service.kill };
}

/** What `kafka-dump-log` prints of `.log`, `.index`, `.timeindex`, `.snapshot` or metadata files, records included. */
export async function dumpLog(files: string[], args: string[] = ['--print-data-log']): Promise<string> {
  const output = await runKafkaTool('org.apache.kafka.tools.DumpLogSegments', [...args, '--files', files.join(',')]);
  return output.stdout.toString();
}

/** A JVM that starts quickly rather than runs fast: these processes live for seconds. */
function jvm(heapMax: string): string[] {
  const quick = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', `-Xmx${heapMax}`];
  return [
    ...quick,
    `-Dlog4j2.configurationFile=${logging}`,
    '-Djava.awt.headless=true',
    '-cp',
    `${programs}:${libs}/*`,
  ];
}

async function layProperties({
  logDir,
  properties = {},
  staticVoters = false,
}: KafkaOptions): Promise<{ file: string; bootstrap: string }> {
  const [port, controllerPort] = [await freePort(), await freePort()];
  const bootstrap = `127.0.0.1:${port}`;
  const file = `${logDir}.properties`;
  const all: Properties = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    ...(staticVoters
      ? { 'controller.quorum.voters': `1@127.0.0.1:${controllerPort}` }
      : { 'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}` }),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    listeners: `PLAINTEXT://${bootstrap},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${bootstrap},CONTROLLER://127.0.0.1:${controllerPort}`,
    'log.dirs': logDir,
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // after a crash, a node is let in again when the session of its former self has run out
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    ...properties,
  };
  const lines = Object.entries(all).map(([key, value]) => `${key}=${value}\n`);
  await writeFile(file, lines.join(''));
  return { file, bootstrap };
}
