/**
 * Topics whose directories are there while the metadata log that knew of them is not: what a lost log, or a tool that
 * never wrote one, leaves behind. Called by registration.ts when a log begins, which then takes them in. (Kafka would set
 * such directories aside as stray.)
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../logger';
import * as batch from '../records/batch';
import { isLegalTopicName } from '../topic-names';
import { LeaderEpochs } from './leader-epochs';
import type { LogDir } from './log-dirs';
import { metadataLogName } from './log-dirs';
import { parsePartitionDir } from './partition-dir';
import { parsePartitionMetadata } from './partition-metadata';
import { readIfThere } from './small-file';

export interface OrphanPartition {
  readonly directoryId: string;
  /** Latest epoch that the directory knows of; 0 if it says nothing. */
  readonly leaderEpoch: number;
}

export interface OrphanTopic {
  readonly name: string;
  readonly id: string;
  readonly partitions: ReadonlyMap<number, OrphanPartition>;
}

/** Every topic that directories name with a `partition.metadata`; of two that do not fit, the first one found counts. */
export function findOrphans(dirs: readonly Pick<LogDir, 'path' | 'id'>[], logger: Logger): OrphanTopic[] {
  const topics = new Map<string, { id: string; partitions: Map<number, OrphanPartition> }>();
  for (const dir of dirs) {
    for (const entry of fs.readdirSync(dir.path, { withFileTypes: true })) {
      const named = entry.isDirectory() && entry.name !== metadataLogName ? parsePartitionDir(entry.name) : null;
      if (named === null || named.mark !== null || !isLegalTopicName(named.topic)) continue;
      const path = join(dir.path, entry.name);
      const text = readIfThere(join(path, 'partition.metadata'))?.toString('latin1');
      const id = text === undefined ? null : parsePartitionMetadata(text);
      const topic = topics.get(named.topic) ?? { id: id ?? '', partitions: new Map() };
      if (id === null || id !== topic.id || topic.partitions.has(named.partition)) {
        logger.warn(
          `${path} is left alone: ${id === null ? 'it does not say of which topic it is' : 'there is another'}`,
        );
        continue;
      }
      topic.partitions.set(named.partition, { directoryId: dir.id, leaderEpoch: latestEpoch(path) });
      topics.set(named.topic, topic);
    }
  }
  return [...topics].map(([name, topic]) => ({ name, ...topic }));
}

/** By the epoch checkpoint, else by the first batch of the newest segment. */
function latestEpoch(path: string): number {
  const checkpoint = readIfThere(join(path, 'leader-epoch-checkpoint'))?.toString('latin1') ?? '';
  const latest = LeaderEpochs.parse(checkpoint).latest;
  if (latest !== undefined) return latest.epoch;
  const logs = fs.readdirSync(path).filter((name) => /^\d{20}\.log$/.test(name));
  const newest = logs.sort().findLast((name) => fs.statSync(join(path, name)).size >= batch.headerBytes);
  if (newest === undefined) return 0;
  const header = Buffer.alloc(batch.headerBytes);
  const fd = fs.openSync(join(path, newest), 'r');
  try {
    fs.readSync(fd, header, 0, header.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  return Math.max(0, batch.partitionLeaderEpoch(header));
}
