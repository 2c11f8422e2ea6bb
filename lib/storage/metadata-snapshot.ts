/**
 * Snapshots of the metadata log (KIP-630): `<end offset>-<epoch>.checkpoint`, all that was true before that offset.
 * Called by metadata-log.ts, which reads the newest and replays the log from its end; and when a directory is formatted,
 * which leaves a snapshot of nothing (offset 0) that names the voters, and `bootstrap.checkpoint` with the features.
 *
 * A snapshot is batches as in the log: a control batch that begins with SnapshotHeader, records, one with SnapshotFooter.
 *
 * Not done: snapshots of our own; the log is never shortened.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { initialFeatures } from '../features';
import type { Logger } from '../logger';
import * as batch from '../records/batch';
import { buildBatch, type RecordDraft } from '../records/build';
import { type ControlRecord, controlRecord, readControlRecord } from '../records/control';
import { recordsOf } from '../records/record';
import { decodeRecord, encodeRecord } from './metadata-frame';
import type { MetadataDraft, MetadataRecord, UnknownRecord } from './metadata-records';
import type { Voter } from './metadata-replay';
import { readIfThere, removeIfThere } from './small-file';

export interface Snapshot {
  /** Offset of the first record that is not in it. */
  readonly endOffset: number;
  /** Epoch of the last record that is. */
  readonly epoch: number;
  readonly records: readonly (MetadataRecord | UnknownRecord)[];
  readonly control: readonly ControlRecord[];
}

const bootstrapName = 'bootstrap.checkpoint';

/** The newest snapshot that can be read; null if there is none. Those that cannot are warned of. */
export function readNewestSnapshot(dir: string, logger: Logger): Snapshot | null {
  const names = fs.readdirSync(dir).filter((name) => /^\d{20}-\d{10}\.checkpoint$/.test(name));
  for (const name of names.sort().reverse()) {
    try {
      const content = readSnapshotFile(fs.readFileSync(join(dir, name)));
      return { endOffset: Number(name.slice(0, 20)), epoch: Number(name.slice(21, 31)), ...content };
    } catch (error) {
      logger.warn(`snapshot ${join(dir, name)} cannot be read and is passed over: ${said(error)}`);
    }
  }
  return null;
}

/** What a directory was formatted with by Kafka: features and credentials; null if it says nothing. */
export function readBootstrap(logDir: string, logger: Logger): Snapshot['records'] | null {
  const content = readIfThere(join(logDir, bootstrapName));
  if (content === null) return null;
  try {
    return readSnapshotFile(content).records;
  } catch (error) {
    logger.warn(`${join(logDir, bootstrapName)} cannot be read and is passed over: ${said(error)}`);
    return null;
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readSnapshotFile(content: Buffer): Pick<Snapshot, 'records' | 'control'> {
  const records: (MetadataRecord | UnknownRecord)[] = [];
  const control: ControlRecord[] = [];
  let end = 0;
  for (const at of batch.batchesOf(content)) {
    if (!batch.crcMatches(content, at)) throw new Error(`the checksum of the batch at byte ${at} is wrong`);
    for (const record of recordsOf(content, at)) {
      if (!batch.isControl(content, at)) records.push(decodeRecord(record.value ?? Buffer.alloc(0)));
      else {
        const read = readControlRecord(record);
        if (read !== null) control.push(read);
      }
    }
    end = at + batch.sizeInBytes(content, at);
  }
  if (control.at(-1)?.type !== 'SNAPSHOT_FOOTER' || end !== content.length)
    throw new Error(`its footer is missing (${end} of ${content.length} bytes are whole batches)`);
  return { records, control };
}

/** What a new cluster begins with when nobody said otherwise. */
export const initialRecords: readonly MetadataDraft[] = initialFeatures.map(([name, featureLevel]) => ({
  name: 'FeatureLevelRecord',
  version: 0,
  data: { name, featureLevel },
}));

/** Leaves in a directory what `kafka-storage format --standalone` of Kafka 4.3 does, so that Kafka can start on it. */
export function writeInitialSnapshots(logDir: string, metadataDir: string, voter: Voter, nowMs: number): void {
  const voters = [
    controlRecord('SNAPSHOT_HEADER', { lastContainedLogTimestamp: nowMs }),
    controlRecord('KRAFT_VERSION', { kRaftVersion: 1 }),
    controlRecord('KRAFT_VOTERS', { voters: [voter] }),
  ];
  const path = join(metadataDir, '00000000000000000000-0000000000.checkpoint');
  removeIfThere(path);
  fs.writeFileSync(path, snapshotOf(voters, [], nowMs), { mode: 0o400 });
  const header = controlRecord('SNAPSHOT_HEADER', { lastContainedLogTimestamp: 0 });
  fs.writeFileSync(join(logDir, bootstrapName), snapshotOf([header], initialRecords, nowMs));
}

function snapshotOf(head: readonly RecordDraft[], records: readonly MetadataDraft[], nowMs: number): Buffer {
  const options = { partitionLeaderEpoch: 0, timestamp: nowMs };
  const values = records.map((record) => ({ value: encodeRecord(record) }));
  const footer = [controlRecord('SNAPSHOT_FOOTER', {})];
  return Buffer.concat([
    buildBatch(head, { ...options, control: true }),
    ...(values.length > 0 ? [buildBatch(values, { ...options, baseOffset: head.length })] : []),
    buildBatch(footer, { ...options, baseOffset: head.length + values.length, control: true }),
  ]);
}
