import { expect } from 'chai';
import { apis } from '../../lib/apis';
import { apiVersions } from '../../lib/apis/api-versions';
import { errors } from '../../lib/errors';
import { Writer } from '../../lib/protocol/bytes';
import { ask, TestBroker } from '../support/services';

const client = { clientSoftwareName: 'spec-client', clientSoftwareVersion: '1.2.3' };
const nobody = { clientSoftwareName: '', clientSoftwareVersion: '' };

describe('apiVersions', () => {
  it('lists every API that is served, by key, with what it advertises', async () => {
    const { errorCode, apiKeys } = await ask(new TestBroker(), apiVersions, 0, nobody);
    expect(errorCode).to.equal(0);
    expect(apiKeys.map(({ apiKey }) => apiKey)).to.deep.equal([...apis.map(({ key }) => key)].sort((a, b) => a - b));
    expect(apiKeys.find(({ apiKey }) => apiKey === 18)).to.deep.equal({ apiKey: 18, minVersion: 0, maxVersion: 5 });
  });

  it('lists Produce from version 0 on, for old clients compress only then', async () => {
    const { apiKeys } = await ask(new TestBroker(), apiVersions, 4, client);
    expect(apiKeys[0]).to.deep.equal({ apiKey: 0, minVersion: 0, maxVersion: 13 });
  });

  it('tells the finalized features and the offset at which they are so', async () => {
    const { finalizedFeatures, finalizedFeaturesEpoch } = await ask(new TestBroker(), apiVersions, 3, client);
    expect(finalizedFeatures).to.deep.equal([{ name: 'metadata.version', maxVersionLevel: 30, minVersionLevel: 30 }]);
    expect(finalizedFeaturesEpoch).to.equal(41);
  });

  it('keeps features that begin at level 0 from clients of version 3', async () => {
    const supported = async (version: number) =>
      (await ask(new TestBroker(), apiVersions, version, client)).supportedFeatures.map(({ name }) => name);
    expect(await supported(3)).to.deep.equal(['metadata.version']);
    expect(await supported(4)).to.include.members(['metadata.version', 'group.version', 'transaction.version']);
  });

  for (const [name, why] of [
    ['', 'is empty'],
    ['-kafka', 'begins with a hyphen'],
    ['kafka.', 'ends with a dot'],
    ['ka fka', 'has a blank'],
  ] as const) {
    it(`refuses a client whose name ${why}`, async () => {
      const asName = await ask(new TestBroker(), apiVersions, 3, { ...client, clientSoftwareName: name });
      const asVersion = await ask(new TestBroker(), apiVersions, 4, { ...client, clientSoftwareVersion: name });
      for (const { errorCode, apiKeys } of [asName, asVersion]) {
        expect(errorCode).to.equal(errors.INVALID_REQUEST.code);
        expect(apiKeys).to.deep.equal([]);
      }
    });
  }

  it('does not ask clients before version 3 for their name', async () => {
    expect((await ask(new TestBroker(), apiVersions, 2, nobody)).errorCode).to.equal(0);
  });

  describe('from version 5 on, where a client may say whom it means', () => {
    const said = async (whom: { clusterId?: string | null; nodeId?: number }) => {
      const { errorCode, apiKeys } = await ask(new TestBroker(), apiVersions, 5, { ...client, ...whom });
      return [errorCode, apiKeys.length > 0];
    };

    it('answers who means this broker, and who does not say', async () => {
      expect(await said({ clusterId: 'MillraceMillraceMillra', nodeId: 1 })).to.deep.equal([0, true]);
      expect(await said({})).to.deep.equal([0, true]);
    });

    it('sends away who means another', async () => {
      const { code } = errors.REBOOTSTRAP_REQUIRED;
      expect(await said({ clusterId: 'MillraceMillraceMillra', nodeId: 2 })).to.deep.equal([code, false]);
      expect(await said({ clusterId: 'another', nodeId: 1 })).to.deep.equal([code, false]);
    });

    it('refuses who says only half of it', async () => {
      const { code } = errors.INVALID_REQUEST;
      expect(await said({ clusterId: 'MillraceMillraceMillra' })).to.deep.equal([code, false]);
      expect(await said({ nodeId: 1 })).to.deep.equal([code, false]);
    });
  });

  it('answers a version that is not served in version 0, with its own range and nothing else', () => {
    const writer = new Writer();
    apiVersions.responseCodec(0).write(writer, apiVersions.refuseVersion!());
    expect(writer.takeBuffer().toString('hex')).to.equal('0023' + '00000001' + '001200000005');
  });

  it('has a response header without tags in every version', () => {
    expect([0, 3, 5].map((version) => apiVersions.responseHeader(version))).to.deep.equal([0, 0, 0]);
  });
});
