import { expect } from 'chai';
import { callsOf } from '../../../lib/capture/calls';
import { diffedJson, outcomeJson, summaryJson } from '../../../lib/replay/report/json-report';
import { CallFacts } from '../../../lib/traffic/call-facts';
import { CallRow } from '../../../lib/traffic/call-row';
import { JsonReport } from '../../../lib/traffic/json-report';
import { endedAfter, failed, outcome } from '../../support/outcomes';
import { frame, opened } from '../../support/recordings';

const differing = outcome({ verdict: 'differs', differences: [failed] });

describe('outcomeJson', () => {
  it('is a line that says all of a request', () => {
    const line = outcomeJson(differing, 'a.mrcap');
    expect(line.indexOf('\n')).to.equal(line.length - 1);
    expect(JSON.parse(line)).to.deep.equal({
      is: 'outcome',
      recording: 'a.mrcap',
      number: 7,
      connection: 2,
      client: '127.0.0.1:50002',
      clientId: 'me',
      sentAt: '1970-01-01T00:00:01.000000Z',
      api: 'Heartbeat',
      key: 12,
      version: 4,
      correlationId: 1,
      verdict: 'differs',
      why: null,
      retries: 0,
      latencyMs: 3,
      replayedLatencyMs: 1,
      differences: [{ path: 'errorCode', recorded: 0, replayed: 25, what: null, reason: null }],
    });
  });

  it('calls things as `millrace traffic --json` does', async () => {
    const { request, recorded } = outcome();
    const events = [opened(1), frame(1, 'client', request.bytes, 1000), frame(1, 'broker', recorded!.bytes, 1003)];
    for await (const call of callsOf(events)) {
      if (call.is !== 'answered') continue;
      const traffic = JSON.parse(new JsonReport(false).call(new CallRow(call, new CallFacts())));
      const replayed = JSON.parse(outcomeJson({ ...outcome(), request: call.request, recorded: call.answer }, 'a'));
      for (const name of Object.keys(traffic).filter((one) => one in replayed && one !== 'is'))
        expect(replayed[name], name).to.deep.equal(traffic[name]);
      expect(Object.keys(replayed)).to.include.members(Object.keys(traffic).slice(0, 10));
    }
  });
});

describe('diffedJson', () => {
  it('says what each of two brokers did', () => {
    const late = outcome({ replayed: null });
    const { differences, ...line } = JSON.parse(diffedJson({ ...differing, a: outcome(), b: late }, 'a'));
    expect(line).to.include({ is: 'outcome', number: 7, latencyMs: 3, aLatencyMs: 1, bLatencyMs: null });
    expect(differences).to.deep.equal([{ path: 'errorCode', a: 0, b: 25, what: null, reason: null }]);
  });
});

describe('summaryJson', () => {
  it('counts, and says why it stopped', () => {
    const summary = JSON.parse(summaryJson({ ...endedAfter(differing), stopped: 'interrupted' }));
    expect(summary).to.include({ is: 'summary', answers: 1, differences: 1, playedMs: 1500, stopped: 'interrupted' });
    expect(summary.apis.Heartbeat.differs).to.equal(1);
  });
});
