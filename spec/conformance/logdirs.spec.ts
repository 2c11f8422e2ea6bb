import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { describeConfigs } from '../../lib/apis/describe-configs';
import { metadata } from '../../lib/apis/metadata';
import { parseProperties } from '../../lib/properties';
import { clockAt, type InProcess, openInProcess } from '../support/in-process';
import { type Home, launchScript, makeHome } from '../support/launch';
import { offsetFor, type ReadOptions, type ReadRecord, readAll } from '../support/reading';
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
import { Wire } from '../support/wire';

/** Shortly after the directories were written. */
const nowMs = 1795386000000;
const dynamicTopicConfig = 1;
/** The one that is served through your_program.sh, as a user would start it. */
const throughScript = 'basic';

interface Served {
  readonly wire: Wire;
  stop(): Promise<void>;
}

/** Opens a fresh copy of the directory in this process. */
async function serveHere(unpacked: Unpacked): Promise<Served> {
  const config = parseProperties(unpacked.properties, 'server.properties').set('log.dirs', unpacked.logDir);
  const broker: InProcess = await openInProcess({ config, scheduler: clockAt(nowMs) });
  return { wire: broker.connect(), stop: () => broker.close() };
}

/** Opens it through your_program.sh. */
async function serveThere(unpacked: Unpacked): Promise<Served> {
  const home: Home = await makeHome({ 'log.dirs': unpacked.logDir, 'log.retention.ms': '-1' });
  const service = await launchScript(home);
  const wire = await Wire.connect(home.bootstrap);
  const stop = async () => {
    wire.close();
    await service.stop();
    await home.remove();
  };
  return { wire, stop };
}

/** The same bytes in the one form that all of them can have. */
function digest(bytes: ManifestBytes | Buffer | undefined): string | null {
  if (!bytes) return null;
  if (!Buffer.isBuffer(bytes) && 'sha256' in bytes) return bytes.sha256;
  const content = Buffer.isBuffer(bytes)
    ? bytes
    : 'utf8' in bytes
      ? Buffer.from(bytes.utf8)
      : Buffer.from(bytes.hex, 'hex');
  return createHash('sha256').update(content).digest('hex');
}

function comparable({
  offset,
  leaderEpoch,
  timestamp,
  timestampType,
  key,
  value,
  headers,
}: ManifestRecord | ReadRecord) {
  return {
    ...{ offset, leaderEpoch, timestamp, timestampType },
    key: digest(key),
    value: digest(value),
    headers: (headers ?? []).map((header) => [header.key, digest(header.value)]),
  };
}

