import { expect } from 'chai';
import { exchanges } from '../../../lib/apis/exchanges';
import { fieldsOf } from '../../../lib/protocol/rewrite';
import { mayDiffer, reasonsOf, sets } from '../../../lib/replay/compare/may-differ';
import { UsageError } from '../../../lib/usage';

const paths = [...exchanges().values()].flatMap(({ name, response }) =>
  fieldsOf(response).map(({ path }) => `${name}.${path.replaceAll('[]', '')}`),
);
const reason = (path: string) => reasonsOf([{ path, reason: 'r' }]);

describe('mayDiffer', () => {
  it('has only paths of fields that there are', () => {
    const idle = mayDiffer.filter((one) => !paths.some((path) => reasonsOf([one])(path) !== null));
    expect(idle.map(({ path }) => path)).to.deep.equal([]);
    const names = new Set(paths.map((path) => path.split('.').at(-1)!));
    expect([...sets].filter((name) => !names.has(name))).to.deep.equal([]);
  });

  it('has no error code, no offset and no id', () => {
    const reasonOf = reasonsOf(mayDiffer.filter(({ path }) => !/DescribeQuorum|apiKeys/.test(path)));
    const allowed = paths.filter((path) => reasonOf(path) !== null);
    expect(allowed.filter((path) => /(errorCode|offset|Id|records)$/i.test(path))).to.deep.equal([]);
  });
});

describe('reasonsOf', () => {
  it('finds a field in any element of its arrays, and whatever is inside of it', () => {
    const of = reason('Metadata.topics.partitions');
    for (const path of ['Metadata.topics[a.b].partitions[0]', 'Metadata.topics[a.b].partitions[0].leaderEpoch'])
      expect(of(path)).to.equal('r');
    for (const path of ['Metadata.topics[a]', 'Metadata.topics[a].partitionsX', 'Fetch.topics[a].partitions[0]'])
      expect(of(path)).to.equal(null);
  });

  it('takes * for one name and ** for any number', () => {
    expect(reason('*.throttleTimeMs')('Fetch.throttleTimeMs')).to.equal('r');
    expect(reason('*.throttleTimeMs')('Fetch.responses[0].throttleTimeMs')).to.equal(null);
    expect(reason('**.host')('Metadata.brokers[1].host')).to.equal('r');
    expect(reason('Metadata.**.errorCode')('Metadata.topics[a].partitions[0].errorCode')).to.equal('r');
    expect(reason('Metadata.**.errorCode')('Metadata.errorCode')).to.equal('r');
    expect(reason('Metadata.**')('Metadata.topics[a]')).to.equal('r');
  });

  it('takes one element by its name', () => {
    const of = reason('DescribeConfigs.results.configs[remote.copy.lag.ms]');
    expect(of('DescribeConfigs.results[2].configs[remote.copy.lag.ms].value')).to.equal('r');
    expect(of('DescribeConfigs.results[2].configs[remote.copy.lag.bytes].value')).to.equal(null);
  });

  it('refuses what is no path', () => {
    for (const path of ['', 'a..b', 'topics[', '***', 'a b'])
      expect(() => reason(path), path).to.throw(
        UsageError,
        'is no path such as Metadata.topics.partitions.leaderEpoch',
      );
  });
});
