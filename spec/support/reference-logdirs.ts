/**
 * The log directories that Apache Kafka 4.3.1 wrote (spec/fixtures/logdirs), each with a manifest of what a broker must
 * serve from it. An archive is unpacked anew for every use: opening a directory writes to it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const fixtures = resolve(__dirname, '../fixtures/logdirs');

/** A key, value or header value. */
export type ManifestBytes = null | { utf8: string } | { hex: string } | { len: number; sha256: string };

export interface ManifestRecord {
  offset: number;
  leaderEpoch: number;
  timestamp: number;
  timestampType: 'CreateTime' | 'LogAppendTime';
  key: ManifestBytes;
  value: ManifestBytes;
  headers?: { key: string; value: ManifestBytes }[];
}

export interface ManifestPartition {
  partition: number;
  logStartOffset: number;
  highWatermark: number;
  lastStableOffset: number;
  /** −1, −1 where there is none. */
  maxTimestamp: { offset: number; timestamp: number };
  forTimestamp0: { offset: number; timestamp: number };
  activeProducers: {
    producerId: number;
    epoch: number;
    lastSequence: number;
    lastTimestamp: number;
    coordinatorEpoch: number | null;
    currentTxnStartOffset: number | null;
  }[];
  records: ManifestRecord[];
  readCommittedOffsets: 'same' | number[];
}

export interface ManifestTopic {
  topicId: string;
  internal: boolean;
  /** Configs that were set on the topic. */
  configs: Record<string, string>;
  partitions: ManifestPartition[];
}

export interface ManifestMember {
  memberId: string;
  groupInstanceId: string | null;
  rackId: string | null;
  clientId: string;
  host: string;
  /** Null in a classic group. */
  memberEpoch: number | null;
  /** `t-0`. */
  assignment: string[];
}

export interface ManifestGroup {
  type: 'Classic' | 'Consumer' | 'Share';
  /** Protocol type; empty for a group that only committed. */
  protocol: string;
  state: string;
  describe: {
    groupEpoch: number | null;
    targetAssignmentEpoch: number | null;
    /** Empty unless there are members (classic). Share groups have none. */
    partitionAssignor?: string;
    members: ManifestMember[];
  };
  /** By `t-0`; share groups have other offsets. */
  offsets?: Record<string, { offset: number; leaderEpoch: number | null; metadata: string }>;
}

export interface Manifest {
  name: string;
  log_dir: string;
  /** Records that were acknowledged before the broker was killed: `topic partition offset key`. */
  acked?: string[];
  after_open: { partitions: (Partial<ManifestPartition> & { topic: string; partition: number })[] };
  files: { path: string; size: number; sha256: string }[];
  served: {
    clusterId: string;
    nodes: number[];
    topics: Record<string, ManifestTopic>;
    groups: Record<string, ManifestGroup>;
  };
}

/** Names of the archives. */
export const referenceNames = readdirSync(fixtures)
  .filter((name) => name.endsWith('.tar.gz'))
  .map((name) => name.slice(0, -'.tar.gz'.length));

export function readManifest(name: string): Manifest {
  return JSON.parse(gunzipSync(readFileSync(join(fixtures, `${name}.manifest.json.gz`))).toString());
}

export interface Unpacked {
  /** What the paths of the manifest are relative to. */
  readonly root: string;
  /** The log directory. */
  readonly logDir: string;
  /** The server.properties that it was written with. */
  readonly properties: string;
  remove(): void;
}

/** Unpacks an archive into a new temporary directory. */
export function unpack(manifest: Manifest): Unpacked {
  const root = mkdtempSync(join(tmpdir(), 'millrace-logdir-'));
  execFileSync('tar', ['xzf', join(fixtures, `${manifest.name}.tar.gz`), '-C', root]);
  return {
    root: join(root, manifest.name),
    logDir: join(root, manifest.log_dir),
    properties: readFileSync(join(root, manifest.name, 'server.properties'), 'utf8'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
