import { expect } from 'chai';
import { LearnedIds } from '../../../lib/replay/ids/learned-ids';
import { outcomeJson, summaryJson } from '../../../lib/replay/report/json-report';
import { Tally } from '../../../lib/replay/tally';
import { failed, outcome } from '../../support/outcomes';

describe('outcomeJson', () => {
  it('is a line that says all of a request', () => {
    const line = outcomeJson(outcome({ verdict: 'differs', differences: [failed] }));
    expect(line.indexOf('\n')).to.equal(line.length - 1);
    expect(JSON.parse(line)).to.deep.equal({
      request: 7,
      connection: 2,
      client: '127.0.0.1:50002',
      clientId: 'me',
      api: 'Heartbeat',
      version: 4,
      atMs: 1000,
      verdict: 'differs',
      why: null,
      retries: 0,
      recordedLatencyMs: 3,
      replayedLatencyMs: 1,
      differences: [{ path: 'errorCode', recorded: 0, replayed: 25, what: null, reason: null }],
    });
  });
});

describe('summaryJson', () => {
  it('counts, and says why it stopped', () => {
    const tally = new Tally();
    tally.add(outcome({ verdict: 'differs', differences: [failed] }));
    const { summary } = JSON.parse(summaryJson(tally, new LearnedIds(), 12, 'interrupted'));
    expect(summary).to.include({ answers: 1, differences: 1, playedMs: 12, stopped: 'interrupted' });
    expect(summary.apis.Heartbeat.differs).to.equal(1);
  });
});