for (const name of referenceNames) {
  describe(`the log directory ${name} that Apache Kafka wrote, served`, function () {
    this.timeout(150_000);
    const manifest: Manifest = readManifest(name);
    const topics = Object.entries(manifest.served.topics);
    let unpacked: Unpacked;
    let served: Served;
    let wire: Wire;

    before(async () => {
      unpacked = unpack(manifest);
      served = await (name === throughScript ? serveThere(unpacked) : serveHere(unpacked));
      wire = served.wire;
    });
    after(async () => {
      await served?.stop();
      unpacked?.remove();
    });

    async function each(check: (where: Where, expected: ManifestPartition) => Promise<void>) {
      for (const [topic, { topicId, partitions }] of topics)
        for (const expected of partitions)
          await check({ topic, topicId, partition: expected.partition, offset: expected.logStartOffset }, expected);
    }

    it('has the cluster, its topics with their ids, and their partitions', async () => {
      const answer = await wire.request(metadata, 12, {
        topics: null,
        allowAutoTopicCreation: false,
        includeClusterAuthorizedOperations: false,
        includeTopicAuthorizedOperations: false,
      });
      expect(answer.clusterId).to.equal(manifest.served.clusterId);
      expect(answer.brokers.map(({ nodeId }) => nodeId)).to.deep.equal(manifest.served.nodes);
      const partition = (index: number) => ({
        errorCode: 0,
        partitionIndex: index,
        leaderId: 1,
        replicaNodes: [1],
        isrNodes: [1],
        offlineReplicas: [],
      });
      const found = answer.topics.map(({ name, topicId, isInternal, errorCode, partitions }) => ({
        ...{ name, topicId, isInternal, errorCode },
        partitions: partitions
          .map(({ leaderEpoch: _, ...rest }) => rest)
          .sort((a, b) => a.partitionIndex - b.partitionIndex),
      }));
      expect(found).to.have.deep.members(
        topics.map(([topic, { topicId, internal, partitions }]) => ({
          ...{ name: topic, topicId, isInternal: internal, errorCode: 0 },
          partitions: partitions.map((each) => partition(each.partition)),
        })),
      );
    });

    it('has the configs that were set on topics', async () => {
      const resources = topics.map(([topic]) => ({
        resourceType: 2,
        resourceName: topic,
        configurationKeys: null,
      }));
      const { results } = await wire.request(describeConfigs, 4, { resources });
      const found = results.map(({ resourceName, configs }) => [
        resourceName,
        Object.fromEntries(
          configs
            // The manifests leave out this one, which Kafka sets on its internal topics.
            .filter(({ name, configSource }) => configSource === dynamicTopicConfig && name !== 'min.insync.replicas')
            .map(({ name, value }) => [name, value]),
        ),
      ]);
      expect(Object.fromEntries(found)).to.deep.equal(
        Object.fromEntries(topics.map(([topic, { configs }]) => [topic, configs])),
      );
    });

    it('answers the offsets of every partition', () =>
      each(async ({ topic, partition }, expected) => {
        const [earliest, latest, stable, max, first] = [
          await offsetFor(wire, topic, partition, -2),
          await offsetFor(wire, topic, partition, -1),
          await offsetFor(wire, topic, partition, -1, true),
          await offsetFor(wire, topic, partition, -3),
          await offsetFor(wire, topic, partition, 0),
        ];
        expect(
          {
            logStartOffset: earliest.offset,
            highWatermark: latest.offset,
            lastStableOffset: stable.offset,
            maxTimestamp: { offset: max.offset, timestamp: max.timestamp },
            forTimestamp0: { offset: first.offset, timestamp: first.timestamp },
          },
          `${topic}-${partition}`,
        ).to.deep.equal({
          logStartOffset: expected.logStartOffset,
          highWatermark: expected.highWatermark,
          lastStableOffset: expected.lastStableOffset,
          maxTimestamp: expected.maxTimestamp,
          forTimestamp0: expected.forTimestamp0,
        });
      }));

    const ways: ReadOptions[] = [{ version: 16 }, { version: 12, maxBytes: 3000 }, { version: 10, maxBytes: 1 << 16 }];
    for (const way of ways) {
      const { version, maxBytes = 'any number of' } = way;
      it(`serves every record in Fetch ${version}, ${maxBytes} bytes at a time`, () =>
        each(async (where, { records }) => {
          const found = await readAll(wire, where, way);
          expect(found.map(comparable), `${where.topic}-${where.partition}`).to.deep.equal(records.map(comparable));
        }));
    }

    it('serves to read_committed consumers what was committed', () =>
      each(async (where, { records, readCommittedOffsets }) => {
        const found = await readAll(wire, where, { committed: true });
        expect(
          found.map(({ offset }) => offset),
          `${where.topic}-${where.partition}`,
        ).to.deep.equal(readCommittedOffsets === 'same' ? records.map(({ offset }) => offset) : readCommittedOffsets);
      }));

    it('serves the same after a clean stop and another start', async () => {
      await served.stop();
      served = await serveHere(unpacked);
      wire = served.wire;
      await each(async (where, { highWatermark, lastStableOffset, records }) => {
        const { topic, partition } = where;
        const name = `${topic}-${partition}`;
        expect((await offsetFor(wire, topic, partition, -1)).offset, name).to.equal(highWatermark);
        expect((await offsetFor(wire, topic, partition, -1, true)).offset, name).to.equal(lastStableOffset);
        expect((await readAll(wire, where)).map(comparable), name).to.deep.equal(records.map(comparable));
      });
    });

    if (manifest.acked) {
      it('has every record that was acknowledged before the kill, but for what the damage took', async () => {
        const acked = new Set(manifest.acked);
        await each(async (where) => {
          const end = (await offsetFor(wire, where.topic, where.partition, -1)).offset;
          const prefix = `${where.topic} ${where.partition} `;
          for (const { offset, key } of await readAll(wire, where)) acked.delete(`${prefix}${offset} ${key}`);
          for (const line of acked) {
            if (name !== 'unclean-torn' || !line.startsWith(prefix)) continue;
            if (Number(line.split(' ')[2]) >= end) acked.delete(line);
          }
        });
        expect([...acked]).to.deep.equal([]);
      });
    }
  });
}

interface Where {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
}
