import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { encodeRecord } from '../../lib/storage/metadata-frame';
import type { MetadataDraft } from '../../lib/storage/metadata-records';
import { inTempDir, kafkaLogs, listeningLogger, openLog, servedFrom, unpack } from '../support/metadata';

const metadataDir = (dir: string) => join(dir, '__cluster_metadata-0');
const firstSegment = (dir: string) => join(metadataDir(dir), '00000000000000000000.log');

const feature = (name: string, featureLevel: number): MetadataDraft => ({
  name: 'FeatureLevelRecord',
  version: 0,
  data: { name, featureLevel },
});

describe('replay', () => {
  for (const name of kafkaLogs) {
    it(`reads ${name} as Apache Kafka served it`, () =>
      inTempDir((dir) => {
        unpack(name, dir);
        const { topics: served, features, configs: configured, clientQuotas, acls } = servedFrom(name);
        const { logger, lines: warnings } = listeningLogger();
        const log = openLog(dir, { logger });
        const topics = [...log.image.topicsByName.values()].map(({ name: topic, id, partitions }) => {
          const { 'min.insync.replicas': _, ...configs } = Object.fromEntries(log.image.configs(2, topic));
          return [topic, id, configs, partitions.length] as const;
        });
        const expected = Object.entries(served).map(
          ([topic, { topicId, configs, partitions }]) => [topic, topicId, configs, partitions.length] as const,
        );
        expect(topics).to.have.deep.members(expected);
        expect(Object.fromEntries(log.image.features)).to.deep.equal(features);
        expect(Object.fromEntries(log.image.configs(4, ''))).to.deep.equal(configured['BROKER:'] ?? {});
        expect(warnings).to.deep.equal([]);
        const kept = (record: string) => [...log.image.kept.values()].filter((one) => one.name === record).length;
        expect(kept('ClientQuotaRecord')).to.equal(
          clientQuotas.reduce((sum, { values }) => sum + Object.keys(values).length, 0),
        );
        expect(kept('AccessControlEntryRecord')).to.equal(Array.isArray(acls) ? acls.length : 0);
        expect(log.image.lastOffset).to.equal(log.nextOffset - 1);
      }));
  }

  it('takes snapshot and log behind it, and ignores what is to be deleted', () =>
    inTempDir((dir) => {
      unpack('metadata', dir);
      const log = openLog(dir);
      expect(log.nextOffset).to.equal(376);
      expect(log.leaderEpoch).to.equal(1);
      expect(Object.fromEntries(log.image.configs(4, '1'))).to.deep.equal({ 'log.cleaner.threads': '2' });
      expect(Object.fromEntries(log.image.configs(16, 'metrics-sub'))).to.have.all.keys('metrics', 'interval.ms');
      expect(Object.fromEntries(log.image.configs(32, 'some-group'))).to.have.all.keys('consumer.session.timeout.ms');
    }));

  it('refuses a log that begins behind the newest snapshot', () =>
    inTempDir((dir) => {
      unpack('metadata', dir);
      for (const name of fs.readdirSync(metadataDir(dir)))
        if (name.endsWith('.checkpoint')) fs.rmSync(join(metadataDir(dir), name));
      expect(() => openLog(dir)).to.throw('begins at offset 183, but there is no snapshot');
    }));

  it('reads a thin log: a first batch with base offset 1 in a file named 0, no control records', () =>
    inTempDir(async (dir) => {
      fs.mkdirSync(metadataDir(dir));
      const value = encodeRecord(feature('metadata.version', 20));
      fs.writeFileSync(firstSegment(dir), buildBatch([{ value }], { baseOffset: 1, partitionLeaderEpoch: 7 }));
      const log = openLog(dir);
      expect([log.nextOffset, log.leaderEpoch, log.quorum.kraftVersion]).to.deep.equal([2, 7, 0]);
      await log.lead(() => [[feature('x', 1)]]);
      const again = openLog(dir);
      expect([again.nextOffset, again.leaderEpoch, again.image.features.get('x')]).to.deep.equal([4, 8, 1]);
    }));

  it('warns of records that only a newer Kafka knows and goes on', () =>
    inTempDir((dir) => {
      fs.mkdirSync(metadataDir(dir));
      const values = [Buffer.from('01fa01000102', 'hex'), encodeRecord(feature('metadata.version', 30))];
      fs.writeFileSync(firstSegment(dir), buildBatch(values.map((value) => ({ value }))));
      const { logger, lines: warnings } = listeningLogger();
      expect(openLog(dir, { logger }).image.features.get('metadata.version')).to.equal(30);
      expect(warnings.join()).to.include('record of type 250, version 0 is unknown');
    }));

  for (const [level, what] of [
    [6, 'upgrade it with Kafka 3.9 first'],
    [34, 'supported are 7 (3.3) to 33 (4.4)'],
  ] as const) {
    it(`refuses a log of metadata.version ${level}`, () =>
      inTempDir((dir) => {
        fs.mkdirSync(metadataDir(dir));
        const value = encodeRecord(feature('metadata.version', level));
        fs.writeFileSync(firstSegment(dir), buildBatch([{ value }]));
        expect(() => openLog(dir)).to.throw(what);
      }));
  }
});
