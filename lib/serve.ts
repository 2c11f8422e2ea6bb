/**
 * Runs a broker as a process: reads server.properties, says where everything is, and stops cleanly on a signal.
 *
 * Called by main.ts only. What a person reads on a terminal is written here; the broker itself only logs.
 */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type Broker, createBroker } from './broker';
import { type Config, ConfigError, idleKeys, loadConfig, unknownKeys } from './config';
import { hintFor } from './config/hint';
import { createLogger, type Logger } from './logger';
import { parseProperties } from './properties';

/**
 * Serves until a signal comes. Exit codes: 0 after a clean stop, 1 if the broker cannot start or stop.
 * @param overrides `key=value` each, which win over the file
 */
export async function serve(file: string | undefined, overrides: readonly string[], version: string): Promise<void> {
  const logger = createLogger();
  let broker: Broker;
  try {
    const config = loadConfig(readEntries(file, overrides));
    warnOf(config, logger);
    broker = await createBroker({ config, logger });
    await broker.listen();
  } catch (error) {
    fail(error, logger);
    return;
  }
  stopOnSignal(broker, logger);
  if (process.stdout.isTTY) process.stdout.write(welcome(broker, version));
  else logger.info({ listeners: broker.endpoints, clusterId: broker.clusterId }, 'Millrace is ready');
}

function readEntries(file: string | undefined, overrides: readonly string[]): Map<string, string> {
  const entries = file === undefined ? new Map<string, string>() : parseProperties(readFileSync(file, 'utf8'), file);
  for (const override of overrides) {
    const at = override.indexOf('=');
    if (at < 1) throw new UsageError(`--override ${override}: expected key=value`);
    entries.set(override.slice(0, at).trim(), override.slice(at + 1).trim());
  }
  return entries;
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

class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Tells a person why there is no broker; only what nobody foresaw comes with its stack. */
function fail(error: unknown, logger: Logger): void {
  process.exitCode = 1;
  const { name, code, message } = error as NodeJS.ErrnoException & { port?: number; path?: string };
  const foreseen = ['ConfigError', 'PropertiesError', 'LogDirError', 'DirInUse', 'MetadataLogError', 'UsageError'];
  if (code === 'EADDRINUSE') {
    const { port } = error as { port?: number };
    logger.fatal(
      `port ${port} is taken by another program; another one can be set with --override listeners=PLAINTEXT://:9093`,
    );
  } else if (error instanceof ConfigError || foreseen.includes(name) || code !== undefined) logger.fatal(message);
  else logger.fatal(error);
}

/** The first signal stops the broker cleanly, a second one at once. */
function stopOnSignal(broker: Broker, logger: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info(`${signal}: answering what is in flight, then stopping`);
    broker.close().then(
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

/** The first screen: where it listens, where the data is, and a line to paste. */
function welcome(broker: Broker, version: string): string {
  const bold = (text: string) => `\x1b[1m${text}\x1b[22m`;
  const dim = (text: string) => `\x1b[2m${text}\x1b[22m`;
  const addresses = broker.endpoints.map(({ host, port }) => `${host}:${port}`);
  const here = (path: string) => (relative('', path).startsWith('..') ? path : `./${relative('', path)}`);
  const example = here(resolve(__dirname, '../../examples/hello.js'));
  const { config, clusterId, nodeId } = broker;
  return `
  ${bold('Millrace')} ${version} ${dim('· Kafka-compatible, ready')}

    listening  ${bold(addresses.join(', '))}
    data       ${config['log.dirs'].map(here).join(', ')} ${dim(`(cluster ${clusterId}, node ${nodeId})`)}
    try it     node ${example} ${addresses[0]}
               ${dim('or:')} echo hello | kcat -P -b ${addresses[0]} -t greetings
               ${dim('   ')} kcat -C -e -b ${addresses[0]} -t greetings

  ${dim('Ctrl-C stops it; nothing acknowledged is lost either way.')}

`;
}
