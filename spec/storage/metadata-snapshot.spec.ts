import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { MetadataImage } from '../../lib/storage/metadata-image';
import type { MetadataDraft } from '../../lib/storage/metadata-records';
import { directoryId, inTempDir, listeningLogger, openLog, unpack } from '../support/metadata';

const metadataDir = (dir: string) => join(dir, '__cluster_metadata-0');
const firstSegment = (dir: string) => join(metadataDir(dir), '00000000000000000000.log');

/** An image without what is not data. */
const data = ({ configs: _, ...image }: MetadataImage) => image;

describe('readNewestSnapshot', () => {
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
});

describe('writeInitialSnapshots', () => {
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
});

describe('readBootstrap', () => {
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
});
