import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { VirtualAction, VirtualTimeScheduler } from 'rxjs';
import { loadConfig } from '../../lib/config';
import { parseProperties } from '../../lib/properties';
import * as batch from '../../lib/records/batch';
import { recordsOf } from '../../lib/records/record';
import { takeCleanShutdown } from '../../lib/storage/clean-shutdown';
import type { Isolation, PartitionLog } from '../../lib/storage/engine';
import { configKey, emptyImage, imageOf, type MetadataImage } from '../../lib/storage/metadata-image';
import type { Partition } from '../../lib/storage/partition';
import { LocalTopics } from '../../lib/storage/topics';
import {
  type Manifest,
  type ManifestBytes,
  type ManifestPartition,
  type ManifestRecord,
  readManifest,
  referenceNames,
  type Unpacked,
  unpack,
} from '../support/reference-logdirs';

/** Shortly after the directories were written. */
const nowMs = 1795386000000;

/** What the metadata log of the directory comes to, as far as storage is concerned. */
function imageOfManifest(manifest: Manifest): MetadataImage {
  const topics = Object.entries(manifest.served.topics).map(([name, topic]) => ({
    name,
    id: topic.topicId,
    partitions: topic.partitions.map(({ partition }) => ({
      partition,
      replicas: [1],
      isr: [1],
      leader: 1,
      leaderEpoch: 0,
      partitionEpoch: 0,
      recovering: false,
      removingReplicas: [],
      addingReplicas: [],
      directories: [],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
    })),
    configs: new Map(Object.entries(topic.configs)),
  }));
  return imageOf({
    ...emptyImage,
    topicsByName: new Map(topics.map((topic) => [topic.name, topic])),
    topicsById: new Map(topics.map((topic) => [topic.id, topic])),
    allConfigs: new Map(topics.map((topic) => [configKey(2, topic.name), topic.configs])),
  });
}

function openTopics(manifest: Manifest, { logDir, properties }: Unpacked): Promise<LocalTopics> {
  const scheduler = new VirtualTimeScheduler(VirtualAction);
  scheduler.frame = nowMs;
  return LocalTopics.open(
    {
      config: loadConfig(parseProperties(properties, 'server.properties')),
      nodeId: 1,
      dirs: [{ path: logDir, id: 'unused', cleanShutdown: takeCleanShutdown(logDir) }],
      scheduler,
      logger: pino({ level: 'silent' }),
    },
    imageOfManifest(manifest),
  );
}

function partitionsOf(manifest: Manifest): [topic: string, expected: ManifestPartition][] {
  return Object.entries(manifest.served.topics).flatMap(([topic, { partitions }]) =>
    partitions.map((partition): [string, ManifestPartition] => [topic, partition]),
  );
}

/** Every record from the log start on, read in pieces of at most `maxBytes` unless a batch is larger. */
async function readAll(log: PartitionLog, isolation: Isolation, maxBytes: number): Promise<ManifestRecord[]> {
  const records: ManifestRecord[] = [];
  const isCommitted = isolation === 'read_committed';
  const aborted = isCommitted ? await log.abortedTransactions(log.logStartOffset, log.limit(isolation)) : [];
  const running = new Map<number, number>();
  for (let offset = log.logStartOffset; ; ) {
    const read = await log.read(offset, { maxBytes, atLeastOne: true, isolation });
    if (read.records.length === 0) return records;
    for (const at of batch.batchesOf(read.records)) {
      const producerId = batch.producerId(read.records, at);
      for (const { firstOffset, ...txn } of aborted) {
        if (firstOffset <= batch.lastOffset(read.records, at)) running.set(txn.producerId, firstOffset);
      }
      if (batch.isControl(read.records, at)) {
        running.delete(producerId);
        for (let i = aborted.length; i-- > 0; ) {
          const txn = aborted[i]!;
          if (txn.producerId === producerId && txn.firstOffset < batch.baseOffset(read.records, at))
            aborted.splice(i, 1);
        }
        continue;
      }
      if (isCommitted && batch.isTransactional(read.records, at) && running.has(producerId)) continue;
      for (const record of recordsOf(read.records, at)) {
        if (record.offset < offset) continue;
        records.push({
          offset: record.offset,
          leaderEpoch: batch.partitionLeaderEpoch(read.records, at),
          timestamp: record.timestamp,
          timestampType: batch.timestampType(read.records, at),
          key: record.key && { hex: record.key.toString('hex') },
          value: record.value && { hex: record.value.toString('hex') },
          headers: record.headers.map(({ key, value }) => ({ key, value: value && { hex: value.toString('hex') } })),
        });
      }
    }
    read.release?.();
    expect(read.nextOffset).to.be.greaterThan(offset);
    offset = read.nextOffset;
  }
}

