/**
 * The partition directories below one log directory: finds them at the start, makes, sets aside and removes them, and
 * keeps the offset checkpoints. Called by topics.ts and upkeep.ts; knows nothing of topics but names and ids.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config';
import type { Logger } from '../logger';
import type { NewId } from '../uuid';
import { checkpointNames, formatOffsetCheckpoint, parseOffsetCheckpoint } from './checkpoints';
import { type Disk, nodeDisk } from './disk';
import { IndexCache } from './index-file';
import type { LogContext } from './log';
import { type LogDir, metadataLogName } from './log-dirs';
import { Pace } from './pace';
import { type DirMark, markedDirName, parsePartitionDir, partitionDirName } from './partition-dir';
import { formatPartitionMetadata, parsePartitionMetadata } from './partition-metadata';
import { readIfThere, replaceFile } from './small-file';
import { OpenFiles } from './stored-file';

/** The directory of one partition, wherever it is now. */
export interface PartitionPath {
  path: string;
}

/** A partition directory that was found at the start. */
export interface FoundPartition {
  readonly topic: string;
  readonly partition: number;
  /** From partition.metadata; null if that says none. */
  readonly topicId: string | null;
  /** Whether partition.metadata is there, but broken: a crash of the machine can leave it empty. */
  readonly isUnreadable: boolean;
}

const scanWindowBytes = 1024 * 1024;

type CheckpointKind = keyof typeof checkpointNames;

export class PartitionDirs {
  readonly dir: LogDir;
  readonly context: LogContext;
  /** Partitions that live here. */
  count = 0;
  private readonly logger: Logger;
  private readonly newId: NewId | undefined;
  private readonly written = new Map<CheckpointKind, string>();

  constructor(dir: LogDir, context: LogContext, logger: Logger, newId?: NewId) {
    this.newId = newId;
    this.dir = dir;
    this.context = context;
    this.logger = logger;
  }

  /** Directories of live partitions, and paths of those that a deletion left behind. Others are reported and left. */
  find(): { readonly partitions: FoundPartition[]; readonly deleted: string[] } {
    const partitions: FoundPartition[] = [];
    const deleted: string[] = [];
    for (const entry of fs.readdirSync(this.dir.path, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === metadataLogName || /^(\.|lost\+found$)/.test(entry.name)) continue;
      const path = join(this.dir.path, entry.name);
      const name = parsePartitionDir(entry.name);
      if (name === null) this.logger.warn({ path }, 'not the directory of a partition: left alone');
      else if (name.mark === 'delete') deleted.push(path);
      else if (name.mark !== null) this.logger.warn({ path }, `directory is marked as ${name.mark}: left alone`);
      else partitions.push(this.found(name.topic, name.partition));
    }
    return { partitions, deleted };
  }

  private found(topic: string, partition: number): FoundPartition {
    try {
      const text = readIfThere(join(this.pathOf(topic, partition), 'partition.metadata'))?.toString();
      const topicId = text === undefined ? null : parsePartitionMetadata(text);
      return { topic, partition, topicId, isUnreadable: text !== undefined && topicId === null };
    } catch (error) {
      this.logger.error({ err: error, topic, partition }, 'cannot read partition.metadata');
      return { topic, partition, topicId: null, isUnreadable: true };
    }
  }

  pathOf(topic: string, partition: number): string {
    return join(this.dir.path, partitionDirName(topic, partition));
  }

  /** Whether nothing was ever written to the partition. */
  isEmpty(topic: string, partition: number): boolean {
    const path = this.pathOf(topic, partition);
    return fs.readdirSync(path).every((name) => !name.endsWith('.log') || fs.statSync(join(path, name)).size === 0);
  }

  /** Makes the directory of a new partition, or says whose it is. */
  make(topic: string, partition: number, topicId: string): PartitionPath {
    const path = this.pathOf(topic, partition);
    fs.mkdirSync(path);
    this.label(path, topicId);
    return { path };
  }

  /** Writes which topic a directory belongs to. */
  label(path: string, topicId: string): void {
    fs.writeFileSync(join(path, 'partition.metadata'), formatPartitionMetadata(topicId));
  }

  /** Renames a partition's directory, so that it is not taken for a live one. */
  setAside(topic: string, partition: number, directory: PartitionPath, mark: DirMark): void {
    const path = join(this.dir.path, markedDirName(topic, partition, mark, this.newId));
    fs.renameSync(directory.path, path);
    directory.path = path;
  }

  /** The offsets of a checkpoint by `topic-partition`; none if it is missing or broken. */
  readCheckpoint(kind: CheckpointKind): ReadonlyMap<string, number> {
    const path = join(this.dir.path, checkpointNames[kind]);
    const text = readIfThere(path)?.toString() ?? '';
    const offsets = parseOffsetCheckpoint(text);
    if (offsets === null) this.logger.warn({ path }, 'checkpoint is broken: going on without it');
    return offsets ?? new Map();
  }

  /** Replaces a checkpoint, unless it says the same already; resolves once it is on the device. */
  async writeCheckpoint(kind: CheckpointKind, offsets: Iterable<readonly [string, number]>): Promise<void> {
    const text = formatOffsetCheckpoint(offsets);
    if (this.written.get(kind) === text) return;
    await replaceFile(join(this.dir.path, checkpointNames[kind]), text);
    this.written.set(kind, text);
  }
}

/** What may come from elsewhere than from the machine. */
export interface HomesOptions {
  readonly disk?: Disk;
  /** Tells how long calls to the disk take, ms. */
  readonly stopwatch?: () => number;
  readonly newId?: NewId;
}

/** One for each log directory. Their logs share descriptors, index cache and scan window; each disk has its own pace. */
export function openHomes(
  dirs: readonly LogDir[],
  config: Config,
  logger: Logger,
  { disk = nodeDisk, stopwatch, newId }: HomesOptions = {},
): readonly PartitionDirs[] {
  const shared = {
    files: new OpenFiles(disk, config['millrace.open.files.max']),
    indexCache: new IndexCache(config['millrace.index.cache.max.bytes']),
    scanWindow: Buffer.allocUnsafeSlow(scanWindowBytes),
  };
  return dirs.map((dir) => new PartitionDirs(dir, { ...shared, pace: new Pace(stopwatch) }, logger, newId));
}

/** Where a new partition goes: into the directory with the id that it was assigned, else into the one with the fewest. */
export function homeFor(homes: readonly PartitionDirs[], assignedId: string | undefined): PartitionDirs {
  const assigned = homes.find(({ dir }) => dir.id === assignedId);
  return assigned ?? homes.reduce((fewest, other) => (other.count < fewest.count ? other : fewest));
}
