/**
 * Metadata logs for specs: those of Apache Kafka from the fixtures, and new ones, in directories that are gone afterwards.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { VirtualTimeScheduler } from 'rxjs';
import type { Logger } from '../../lib/logger';
import { applyRecords } from '../../lib/storage/metadata-fold';
import { stored } from '../../lib/storage/metadata-frame';
import { emptyImage, type MetadataImage } from '../../lib/storage/metadata-image';
import { MetadataLog, type MetadataLogOptions } from '../../lib/storage/metadata-log';
import type { MetadataDraft } from '../../lib/storage/metadata-records';
import { type Manifest, readManifest, referenceNames, unpack as unpackAll } from './reference-logdirs';

/** What Kafka served from a directory that it wrote, as far as the metadata log says it. */
interface Served {
  readonly features: Readonly<Record<string, number>>;
  readonly configs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly clientQuotas: readonly { readonly values: object }[];
  readonly acls: readonly object[] | { readonly error: string };
}

export const kafkaLogs = referenceNames;

/** What Kafka served from one of its directories. */
export function servedFrom(name: string): Manifest['served'] & Served {
  return readManifest(name).served as Manifest['served'] & Served;
}

/** Puts the metadata part of one of Kafka's log directories into an empty directory. */
export function unpack(name: string, dir: string): void {
  const unpacked = unpackAll(readManifest(name));
  try {
    for (const part of ['__cluster_metadata-0', 'meta.properties', 'bootstrap.checkpoint']) {
      const from = join(unpacked.logDir, part);
      if (fs.existsSync(from)) fs.cpSync(from, join(dir, part), { recursive: true });
    }
  } finally {
    unpacked.remove();
  }
}

/** Runs with a new empty directory, which is removed afterwards. */
export async function inTempDir<T>(action: (dir: string) => T | Promise<T>): Promise<T> {
  const dir = fs.mkdtempSync(join(tmpdir(), 'millrace-metadata-'));
  try {
    return await action(dir);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** A logger that keeps its lines, from `warn` on. */
export function listeningLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(JSON.parse(line).msg);
  };
  return { logger: pino({ level: 'warn' }, { write }), lines };
}

export const directoryId = 'EAAAAAAAQACAAAAAAAAAAQ';
export const nowMs = 1_700_000_000_000;

/** A clock that stands still. */
export function stillClock(): VirtualTimeScheduler {
  const scheduler = new VirtualTimeScheduler();
  scheduler.now = () => nowMs;
  return scheduler;
}

export function openLog(dir: string, more: Partial<MetadataLogOptions> = {}): MetadataLog {
  return MetadataLog.open({
    logDir: { path: dir, id: directoryId },
    nodeId: 1,
    controllerEndpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }],
    segmentMaxBytes: 2 ** 30,
    scheduler: stillClock(),
    logger: pino({ level: 'silent' }),
    ...more,
  });
}

/** An image after these records. */
export function imageAfter(...records: MetadataDraft[]): MetadataImage {
  return applyRecords(emptyImage, records.map(stored), records.length - 1);
}

export function featureRecord(name: string, featureLevel: number): MetadataDraft {
  return { name: 'FeatureLevelRecord', version: 0, data: { name, featureLevel } };
}

/** Registers a broker, ready to serve. */
export function brokerRecord(brokerId: number, more: object = {}): MetadataDraft {
  const data = { brokerId, incarnationId: directoryId, brokerEpoch: 5, endPoints: [], features: [], rack: null };
  return {
    name: 'RegisterBrokerRecord',
    version: 4,
    data: { ...data, fenced: false, logDirs: [directoryId], ...more },
  };
}

/** A topic with one-replica partitions on node 1. */
export function topicRecords(name: string, topicId: string, partitions: number, more: object = {}): MetadataDraft[] {
  const records: MetadataDraft[] = [{ name: 'TopicRecord', version: 0, data: { name, topicId } }];
  for (let partitionId = 0; partitionId < partitions; partitionId++) {
    const nobody = { removingReplicas: [], addingReplicas: [] };
    const data = { partitionId, topicId, replicas: [1], isr: [1], ...nobody, leader: 1, directories: [directoryId] };
    records.push({
      name: 'PartitionRecord',
      version: 2,
      data: { ...data, leaderEpoch: 0, partitionEpoch: 0, ...more },
    });
  }
  return records;
}