/** The same bytes in the one form that all of them can have. */
function digest(bytes: ManifestBytes | undefined): string | null {
  if (!bytes) return null;
  if ('sha256' in bytes) return bytes.sha256;
  const content = 'utf8' in bytes ? Buffer.from(bytes.utf8) : Buffer.from(bytes.hex, 'hex');
  return createHash('sha256').update(content).digest('hex');
}

function comparable(record: ManifestRecord) {
  const { offset, leaderEpoch, timestamp, timestampType, key, value, headers = [] } = record;
  return {
    ...{ offset, leaderEpoch, timestamp, timestampType },
    key: digest(key),
    value: digest(value),
    headers: headers.map((header) => ({ key: header.key, value: digest(header.value) })),
  };
}

function producersOf(partition: Partition): ManifestPartition['activeProducers'] {
  return [...partition.log.producers]
    .map((producer) => ({
      producerId: producer.producerId,
      epoch: producer.epoch,
      lastSequence: producer.lastSequence,
      lastTimestamp: producer.lastTimestamp,
      coordinatorEpoch: producer.coordinatorEpoch < 0 ? null : producer.coordinatorEpoch,
      currentTxnStartOffset: producer.openTransaction < 0 ? null : producer.openTransaction,
    }))
    .sort((a, b) => a.producerId - b.producerId);
}

/** Paths of files in directories of live partitions, those of segments only where the segment is live. */
function segmentFiles({ files }: Manifest, pattern: RegExp): string[] {
  const paths = files.map(({ path }) => path).filter((path) => !path.includes('__cluster_metadata'));
  const logs = new Set(paths.filter((path) => /-\d+\/\d{20}\.log$/.test(path)));
  const isLive = (path: string) => /partition.metadata$/.test(path) || logs.has(path.replace(/\.[a-z]+$/, '.log'));
  return paths.filter((path) => pattern.test(path) && /-\d+\/[^/]+$/.test(path) && isLive(path));
}

/** Whether a file is not what the manifest says; an empty one may be missing. */
function isChanged(manifest: Manifest, { root }: Unpacked): (path: string) => boolean {
  const sums = new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]));
  return (path) => {
    const bytes = existsSync(join(root, path)) ? readFileSync(join(root, path)) : Buffer.alloc(0);
    return createHash('sha256').update(bytes).digest('hex') !== sums.get(path);
  };
}

