import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type AdoptedTopic, type RegistrationOptions, register, signOff } from '../../lib/coordinators/registration';
import * as batch from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import { recordsOf } from '../../lib/records/record';
import { decodeRecord, encodeRecord } from '../../lib/storage/metadata-frame';
import type { MetadataLog } from '../../lib/storage/metadata-log';
import type { MetadataDraft } from '../../lib/storage/metadata-records';
import {
  brokerRecord,
  directoryId,
  featureRecord,
  inTempDir,
  listeningLogger,
  openLog,
  topicRecords,
  unpack,
} from '../support/metadata';

const T = 'AAAAAAAAQACAAAAAAAAAkQ';
const { logger } = listeningLogger();
const options: RegistrationOptions = {
  nodeId: 1,
  rack: 'r1',
  endpoints: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
  controllerEndpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093, securityProtocol: 0 }],
  directoryIds: [directoryId],
  minInsyncReplicas: 2,
  orphans: () => [],
  logger,
};

const metadataDir = (dir: string) => join(dir, '__cluster_metadata-0');
const logFile = (dir: string) => join(metadataDir(dir), '00000000000000000000.log');

/** Names of the records of each batch from this byte on, with their versions. */
function written(dir: string, from = 0): string[][] {
  const bytes = fs.readFileSync(logFile(dir)).subarray(from);
  return [...batch.batchesOf(bytes)].map((at) =>
    [...recordsOf(bytes, at)].map(({ key, value }) => {
      if (batch.isControl(bytes, at)) return `control ${key!.readInt16BE(2)}`;
      const record = decodeRecord(value!);
      return record.name === 'Unknown' ? '?' : `${record.name.replace('Record', '')} ${record.version}`;
    }),
  );
}

/** Lays a log that begins like this. */
function lay(dir: string, records: MetadataDraft[]): number {
  fs.mkdirSync(metadataDir(dir));
  const values = records.map((record) => ({ value: encodeRecord(record) }));
  fs.writeFileSync(logFile(dir), buildBatch(values, { partitionLeaderEpoch: 3 }));
  return fs.statSync(logFile(dir)).size;
}

const leaders = (log: MetadataLog) =>
  [...log.image.topicsById.values()].flatMap(({ partitions }) => partitions.map((p) => [p.leader, p.leaderEpoch]));

