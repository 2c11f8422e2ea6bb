import { expect } from 'chai';
import { heartbeat, produce } from '../../lib/apis';
import { rowsOf, said } from '../support/calls';

const beat = said({
  exchange: heartbeat,
  version: 4,
  request: { groupId: 'g', generationId: 1, memberId: 'm' },
  answer: { errorCode: 0 },
});

describe('CallRow', () => {
  it('holds a request and its answer', async () => {
    const [row] = await rowsOf([beat]);
    expect(row!.request.name).to.equal('Heartbeat');
    expect(row!.answer?.latencyMs).to.equal(0.5);
    expect(row!.missing).to.equal(null);
  });

  it('says why there is no answer, but not of one that was never to be', async () => {
    const silent = said({
      exchange: produce,
      version: 9,
      request: { acks: 0, timeoutMs: 1, topicData: [] },
      answer: null,
    });
    const [expected, missed] = await rowsOf([silent, { ...beat, answer: null }]);
    expect([expected!.missing, expected!.answer]).to.deep.equal([null, null]);
    expect(missed!.missing).to.equal('the recording ended before an answer');
  });
});