for (const name of referenceNames) {
  describe(`LocalTopics on the log directory ${name} of Apache Kafka`, () => {
    const manifest = readManifest(name);
    const partitions = partitionsOf(manifest);
    let unpacked: Unpacked;
    let topics: LocalTopics;

    const each = async (check: (partition: Partition, expected: ManifestPartition, topic: string) => unknown) => {
      for (const [topic, expected] of partitions) {
        const partition = topics.byName(topic)?.partition(expected.partition);
        expect(partition, `${topic}-${expected.partition}`).to.not.equal(undefined);
        await check(partition!, expected, topic);
      }
    };

    before(async () => {
      unpacked = unpack(manifest);
      topics = await openTopics(manifest, unpacked);
    });
    after(async () => {
      await topics?.close();
      unpacked?.remove();
    });

    it('has every partition, online, with its offsets', () =>
      each((partition, expected, topic) => {
        const { offline, logStartOffset, highWatermark, lastStableOffset, logEndOffset } = partition;
        expect({ offline, logStartOffset, highWatermark, lastStableOffset, logEndOffset }, topic).to.deep.equal({
          offline: null,
          logStartOffset: expected.logStartOffset,
          highWatermark: expected.highWatermark,
          lastStableOffset: expected.lastStableOffset,
          logEndOffset: expected.highWatermark,
        });
      }));

    for (const maxBytes of [1, 1000, 1 << 20]) {
      it(`serves every record, ${maxBytes} bytes at a time`, () =>
        each(async (partition, expected, topic) => {
          const records = await readAll(partition, 'read_uncommitted', maxBytes);
          const where = `${topic}-${expected.partition}`;
          expect(records.map(comparable), where).to.deep.equal(expected.records.map(comparable));
        }));
    }

    it('keeps records of aborted and open transactions from read_committed readers', () =>
      each(async (partition, expected, topic) => {
        const records = await readAll(partition, 'read_committed', 2000);
        const { readCommittedOffsets } = expected;
        const offsets =
          readCommittedOffsets === 'same' ? expected.records.map(({ offset }) => offset) : readCommittedOffsets;
        expect(
          records.map(({ offset }) => offset),
          `${topic}-${expected.partition}`,
        ).to.deep.equal(offsets);
      }));

    it('finds records by time', () =>
      each(async (partition, { maxTimestamp, forTimestamp0 }, topic) => {
        const found = { offset: -1, timestamp: -1, ...(await partition.offsetOfMaxTimestamp()) };
        expect({ offset: found.offset, timestamp: found.timestamp }, topic).to.deep.equal(maxTimestamp);
        const first = { offset: -1, timestamp: -1, ...(await partition.offsetForTimestamp(0)) };
        const isVisible = first.offset < partition.highWatermark;
        expect(isVisible ? { offset: first.offset, timestamp: first.timestamp } : null, topic).to.deep.equal(
          forTimestamp0,
        );
      }));

    it('finds the first record that is at least as late as any other one', () =>
      each(async (partition, { records }, topic) => {
        for (const { timestamp } of records.filter((_, i) => i % 7 === 0)) {
          const expected = records.find((record) => record.timestamp >= timestamp)!;
          const found = await partition.offsetForTimestamp(timestamp);
          const where = `${topic}-${partition.partition} ${timestamp}`;
          // The marker of a transaction has a timestamp as well, and consumers do not get to see it.
          if (records.some(({ offset }) => offset === found?.offset))
            expect(found?.offset, where).to.equal(expected.offset);
          else expect(found?.offset, where).to.be.lessThan(expected.offset);
          expect(found?.timestamp, where).to.be.at.least(timestamp);
        }
      }));

    it('remembers the producers', () =>
      each((partition, expected, topic) => {
        // What the coordinators change after opening is none of storage's business.
        const isTransactional = manifest.name.startsWith('transactions');
        const later = manifest.after_open?.partitions.find(
          (other) => other.topic === topic && other.partition === expected.partition && !isTransactional,
        );
        const producers = later?.activeProducers ?? expected.activeProducers;
        expect(producersOf(partition), `${topic}-${expected.partition}`).to.deep.equal(
          [...producers].sort((a, b) => a.producerId - b.producerId),
        );
      }));

    if (!name.startsWith('unclean')) {
      it('builds missing indexes again to the byte', async () => {
        const copy = unpack(manifest);
        for (const path of segmentFiles(manifest, /\.(index|timeindex|txnindex)$/)) rmSync(join(copy.root, path));
        await (await openTopics(manifest, copy)).close();
        const changed = segmentFiles(manifest, /\.(index|timeindex|txnindex)$/).filter(isChanged(manifest, copy));
        copy.remove();
        expect(changed).to.deep.equal([]);
      });

      it('leaves every file of a partition as it was if nothing happens', async () => {
        const copy = unpack(manifest);
        await (await openTopics(manifest, copy)).close();
        const files = segmentFiles(manifest, /\.(log|index|timeindex|txnindex)$|metadata$/);
        const changed = files.filter(isChanged(manifest, copy));
        copy.remove();
        expect(changed).to.deep.equal([]);
      });
    }

    if (manifest.acked) {
      it('has every record that was acknowledged before the kill', async () => {
        const lost = new Set(manifest.acked);
        await each(async (partition, _, topic) => {
          for (const record of await readAll(partition, 'read_uncommitted', 1 << 20)) {
            const key = record.key && 'hex' in record.key ? Buffer.from(record.key.hex, 'hex').toString() : '';
            lost.delete(`${topic} ${partition.partition} ${record.offset} ${key}`);
          }
        });
        // Of the torn copy the damage took some with it; the manifest's records say what is left.
        const highWatermark = (line: string) => {
          const [topic, partition] = line.split(' ');
          return topics.byName(topic!)!.partition(Number(partition))!.highWatermark;
        };
        const expected =
          name === 'unclean-torn' ? [...lost].filter((l) => Number(l.split(' ')[2]) < highWatermark(l)) : [...lost];
        expect(expected).to.deep.equal([]);
      });
    }
  });
}
