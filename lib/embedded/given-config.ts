/**
 * The configuration of an embedded broker, of what a program has given. Called by create-broker.ts.
 *
 * What always holds: an object with a key that neither Kafka nor Millrace has is refused (a file may hold keys for
 * others, an object in a program only misspelt ones); and only a broker that was given no directory gets one of its own.
 */
import { type Config, ConfigError, loadConfig, unknownKeys } from '../config';
import { hintFor } from '../config/hint';
import { origin } from '../config/origin';

/** A value of a key: as in server.properties, or a list in place of commas. What is undefined counts as not given. */
export type ConfigValue = string | number | boolean | readonly string[] | undefined;

export type GivenConfig = Config | ReadonlyMap<string, string> | Readonly<Record<string, ConfigValue>>;

/**
 * @param tempDir makes a directory; called only where the broker is to have one of its own
 * @throws ConfigError naming every key and value that cannot be used
 */
export function configOf(given: GivenConfig, tempDir: () => string): Config {
  if (isLoaded(given)) return given;
  const entries = given instanceof Map ? Object.fromEntries(given) : withoutLists(given);
  const asWritten = loadConfig(given instanceof Map ? given : entries);
  if (!(given instanceof Map)) refuseUnknown(asWritten);
  const hasListeners = 'listeners' in entries;
  const hasDir = 'log.dirs' in entries || 'log.dir' in entries;
  if (hasListeners && hasDir) return asWritten;
  if (!hasListeners) entries['listeners'] = 'PLAINTEXT://127.0.0.1:0';
  if (!hasDir) entries['log.dirs'] = tempDir();
  return loadConfig(entries);
}

/** Whether `configOf` takes it as it is. */
function isLoaded(given: GivenConfig): given is Config {
  return origin in given;
}

function withoutLists(given: object): Record<string, string | number | boolean> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]));
}

function refuseUnknown(config: Config): void {
  const faults = unknownKeys(config).map((key) => {
    const hint = hintFor(key);
    return { key, line: null, message: `${key}: ${hint ?? 'neither Kafka nor Millrace has such a key'}` };
  });
  if (faults.length > 0) throw new ConfigError(faults, null);
}