describe('register', () => {
  it('writes what the first start of Kafka 4.3 writes', () =>
    inTempDir(async (dir) => {
      const log = openLog(dir);
      const { brokerEpoch, incarnationId } = await register(log, options);
      expect(written(dir)).to.deep.equal([
        ['control 2', 'control 5', 'control 6'],
        ['BeginTransaction 0', ...new Array(6).fill('FeatureLevel 0'), 'Config 0', 'EndTransaction 0'],
        ['RegisterController 0'],
        ['RegisterBroker 4'],
        ['BrokerRegistrationChange 0'],
        ['BrokerRegistrationChange 3'],
      ]);
      expect(brokerEpoch).to.equal(13);
      expect(log.image.brokers.get(1)).to.deep.equal({
        nodeId: 1,
        incarnationId,
        brokerEpoch: 13,
        rack: 'r1',
        fenced: false,
        inControlledShutdown: false,
        endpoints: options.endpoints,
        logDirs: [directoryId],
        cordonedLogDirs: [],
      });
      expect(log.image.controllers.get(1)?.endPoints).to.deep.equal(options.controllerEndpoints);
      expect([...log.image.configs(4, '')]).to.deep.equal([['min.insync.replicas', '2']]);
      expect(log.image.features.get('metadata.version')).to.equal(30);
    }));

  it('takes every partition back behind Kafka, as Kafka does', () =>
    inTempDir(async (dir) => {
      unpack('basic', dir);
      const log = openLog(dir, { logDir: { path: dir, id: 'LrN7PkfVRy6GCty18pAMjA' } });
      expect(leaders(log)).to.deep.equal(new Array(19).fill([-1, 1]));
      const before = fs.statSync(logFile(dir)).size;
      await register(log, { ...options, directoryIds: ['LrN7PkfVRy6GCty18pAMjA'] });
      expect(written(dir, before)).to.deep.equal([
        ['control 2', 'control 5', 'control 6'],
        ['RegisterController 0'],
        ['RegisterBroker 4'],
        ['BrokerRegistrationChange 0', ...new Array(19).fill('PartitionChange 2')],
        ['BrokerRegistrationChange 3'],
      ]);
      expect(leaders(log)).to.deep.equal(new Array(19).fill([1, 2]));
      const [partition] = log.image.topicsByName.get('basic.one')!.partitions;
      expect([partition!.isr, partition!.eligibleLeaderReplicas, partition!.lastKnownElr]).to.deep.equal([[1], [], []]);
    }));

  it('keeps to the records that the level of an old log allows', () =>
    inTempDir(async (dir) => {
      const before = lay(dir, [featureRecord('metadata.version', 13), ...topicRecords('foo', T, 1)]);
      const log = openLog(dir);
      await register(log, options);
      expect(written(dir, before)).to.deep.equal([['control 2'], ['RegisterBroker 2'], ['BrokerRegistrationChange 0']]);
      await signOff(log, 1);
      expect(written(dir, before).at(-2)).to.deep.equal(['BrokerRegistrationChange 1', 'PartitionChange 0']);
    }));

  it('begins without Begin and End where the first level has none, and without ELR where that is off', () =>
    inTempDir(async (dir) => {
      const log = openLog(dir);
      Object.assign(log, { bootstrapRecords: [featureRecord('metadata.version', 11)] });
      await register(log, options);
      expect(written(dir)[1]).to.deep.equal(['FeatureLevel 0']);
    }));

  it('gives a level to a log that has topics and none', () =>
    inTempDir(async (dir) => {
      const before = lay(dir, topicRecords('foo', T, 1));
      const { logger: listening, lines } = listeningLogger();
      const log = openLog(dir);
      await register(log, { ...options, logger: listening });
      expect(written(dir, before)[1]).to.deep.equal(['FeatureLevel 0']);
      expect(log.image.features.get('metadata.version')).to.equal(30);
      expect(lines).to.have.length(1);
    }));

  it('ends a transaction that nobody will end, and begins anew where it was the first', () =>
    inTempDir(async (dir) => {
      const begin: MetadataDraft = { name: 'BeginTransactionRecord', version: 0, data: {} };
      const before = lay(dir, [begin, featureRecord('metadata.version', 30)]);
      const log = openLog(dir);
      await register(log, options);
      expect(written(dir, before)[1]).to.deep.equal(['AbortTransaction 0']);
      expect(written(dir, before)[2]![0]).to.equal('BeginTransaction 0');
      expect(log.image.transaction).to.equal(null);
    }));

  it('fences brokers of the log that are not here', () =>
    inTempDir(async (dir) => {
      lay(dir, [featureRecord('metadata.version', 30), brokerRecord(2), brokerRecord(3, { fenced: true })]);
      const log = openLog(dir);
      await register(log, options);
      expect([...log.image.brokers.values()].map(({ nodeId, fenced }) => [nodeId, fenced])).to.have.deep.members([
        [1, false],
        [2, true],
        [3, true],
      ]);
    }));

  it('takes in topics that a new log does not know, with their ids, epochs and holes', () =>
    inTempDir(async (dir) => {
      const orphan: AdoptedTopic = {
        name: 'foo',
        id: T,
        partitions: new Map([[2, { directoryId, leaderEpoch: 6 }]]),
        configs: [['retention.ms', '1']],
      };
      const log = openLog(dir);
      await register(log, { ...options, orphans: () => [orphan] });
      expect(log.image.topicsByName.get('foo')?.id).to.equal(T);
      expect(leaders(log)).to.deep.equal([
        [1, 0],
        [1, 0],
        [1, 6],
      ]);
      expect([...log.image.configs(2, 'foo')]).to.deep.equal([['retention.ms', '1']]);
      await register(openLog(dir), { ...options, orphans: () => expect.fail('the log knows its topics') });
    }));

  it('writes ten thousand partitions in batches that Kafka takes', () =>
    inTempDir(async (dir) => {
      const records = [featureRecord('metadata.version', 30), brokerRecord(1), ...topicRecords('foo', T, 12_000)];
      const before = lay(dir, records);
      const log = openLog(dir);
      await register(log, options);
      const counts = written(dir, before).map((group) => group.length);
      expect(Math.max(...counts)).to.equal(10_000);
      expect(counts.reduce((sum, count) => sum + count)).to.equal(12_001 + 3 + 1);
      expect(new Set(leaders(log).map(String))).to.deep.equal(new Set(['1,1']));
    }));
});

describe('signOff', () => {
  it('leaves what a clean stop of Kafka leaves, once', () =>
    inTempDir(async (dir) => {
      const log = openLog(dir);
      await register(log, options);
      await log.append([...topicRecords('foo', T, 2)]);
      const before = fs.statSync(logFile(dir)).size;
      await signOff(log, 1);
      expect(written(dir, before)).to.deep.equal([
        ['BrokerRegistrationChange 1', 'PartitionChange 2', 'PartitionChange 2'],
        ['BrokerRegistrationChange 0'],
      ]);
      expect(log.image.brokers.get(1)).to.deep.include({ fenced: true, inControlledShutdown: true });
      const [partition] = log.image.topicsByName.get('foo')!.partitions;
      expect(partition).to.deep.include({ leader: -1, isr: [], eligibleLeaderReplicas: [1], lastKnownElr: [1] });
      const size = fs.statSync(logFile(dir)).size;
      await signOff(log, 1);
      expect(fs.statSync(logFile(dir)).size).to.equal(size);
    }));
});
