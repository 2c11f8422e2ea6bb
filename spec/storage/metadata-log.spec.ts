import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { errors, KafkaError } from '../../lib/errors';
import * as batch from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import { type Disk, nodeDisk } from '../../lib/storage/disk';
import { encodeRecord } from '../../lib/storage/metadata-frame';
import type { MetadataImage } from '../../lib/storage/metadata-image';
import type { MetadataDraft } from '../../lib/storage/metadata-records';
import { directoryId, inTempDir, kafkaLogs, listeningLogger, openLog, servedFrom, unpack } from '../support/metadata';

const metadataDir = (dir: string) => join(dir, '__cluster_metadata-0');
const firstSegment = (dir: string) => join(metadataDir(dir), '00000000000000000000.log');

const feature = (name: string, featureLevel: number): MetadataDraft => ({
  name: 'FeatureLevelRecord',
  version: 0,
  data: { name, featureLevel },
});

/** An image without what is not data. */
const data = ({ configs: _, ...image }: MetadataImage) => image;

const lines = (fileName: string) => fs.readFileSync(fileName, 'utf8').split('\n');

describe('MetadataLog.open', () => {
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

  it('falls back to the snapshot before one that cannot be read', () =>
    inTempDir((dir) => {
      unpack('metadata', dir);
      const before = data(openLog(dir).image);
      const newest = join(metadataDir(dir), '00000000000000000305-0000000001.checkpoint');
      fs.chmodSync(newest, 0o600);
      fs.truncateSync(newest, 4000);
      const { logger, lines: warnings } = listeningLogger();
      expect(new Set(openLog(dir, { logger }).image.topicsById.keys())).to.deep.equal(
        new Set(before.topicsById.keys()),
      );
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include('305-0000000001.checkpoint cannot be read');
    }));

  it('refuses a log that begins behind the newest snapshot', () =>
    inTempDir((dir) => {
      unpack('metadata', dir);
      for (const name of fs.readdirSync(metadataDir(dir)))
        if (name.endsWith('.checkpoint')) fs.rmSync(join(metadataDir(dir), name));
      expect(() => openLog(dir)).to.throw('begins at offset 183, but there is no snapshot');
    }));

  it('leaves what kafka-storage format leaves in a directory that has nothing', () =>
    inTempDir((dir) => {
      const log = openLog(dir);
      expect(log.isEmpty).to.equal(true);
      expect(log.quorum.kraftVersion).to.equal(1);
      expect(log.quorum.voters.map((voter) => voter.voterDirectoryId)).to.deep.equal([directoryId]);
      expect(log.bootstrapRecords.map((r) => r.name === 'FeatureLevelRecord' && [r.data.name, r.data.featureLevel]))
        .to.deep //
        .equal([
          ['metadata.version', 30],
          ['eligible.leader.replicas.version', 1],
          ['group.version', 1],
          ['share.version', 1],
          ['streams.version', 1],
          ['transaction.version', 2],
        ]);
      expect(fs.readdirSync(dir).sort()).to.deep.equal(['__cluster_metadata-0', 'bootstrap.checkpoint']);
      expect(fs.readdirSync(metadataDir(dir)).sort()).to.deep.equal([
        '00000000000000000000-0000000000.checkpoint',
        'partition.metadata',
      ]);
      expect(openLog(dir).isEmpty).to.equal(true);
    }));

  it('begins with what Kafka formatted the directory with, in the way of 4.3 and of 4.4', () =>
    inTempDir((dir) => {
      unpack('transactions-tv0', dir);
      fs.rmSync(firstSegment(dir));
      const levels = (records: readonly MetadataDraft[]) =>
        records.map((r) => r.name === 'FeatureLevelRecord' && `${r.data.name}=${r.data.featureLevel}`);
      const formatted = levels(openLog(dir).bootstrapRecords);
      expect(formatted).to.include('metadata.version=30').and.not.include('transaction.version=2');

      const snapshot = join(metadataDir(dir), '00000000000000000000-0000000000.checkpoint');
      fs.rmSync(snapshot);
      fs.renameSync(join(dir, 'bootstrap.checkpoint'), snapshot);
      expect(levels(openLog(dir).bootstrapRecords)).to.deep.equal(formatted);
    }));

  it('cuts a torn end off and says how much and why', () =>
    inTempDir(async (dir) => {
      unpack('basic', dir);
      const before = data(openLog(dir).image);
      fs.appendFileSync(firstSegment(dir), Buffer.alloc(37, 1));
      const { logger, lines: warnings } = listeningLogger();
      const log = openLog(dir, { logger });
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.match(/^cut 37 torn bytes off the metadata log: .*0\.log at byte 8488: /);
      expect(fs.statSync(firstSegment(dir)).size).to.equal(8488);
      expect(fs.existsSync(firstSegment(dir).replace('.log', '.index'))).to.equal(false);
      expect(data(log.image)).to.deep.equal(before);
      await log.append([feature('x', 1)]);
      expect(openLog(dir).image.features.get('x')).to.equal(1);
    }));

  it('cuts off a last batch whose checksum is wrong', () =>
    inTempDir((dir) => {
      unpack('minimal', dir);
      const fd = fs.openSync(firstSegment(dir), 'r+');
      fs.writeSync(fd, 'x', 490);
      fs.closeSync(fd);
      const { logger, lines: warnings } = listeningLogger();
      expect([...openLog(dir, { logger }).image.topicsByName.keys()]).to.deep.equal(['alpha']);
      expect(warnings[0]).to.match(/^cut 241 torn bytes .* at byte 259: the checksum is wrong$/);
    }));

  it('does not repair damage within the log', () =>
    inTempDir((dir) => {
      unpack('minimal', dir);
      const fd = fs.openSync(firstSegment(dir), 'r+');
      fs.writeSync(fd, 'x', 200);
      fs.closeSync(fd);
      expect(() => openLog(dir)).to.throw(/is damaged, and good batches follow: .* at byte 91: the checksum is wrong/);
      expect(fs.statSync(firstSegment(dir)).size).to.equal(500);
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

  it('refuses a log of a quorum with other voters', () =>
    inTempDir((dir) => {
      unpack('basic', dir);
      expect(() => openLog(dir, { nodeId: 2 })).to.throw('belongs to a quorum of nodes 1; Millrace is a single node');
      const state = join(metadataDir(dir), 'quorum-state');
      fs.writeFileSync(state, '{"leaderEpoch":4,"currentVoters":[{"voterId":1},{"voterId":3}],"data_version":0}');
      expect(() => openLog(dir)).to.throw('a quorum of nodes 1, 3');
    }));

  it('takes a broken quorum-state for a missing one', () =>
    inTempDir((dir) => {
      unpack('basic', dir);
      fs.writeFileSync(join(metadataDir(dir), 'quorum-state'), '{"leader');
      const { logger, lines: warnings } = listeningLogger();
      expect(openLog(dir, { logger }).leaderEpoch).to.equal(1);
      expect(warnings[0]).to.include('quorum-state is not JSON');
    }));
});

describe('MetadataLog', () => {
  it('leads in an epoch above every other, and writes what Kafka writes then', () =>
    inTempDir(async (dir) => {
      unpack('basic', dir);
      const state = join(metadataDir(dir), 'quorum-state');
      fs.writeFileSync(state, fs.readFileSync(state, 'utf8').replace('"leaderEpoch":1', '"leaderEpoch":6'));
      const log = openLog(dir);
      await log.lead(() => [[feature('x', 1)]]);
      expect(log.leaderEpoch).to.equal(7);
      expect(fs.readFileSync(state, 'utf8')).to.equal(
        '{"leaderId":1,"leaderEpoch":7,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}',
      );
      expect(lines(join(metadataDir(dir), 'leader-epoch-checkpoint'))).to.deep.equal(['0', '2', '1 0', '7 120', '']);
      const written = fs.readFileSync(firstSegment(dir)).subarray(8488);
      const batches = [...batch.batchesOf(written)];
      expect(batches.map((at) => [batch.baseOffset(written, at), batch.isControl(written, at)])).to.deep.equal([
        [120, true],
        [123, false],
      ]);
      expect(batches.map((at) => batch.partitionLeaderEpoch(written, at))).to.deep.equal([7, 7]);
    }));

  it('keeps the quorum-state of a log whose voters are in the configuration', () =>
    inTempDir(async (dir) => {
      unpack('groups', dir);
      const log = openLog(dir);
      await log.lead(() => []);
      expect(fs.readFileSync(join(metadataDir(dir), 'quorum-state'), 'utf8')).to.equal(
        '{"clusterId":"","leaderId":1,"leaderEpoch":2,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}',
      );
      expect(log.nextOffset).to.equal(188);
    }));

  it('shows a change once everybody who follows has done their part', () =>
    inTempDir(async (dir) => {
      const log = openLog(dir);
      await log.lead(() => []);
      const seen: string[] = [];
      log.onChange(async (previous, next) => {
        seen.push(`first ${previous.features.get('x')} ${next.features.get('x')}`);
        await Promise.resolve();
        seen.push(`image ${log.image.features.get('x')}`);
      });
      const stop = log.onChange((_, next) => {
        seen.push(`second ${next.features.get('x')}`);
      });
      const changes = [log.append([feature('x', 1)]), log.append([feature('x', 2)])];
      expect(await Promise.all(changes)).to.deep.equal([{ offset: 3 }, { offset: 4 }]);
      expect(log.image.features.get('x')).to.equal(2);
      expect(seen).to.deep.equal([
        'first undefined 1',
        'image undefined',
        'second 1',
        'first 1 2',
        'image 1',
        'second 2',
      ]);
      stop();
      await log.append([feature('x', 3)]);
      expect(seen).to.have.length(8);
    }));

  it('gives each change the image that the one before it has made', () =>
    inTempDir(async (dir) => {
      const log = openLog(dir);
      const next = () => log.change((image) => [[feature('count', (image.features.get('count') ?? 0) + 1)]]);
      await Promise.all([next(), next(), next()]);
      expect(log.image.features.get('count')).to.equal(3);
      expect(data(openLog(dir).image)).to.deep.equal(data(log.image));
    }));

  it('writes nothing when a change is called off, and goes on', () =>
    inTempDir(async (dir) => {
      const log = openLog(dir);
      const offset = log.nextOffset;
      const refusal = log.change(() => {
        throw errors.INVALID_REQUEST;
      });
      expect(await refusal.catch((error) => error)).to.equal(errors.INVALID_REQUEST);
      await log.change(() => []);
      expect(log.nextOffset).to.equal(offset);
      await log.append([feature('x', 1)]);
      expect(log.nextOffset).to.equal(offset + 1);
    }));

  it('is not stopped by a follower that fails', () =>
    inTempDir(async (dir) => {
      const { logger, lines: errorsLogged } = listeningLogger();
      const log = openLog(dir, { logger });
      log.onChange(() => {
        throw new Error('no');
      });
      await log.append([feature('x', 1)]);
      expect(log.image.features.get('x')).to.equal(1);
      expect(errorsLogged).to.deep.equal(['a change of the metadata could not be followed']);
    }));

  it('begins a new segment where one is full, and reads them all again', () =>
    inTempDir(async (dir) => {
      const log = openLog(dir, { segmentMaxBytes: 300 });
      for (let i = 1; i <= 10; i++) await log.append([feature(`feature-${i}`, i)]);
      const segments = fs.readdirSync(metadataDir(dir)).filter((name) => name.endsWith('.log'));
      expect(segments.length).to.be.greaterThan(2);
      expect(data(openLog(dir, { segmentMaxBytes: 300 }).image)).to.deep.equal(data(log.image));
      fs.truncateSync(join(metadataDir(dir), segments[0]!), 100);
      expect(() => openLog(dir)).to.throw('is damaged');
    }));

  const failing = (fault: { write?: string; flush?: string }): Disk => ({
    ...nodeDisk,
    writev: async (fd, buffers, position) => {
      if (fault.write === undefined) return nodeDisk.writev(fd, buffers, position);
      await nodeDisk.writev(fd, [Buffer.concat([...buffers]).subarray(0, 30)], position);
      throw Object.assign(new Error(fault.write), { code: fault.write });
    },
    flush: async (fd) => {
      if (fault.flush !== undefined) throw Object.assign(new Error(fault.flush), { code: fault.flush });
      return nodeDisk.flush(fd);
    },
  });

  it('refuses a change that the disk has no room for, leaves no trace of it, and takes the next', () =>
    inTempDir(async (dir) => {
      const fault: { write?: string } = {};
      const log = openLog(dir, { disk: failing(fault) });
      await log.append([feature('x', 1)]);
      const size = fs.statSync(firstSegment(dir)).size;
      fault.write = 'ENOSPC';
      const refusal: unknown = await log.append([feature('x', 2)]).catch((error) => error);
      expect(refusal instanceof KafkaError && refusal.is(errors.KAFKA_STORAGE_ERROR)).to.equal(true);
      expect(String(refusal)).to.include('ENOSPC').and.include(metadataDir(dir));
      expect(log.image.features.get('x')).to.equal(1);
      expect(fs.statSync(firstSegment(dir)).size).to.equal(size);
      fault.write = undefined;
      await log.append([feature('x', 3)]);
      expect(data(openLog(dir).image)).to.deep.equal(data(log.image));
    }));

  it('takes no more changes after a flush that failed', () =>
    inTempDir(async (dir) => {
      const fault: { flush?: string } = {};
      const log = openLog(dir, { disk: failing(fault) });
      await log.append([feature('x', 1)]);
      fault.flush = 'EIO';
      const first: unknown = await log.append([feature('x', 2)]).catch((error) => error);
      fault.flush = undefined;
      const second: unknown = await log.append([feature('x', 3)]).catch((error) => error);
      expect(String(first)).to.include('EIO');
      expect(second).to.equal(log.offline);
      expect(log.image.features.get('x')).to.equal(1);
    }));

  it('takes no more changes once it is closed', () =>
    inTempDir(async (dir) => {
      const log = openLog(dir);
      const last = log.append([feature('x', 1)]);
      await log.close();
      await last;
      expect(String(await log.append([feature('x', 2)]).catch((error) => error))).to.include('is closed');
    }));
});
