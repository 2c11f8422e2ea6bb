import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { errors, KafkaError } from '../../lib/errors';
import * as batch from '../../lib/records/batch';
import { type Disk, nodeDisk } from '../../lib/storage/disk';
import type { MetadataImage } from '../../lib/storage/metadata-image';
import type { MetadataDraft } from '../../lib/storage/metadata-records';
import { inTempDir, listeningLogger, openLog, unpack } from '../support/metadata';

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
