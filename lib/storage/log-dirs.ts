/**
 * The directories of `log.dirs`: opens them for one broker, formats those that are empty, and checks that they belong
 * together (`kafka-storage format`, org.apache.kafka.metadata.properties). Called by broker.ts before all other storage.
 *
 * What always holds between `openLogDirs` and `close`: no other broker has any of the directories, each has its own id,
 * all have the same cluster and node, and none holds the mark of a clean shutdown.
 *
 * Not done: going on without a directory that cannot be used; Kafka does if another one is left.
 */
import fs from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from '../logger';
import { type NewId, randomUuid } from '../uuid';
import { type CleanShutdown, leaveCleanShutdown, takeCleanShutdown } from './clean-shutdown';
import { type DirLock, lockDir } from './dir-lock';
import { type MetaProperties, metaPropertiesName, readMetaProperties, writeMetaProperties } from './meta-properties';

export interface LogDirsOptions {
  readonly logDirs: readonly string[];
  /** Where the metadata log is; usually one of logDirs. */
  readonly metadataLogDir: string;
  readonly nodeId: number;
  readonly nowMs: number;
  readonly logger: Logger;
  /** Makes up ids of clusters and directories; the machine does if absent. */
  readonly newId?: NewId;
}

export interface LogDir {
  /** Absolute path. */
  readonly path: string;
  /** Directory id, 22 characters of base64url. */
  readonly id: string;
  /** What the broker before left when it stopped cleanly; null: its logs are to be recovered. */
  readonly cleanShutdown: CleanShutdown | null;
}

export interface LogDirs {
  /** Directories for partitions, in the order of the configuration. */
  readonly dirs: readonly LogDir[];
  /** The one that holds the metadata log. */
  readonly metadataDir: LogDir;
  readonly clusterId: string;
  readonly nodeId: number;
  /** Lets other brokers have the directories; with `clean`, everything in them is on the device and they say so. */
  close(clean: CleanShutdown | null): Promise<void>;
}

/** A log directory that cannot be used; the message names it and says why. */
export class LogDirError extends Error {
  override readonly name = 'LogDirError';
}

/** Directory of the metadata log within a log directory. */
export const metadataLogName = '__cluster_metadata-0';

/**
 * Opens the directories, making those that are missing.
 * @throws LogDirError, or DirInUse when another broker has one of them
 */
export async function openLogDirs(options: LogDirsOptions): Promise<LogDirs> {
  const paths = options.logDirs.map((dir) => resolve(dir));
  const repeated = paths.find((path, i) => paths.indexOf(path) < i);
  if (repeated !== undefined) throw new LogDirError(`log.dirs names ${repeated} more than once`);
  const metadataPath = resolve(options.metadataLogDir);
  const all = [...new Set([metadataPath, ...paths])];
  const locks: DirLock[] = [];
  const release = () => {
    for (const lock of locks.splice(0)) lock.release();
  };
  try {
    for (const path of all) {
      attempt(path, 'cannot be made', () => fs.mkdirSync(path, { recursive: true }));
      locks.push(attempt(path, 'cannot be written', () => lockDir(path)));
    }
    refuseMetadataElsewhere(all, metadataPath);
    const { clusterId, ids } = await identities(all, options);
    const dirs = new Map(
      all.map((path) => [path, { path, id: ids.get(path)!, cleanShutdown: takeCleanShutdown(path) }]),
    );
    return {
      dirs: paths.map((path) => dirs.get(path)!),
      metadataDir: dirs.get(metadataPath)!,
      clusterId,
      nodeId: options.nodeId,
      close: async (clean) => {
        try {
          if (clean !== null) for (const path of all) await leaveCleanShutdown(path, clean);
        } finally {
          release();
        }
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** Says of a system error which directory it concerns. */
function attempt<T>(path: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explained(path, what, error);
  }
}

function explained(path: string, what: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return error;
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EROFS: 'the file system is read-only',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOTDIR: 'part of the path is a file',
    EEXIST: 'it is a file',
  };
  const reason = reasons[code] ?? (error as Error).message;
  return new LogDirError(`log directory ${path} ${what}: ${reason} (${code})`, { cause: error });
}

function refuseMetadataElsewhere(all: readonly string[], metadataPath: string): void {
  for (const path of all) {
    if (path === metadataPath || !fs.existsSync(join(path, metadataLogName))) continue;
    throw new LogDirError(`${join(path, metadataLogName)} is not in metadata.log.dir, which is ${metadataPath}`);
  }
}

/** Reads who the directories are, checks that it fits, and names those that have no name yet. */
async function identities(all: readonly string[], { nodeId, nowMs, logger, newId }: LogDirsOptions) {
  const found = new Map(all.map((path) => [path, readMetaProperties(path)]));
  const known = [...found].filter((entry): entry is [string, MetaProperties] => entry[1] !== null);
  const clusterId = known[0]?.[1].clusterId ?? randomUuid(newId);
  const ids = new Map<string, string>();
  for (const [path, meta] of known) {
    const file = join(path, metaPropertiesName);
    if (meta.clusterId !== clusterId)
      throw new LogDirError(`${file} is of cluster ${meta.clusterId}, that in ${known[0]![0]} of ${clusterId}`);
    if (meta.nodeId !== nodeId) throw new LogDirError(`${file} is of node ${meta.nodeId}, but node.id is ${nodeId}`);
    if (meta.directoryId === null) continue;
    const twin = [...ids].find(([, id]) => id === meta.directoryId);
    if (twin) throw new LogDirError(`${path} and ${twin[0]} have the same directory.id ${meta.directoryId}`);
    ids.set(path, meta.directoryId);
  }
  for (const path of all) {
    if (ids.has(path)) continue;
    if (found.get(path) === null) refuseForeign(path);
    const directoryId = randomUuid(newId);
    ids.set(path, directoryId);
    try {
      await writeMetaProperties(path, { clusterId, nodeId, directoryId }, nowMs);
    } catch (error) {
      throw explained(path, 'cannot be written', error);
    }
    logger.info(`formatted log directory ${path} for node ${nodeId} of cluster ${clusterId}`);
  }
  return { clusterId, ids };
}

/** What formatting may find in a directory: nothing but marks, and what a format that was cut short has left. */
function refuseForeign(path: string): void {
  const foreign = fs
    .readdirSync(path)
    .find((name) => !/^(\..*|lost\+found|.*\.tmp|bootstrap\.checkpoint|__cluster_metadata-0)$/.test(name));
  if (foreign === undefined) return;
  throw new LogDirError(
    `log directory ${path} has no ${metaPropertiesName} and is not empty (it has ${foreign}): not a directory of a broker`,
  );
}
