import { expect } from 'chai';
import { configKey, emptyImage, imageOf, keepsElr, metadataVersion } from '../../lib/storage/metadata-image';

describe('imageOf', () => {
  it('finds overrides by kind and name of the resource, and none where there are none', () => {
    const allConfigs = new Map([[configKey(2, 'foo'), new Map([['retention.ms', '1']])]]);
    const image = imageOf({ ...emptyImage, allConfigs });
    expect([...image.configs(2, 'foo')]).to.deep.equal([['retention.ms', '1']]);
    expect(image.configs(4, 'foo').size).to.equal(0);
    expect(image.configs(2, 'fo').size).to.equal(0);
  });
});

describe('metadataVersion', () => {
  it('is 0 as long as the log says none', () => {
    expect(metadataVersion(emptyImage)).to.equal(0);
    expect(metadataVersion(imageOf({ ...emptyImage, features: new Map([['metadata.version', 30]]) }))).to.equal(30);
  });
});

describe('keepsElr', () => {
  it('goes by the feature of that name', () => {
    expect(keepsElr(emptyImage)).to.equal(false);
    const features = new Map([['eligible.leader.replicas.version', 1]]);
    expect(keepsElr(imageOf({ ...emptyImage, features }))).to.equal(true);
  });
});
