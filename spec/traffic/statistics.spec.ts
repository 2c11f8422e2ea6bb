import { expect } from 'chai';
import { heartbeat, metadata } from '../../lib/apis';
import { defineExchange } from '../../lib/protocol/exchange';
import { Statistics } from '../../lib/traffic/statistics';
import { rowsOf, type Said, said } from '../support/calls';

const beat = (errorCode: number | null, latencyMs = 1): Said => ({
  ...said({
    exchange: heartbeat,
    version: 4,
    request: { groupId: 'g', generationId: 1, memberId: 'm' },
    answer: errorCode === null ? null : { errorCode },
  }),
  latencyMs,
});
const ask = said({
  exchange: metadata,
  version: 1,
  request: { topics: [] },
  answer: { brokers: [], controllerId: 1, topics: [] },
});

async function counted(calls: readonly Said[]): Promise<Statistics> {
  const statistics = new Statistics();
  for (const row of await rowsOf(calls)) statistics.add(row);
  return statistics;
}

describe('Statistics', () => {
  it('counts by API and version, in their order', async () => {
    const { apis, requests } = await counted([beat(0), ask, beat(0)]);
    expect(apis.map(({ name, version, requests }) => [name, version, requests])).to.deep.equal([
      ['Metadata', 1, 1],
      ['Heartbeat', 4, 2],
    ]);
    expect(requests).to.equal(3);
  });

  it('counts errors, what has no answer, bytes and latencies', async () => {
    const statistics = await counted([beat(27, 8), beat(0, 2), beat(25, 4), beat(27, 2), beat(null)]);
    const [row] = statistics.apis;
    expect(row).to.include({ requests: 5, failed: 3, unanswered: 1, requestBytes: 5 * 25, answerBytes: 4 * 12 });
    expect(row!.latency.max).to.be.closeTo(8, 1e-9);
    expect(statistics.errors).to.deep.equal([
      [27, 2],
      [25, 1],
    ]);
    expect(statistics.total('failed')).to.equal(3);
  });

  it('counts APIs that nobody knows by key and version, and never more rows than 2,000 and one', async () => {
    const made = (key: number, version: number) =>
      said({
        exchange: defineExchange({ key, name: '', versions: '0-9', flexible: 'none', request: {}, response: {} }),
        version,
        request: {},
        answer: null,
      });
    const many = Array.from({ length: 2005 }, (_, i) => made(1000 + (i >> 1), i & 1));
    const { apis } = await counted([...many, made(1000, 0)]);
    expect(apis.length).to.equal(2001);
    expect(apis.find(({ key }) => key === 1000)).to.include({ name: 'API 1000', version: 0, requests: 2 });
    expect(apis.find(({ name }) => name === 'others')?.requests).to.equal(5);
  });
});
