import { expect } from 'chai';
import { heartbeat } from '../../lib/apis';
import { GapReasons } from '../../lib/traffic/gap-reasons';
import { JsonReport } from '../../lib/traffic/json-report';
import { Statistics } from '../../lib/traffic/statistics';
import { rowsOf, said } from '../support/calls';

const beat = said({
  exchange: heartbeat,
  version: 4,
  request: { groupId: 'g', generationId: 1, memberId: 'm' },
  answer: { errorCode: 27 },
  latencyMs: 1.2345678,
});
const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe('JsonReport', () => {
  it('tells a call', async () => {
    const [row] = await rowsOf([beat]);
    const text = new JsonReport(false).call(row!);
    expect(text.endsWith('}\n')).to.equal(true);
    expect(parsed(text)).to.deep.equal({
      is: 'call',
      number: 1,
      connection: 1,
      client: '127.0.0.1:50001',
      clientId: 'spec',
      sentAt: '1970-01-01T00:00:00.000000Z',
      api: 'Heartbeat',
      key: 12,
      version: 4,
      correlationId: 0,
      requestBytes: 25,
      answerBytes: 12,
      latencyMs: 1.235,
      topics: [],
      errors: ['REBALANCE_IN_PROGRESS'],
      unanswered: null,
    });
  });

  it('tells its bodies, where they are wanted', async () => {
    const [row, missed] = await rowsOf([beat, { ...beat, answer: null }]);
    const report = new JsonReport(true);
    expect(parsed(report.call(row!))).to.deep.include({
      request: { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null },
      answer: { throttleTimeMs: 0, errorCode: 27 },
    });
    expect(parsed(report.call(missed!))).to.deep.include({ answer: null, answerBytes: null, latencyMs: null });
  });

  it('tells gaps, figures and the whole', async () => {
    const report = new JsonReport(false);
    const gap = { is: 'lost', connection: null, atMs: 0, from: null, bytes: 3, why: 'cut' } as const;
    expect(parsed(report.gap(gap))).to.deep.equal({
      is: 'lost',
      connection: null,
      at: '1970-01-01T00:00:00.000000Z',
      from: null,
      bytes: 3,
      why: 'cut',
    });
    const statistics = new Statistics();
    for (const row of await rowsOf([beat])) statistics.add(row);
    const gaps = new GapReasons();
    gaps.add(gap);
    const summary = { statistics, connections: 1, requests: 2, gaps, spanMs: 1.23456 };
    expect(parsed(report.figures(summary))).to.include({ is: 'figures', api: 'Heartbeat', failed: 1, maxMs: 1.235 });
    expect(parsed(report.end(summary))).to.deep.include({
      is: 'summary',
      requests: 1,
      ofRequests: 2,
      errors: { REBALANCE_IN_PROGRESS: 1 },
      ...{ lost: 1, lostBytes: 3, strays: 0 },
      gaps: [{ is: 'lost', why: 'cut', gaps: 1, bytes: 3 }],
      spanMs: 1.235,
    });
  });
});
