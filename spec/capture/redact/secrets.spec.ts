import { expect } from 'chai';
import { exchanges } from '../../../lib/apis/exchanges';
import { hiddenSecret, isHiddenSecret, isSecretConfig, secretOf } from '../../../lib/capture/redact/secrets';
import { fieldsOf } from '../../../lib/protocol/rewrite';

/** Byte fields of Kafka's messages that hold nothing to hide; a new one has to be put here, or found to be a secret. */
const harmless = [
  'DescribeGroups.response memberAssignment',
  'DescribeGroups.response memberMetadata',
  'Envelope.request clientHostAddress',
  'Envelope.request requestPrincipal',
  'JoinGroup.request metadata',
  'JoinGroup.response metadata',
  'PushTelemetry.request metrics',
  'SyncGroup.request assignment',
  'SyncGroup.response assignment',
];

const all = [...exchanges().values()].flatMap(({ name, request, response }) => [
  ...fieldsOf(request).map((at) => ({ at, where: `${name}.request` })),
  ...fieldsOf(response).map((at) => ({ at, where: `${name}.response` })),
]);
const found = (kind: string) =>
  all.filter(({ at }) => secretOf(at) === kind).map(({ at, where }) => `${where} ${at.path}`);

describe('secretOf', () => {
  it('knows every field of bytes that Kafka has', () => {
    const unknown = all
      .filter(({ at }) => at.field.declared.kind.is === 'bytes' && secretOf(at) === null)
      .map(({ at, where }) => `${where} ${at.name}`);
    expect(unknown.filter((one) => !harmless.includes(one))).to.deep.equal([]);
    expect(harmless.filter((one) => !unknown.includes(one))).to.deep.equal([]);
  });

  it('finds records', () => {
    expect(found('records')).to.deep.equal([
      'Produce.request topicData[].partitionData[].records',
      'Fetch.response responses[].partitions[].records',
      'FetchSnapshot.response topics[].partitions[].unalignedRecords',
      'ShareFetch.response responses[].partitions[].records',
    ]);
  });

  it('finds what logs somebody in', () => {
    expect(found('sasl')).to.deep.equal([
      'SaslAuthenticate.request authBytes',
      'SaslAuthenticate.response authBytes',
      'CreateDelegationToken.response hmac',
      'RenewDelegationToken.request hmac',
      'ExpireDelegationToken.request hmac',
      'DescribeDelegationToken.response tokens[].hmac',
      'AlterUserScramCredentials.request upsertions[].salt',
      'AlterUserScramCredentials.request upsertions[].saltedPassword',
      'Envelope.request requestData',
      'Envelope.response responseData',
    ]);
  });

  it('finds values of configurations', () => {
    expect(found('configs')).to.include.members([
      'CreateTopics.request topics[].configs[].value',
      'AlterConfigs.request resources[].configs[].value',
      'IncrementalAlterConfigs.request resources[].configs[].value',
      'DescribeConfigs.response results[].configs[].value',
    ]);
  });
});

describe('hiddenSecret', () => {
  it('is as long as what it stands for, and known again', () => {
    expect(hiddenSecret(3).toString()).to.equal('xxx');
    const seen = [hiddenSecret(3), Buffer.from('xxy'), hiddenSecret(0)].map(isHiddenSecret);
    expect(seen, 'of nothing nothing was hidden').to.deep.equal([true, false, false]);
  });
});

describe('isSecretConfig', () => {
  it('goes by the name', () => {
    for (const name of [
      'ssl.key.password',
      'sasl.jaas.config',
      'ssl.keystore.key',
      'x.secret',
      'listener.name.a.SASL.JAAS',
    ])
      expect(isSecretConfig(name), name).to.equal(true);
    for (const name of ['retention.ms', 'cleanup.policy', null]) expect(isSecretConfig(name)).to.equal(false);
  });
});
