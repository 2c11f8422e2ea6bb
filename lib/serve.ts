/**
 * Runs a broker as a process: reads server.properties, says where everything is, and stops cleanly on a signal.
 *
 * Called by main.ts only. What a person reads on a terminal is written here; the broker itself only logs.
 */
import { readFileSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type Broker, openBroker } from './broker';
import type { CaptureOptions, Recording } from './capture/capture';
import { checkPlace } from './capture/mrcap/target';
import { warningsOf } from './capture/warnings';
import { type Config, idleKeys, loadConfig, unknownKeys } from './config';
import { hintFor } from './config/hint';
import { listenersOf } from './listeners';
import { createLogger, type Logger } from './logger';
import { paint } from './paint';
import { parseProperties } from './properties';
import { UsageError } from './usage';

/** All traffic is to be recorded. */
export interface WantedRecording {
  /** Path of the file. */
  readonly to: string;
  readonly options: CaptureOptions;
}

/**
 * Serves until a signal comes. Exit codes: 0 after a clean stop, 1 if the broker cannot start or stop.
 * @param overrides `key=value` each, which win over the file
 */
export async function serve(
  file: string | undefined,
  overrides: readonly string[],
  version: string,
  wanted: WantedRecording | null = null,
): Promise<void> {
  const logger = createLogger();
  let broker: Broker | null = null;
  let recording: Recording | null = null;
  try {
    const entries = readEntries(file, overrides);
    const config = loadConfig(entries);
    warnOf(config, logger);
    if (wanted !== null) await checkPlace(wanted.to);
    broker = await openBroker({ config, logger });
    if (wanted !== null) recording = await record(wanted, broker, logger, version);
    await broker.listen();
  } catch (error) {
    fail(error, logger);
    await broker?.close().catch(() => {}); // it never served; the next start recovers what there is
    if (recording !== null) await discard(recording);
    process.exit(1);
  }
  stopOnSignal(broker, recording, logger);
  if (process.stdout.isTTY) process.stdout.write(welcome(broker, version, recording));
  else logger.info({ listeners: broker.endpoints, clusterId: broker.clusterId }, 'Millrace is ready');
}

async function record(
  { to, options }: WantedRecording,
  broker: Broker,
  logger: Logger,
  version: string,
): Promise<Recording> {
  const { capture } = require('./capture/capture') as typeof import('./capture/capture');
  const facts = { millrace: version, cluster: broker.clusterId, node: String(broker.nodeId) };
  const recording = capture(to, { ...options, facts, logger });
  await recording.begun;
  logger.info({ file: recording.recorded.files[0] }, 'recording what clients and this broker say');
  broker.taps.add(recording.taps);
  return recording;
}

/** Nobody is left with the file of a recording that never was. */
async function discard(recording: Recording): Promise<void> {
  const { files, frames } = await recording.close();
  if (frames === 0) for (const file of files) rmSync(file, { force: true });
}

function readEntries(file: string | undefined, overrides: readonly string[]): Map<string, string> {
  const entries = file === undefined ? new Map<string, string>() : parseProperties(readText(file), file);
  for (const override of overrides) {
    const at = override.indexOf('=');
    if (at < 1) throw new UsageError(`--override ${override}: expected key=value`);
    entries.set(override.slice(0, at).trim(), override.slice(at + 1).trim());
  }
  return entries;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a directory' };
    throw new UsageError(`cannot read ${file}: ${reasons[code ?? ''] ?? message}`);
  }
}

/** Keys that do nothing; silence about one that should protect something would be dangerous. */
function warnOf(config: Config, logger: Logger): void {
  for (const key of unknownKeys(config)) {
    const hint = hintFor(key);
    logger.warn(`${key} has no effect${hint === null ? ': neither Kafka nor Millrace knows it' : `: ${hint}`}`);
  }
  for (const key of idleKeys(config)) {
    const protects = /^(authorizer|super\.users|sasl|ssl|listener\.name|delegation|security)/.test(key);
    logger[protects ? 'warn' : 'debug'](`${key} has no effect here: Millrace does not do that yet`);
  }
}

/** Tells a person why there is no broker, a line each; only what nobody foresaw comes with its stack. */
function fail(error: unknown, logger: Logger): void {
  const { name, code, message } = error as NodeJS.ErrnoException;
  const foreseen = ['ConfigError', 'PropertiesError', 'LogDirError', 'DirInUse', 'UsageError'];
  if (code === 'EADDRINUSE') {
    const { port } = error as { port?: number };
    logger.fatal(`port ${port} is taken by another program; --override listeners=PLAINTEXT://:9093 takes another`);
  } else if (foreseen.includes(name) || code !== undefined) {
    for (const line of message.split('\n')) logger.fatal(line.trim());
  } else logger.fatal(error);
}

/** The first signal stops the broker cleanly, a second one at once. */
function stopOnSignal(broker: Broker, recording: Recording | null, logger: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info(`${signal}: answering what is in flight, then stopping`);
    stopped(broker, recording, logger).then(
      () => {
        logger.info('stopped cleanly');
        process.exit(0);
      },
      (error) => {
        logger.fatal(error, 'stopping failed; the next start will recover the logs');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

async function stopped(broker: Broker, recording: Recording | null, logger: Logger): Promise<void> {
  await broker.close();
  if (recording === null) return;
  const all = await recording.close();
  const { error, ...recorded } = all;
  for (const warning of warningsOf(all)) logger.warn(`the recording: ${warning}`);
  if (error === null) logger.info(recorded, 'recorded');
  else logger.error({ ...recorded, err: error }, `the recording ended early: ${error.message}`);
}

/** The first screen: where it listens, where the data and a recording are, and a line to paste. */
function welcome(broker: Broker, version: string, recording: Recording | null): string {
  const { bold, dim } = paint(!process.env['NO_COLOR']);
  const { config, clusterId, nodeId, endpoints } = broker;
  const addresses = endpoints.map(({ host, port }) => `${host}:${port}`);
  // This machine reaches a broker that listens everywhere by a name that needs no resolving.
  const everywhere = listenersOf(config).open.some(({ host }) => host === null);
  const nearest = everywhere ? `localhost:${endpoints[0]!.port}` : addresses[0]!;
  const here = (path: string) => (relative('', path).startsWith('..') ? path : `./${relative('', path)}`);
  const recorded =
    recording === null ? '' : `\n    recording  ${recording.recorded.files[0]} ${dim('(millrace traffic shows it)')}`;
  const example = here(resolve(__dirname, '../../examples/hello.js'));
  return `
  ${bold('Millrace')} ${version} ${dim('· Kafka-compatible, ready')}

    listening  ${bold(nearest)}${addresses.includes(nearest) ? '' : dim(`, for other machines ${addresses.join(', ')}`)}
    data       ${config['log.dirs'].map(here).join(', ')} ${dim(`(cluster ${clusterId}, node ${nodeId})`)}${recorded}
    try it     node ${example.includes(' ') ? `'${example}'` : example} ${nearest}
               ${dim('or:')} echo hello | kcat -P -b ${nearest} -t greetings
               ${dim('   ')} kcat -C -e -b ${nearest} -t greetings

  ${dim('Ctrl-C stops it; nothing acknowledged is lost either way.')}

`;
}
