import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
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

describe('MetadataSegments', () => {
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
});
