import { expect } from 'chai';
import { initialFeatures, metadataVersions, supportedFeatures } from '../lib/features';
import { inTempDir, openLog, unpack } from './support/metadata';

describe('initialFeatures', () => {
  it('are those that Apache Kafka 4.3 formats a directory with, in its order', () =>
    inTempDir((dir) => {
      unpack('basic', dir);
      const formatted = openLog(dir).bootstrapRecords.map((record) => {
        if (record.name !== 'FeatureLevelRecord') throw new Error(record.name);
        return [record.data.name, record.data.featureLevel];
      });
      expect(initialFeatures).to.deep.equal(formatted);
    }));

  it('are levels that this broker can work with', () => {
    for (const [name, level] of initialFeatures) {
      const { min, max } = supportedFeatures[name]!;
      expect(level).to.be.within(min, max);
    }
  });
});

describe('metadataVersions', () => {
  it('are levels that a log may have', () => {
    const { min, max } = supportedFeatures['metadata.version']!;
    for (const level of Object.values(metadataVersions)) expect(level).to.be.within(min, max);
  });
});
