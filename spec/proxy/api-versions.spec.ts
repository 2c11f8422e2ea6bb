import { expect } from 'chai';
import { apis } from '../../lib/apis';
import { apiVersions } from '../../lib/apis/api-versions';
import { metadata } from '../../lib/apis/metadata';
import { answerVersion, cutVersions } from '../../lib/proxy/api-versions';
import { requestOf } from '../support/stages';

const byKey = new Map(apis.map((api) => [api.key, api]));
const listed = (apiKey: number, minVersion: number, maxVersion: number) => ({ apiKey, minVersion, maxVersion });
const cut = (...apiKeys: object[]) => (cutVersions(byKey)({ errorCode: 0, apiKeys }) as { apiKeys: object[] }).apiKeys;

describe('cutVersions', () => {
  it('keeps the versions that both sides know', () => {
    expect(cut(listed(3, 0, 5), listed(18, 2, 99))).to.deep.equal([listed(3, 0, 5), listed(18, 2, 5)]);
  });

  it('leaves out what the proxy does not know, and versions that it knows none of', () => {
    expect(cut(listed(999, 0, 1), listed(3, 90, 99), listed(18, 0, 3))).to.deep.equal([listed(18, 0, 3)]);
  });

  it('says of Produce what the upstream says, as old clients look for version 0 (KAFKA-18659)', () => {
    expect(cut(listed(0, 0, 12))).to.deep.equal([listed(0, 0, 12)]);
  });

  it('leaves features alone', () => {
    const features = { supportedFeatures: [{ name: 'group.version', minVersion: 0, maxVersion: 1 }] };
    expect(cutVersions(byKey)({ errorCode: 0, apiKeys: [], ...features })).to.deep.include(features);
  });
});

describe('answerVersion', () => {
  const request = { ...requestOf(apiVersions, {}), version: 4 };
  it('is 0 where the upstream does not know the version that was asked (KIP-511)', () => {
    expect(answerVersion(request, Buffer.from('0023000000', 'hex'))).to.equal(0);
  });

  it('is that of the request otherwise', () => {
    expect(answerVersion(request, Buffer.from('0000000000', 'hex'))).to.equal(4);
    expect(answerVersion(request, Buffer.from('00', 'hex'))).to.equal(4);
    expect(answerVersion({ ...requestOf(metadata, {}), version: 3 }, Buffer.from('0023', 'hex'))).to.equal(3);
  });
});
