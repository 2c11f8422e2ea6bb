import { expect } from 'chai';
import { apiVersions, heartbeat, produce } from '../../lib/apis';
import { RecordedAnswer, RecordedRequest } from '../../lib/capture/recorded';
import { DecodeError } from '../../lib/protocol/bytes';
import { answerBytes, requestBytes } from '../support/recordings';

const place = { number: 1, connection: 1, client: '127.0.0.1:50001', sentAtMs: 1000 };
const beat = { groupId: 'g', generationId: 3, memberId: 'm' };

describe('RecordedRequest', () => {
  it('reads header and body', () => {
    const request = new RecordedRequest(place, requestBytes(heartbeat, 4, beat, 7, 'me'));
    expect(request.header).to.deep.equal({ apiKey: 12, apiVersion: 4, correlationId: 7, clientId: 'me' });
    expect(request.name).to.equal('Heartbeat');
    expect(request.body.body).to.include(beat);
    expect(request.isAnswered).to.equal(true);
  });

  it('knows how far its header goes', () => {
    const bytes = requestBytes(heartbeat, 4, beat, 7, 'me');
    expect(new RecordedRequest(place, bytes).headerBytes).to.deep.equal(bytes.subarray(0, 2 + 2 + 4 + 2 + 2 + 1));
  });

  it('says why it has no body: the API is not known', () => {
    const bytes = Buffer.from('04d2000500000007ffff0102', 'hex');
    const request = new RecordedRequest(place, bytes);
    expect(request).to.include({ name: 'API 1234', exchange: null });
    expect(request.body).to.deep.equal({ body: null, why: 'API 1234 v5 is not known' });
    expect(request.isAnswered).to.equal(true);
  });

  it('says why it has no body: the version is not known', () => {
    const bytes = requestBytes(heartbeat, 4, beat);
    bytes.writeInt16BE(99, 2);
    expect(new RecordedRequest(place, bytes).body).to.deep.equal({ body: null, why: 'Heartbeat v99 is not known' });
  });

  it('says why it has no body: it is broken, and where', () => {
    const bytes = requestBytes(heartbeat, 3, beat);
    const { body, why } = new RecordedRequest(place, bytes.subarray(0, bytes.length - 5)).body;
    expect(body).to.equal(null);
    expect(why).to.match(/^(groupInstanceId|memberId) at byte \d+: /);
  });

  it('refuses what has no header', () => {
    expect(() => new RecordedRequest(place, Buffer.from('0012'))).to.throw(DecodeError);
  });

  it('knows of Produce with acks=0 that nobody waits', () => {
    const body = { acks: 0, timeoutMs: 1, topicData: [] };
    expect(new RecordedRequest(place, requestBytes(produce, 9, body)).isAnswered).to.equal(false);
    expect(new RecordedRequest(place, requestBytes(produce, 9, { ...body, acks: 1 })).isAnswered).to.equal(true);
  });
});

describe('RecordedAnswer', () => {
  it('reads its body, and how long it took', () => {
    const request = new RecordedRequest(place, requestBytes(heartbeat, 4, beat));
    const answer = new RecordedAnswer(request, answerBytes(heartbeat, 4, { errorCode: 27 }), 1012.5);
    expect(answer.body.body).to.include({ errorCode: 27 });
    expect(answer.latencyMs).to.equal(12.5);
  });

  it('reads a refused ApiVersions in version 0, as the broker writes it', () => {
    const asked = requestBytes(apiVersions, 4, { clientSoftwareName: 'a', clientSoftwareVersion: '1' });
    const request = new RecordedRequest(place, asked);
    const refused = { errorCode: 35, apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }] };
    const { body } = new RecordedAnswer(request, answerBytes(apiVersions, 0, refused), 1001).body;
    expect(body).to.include({ errorCode: 35 });
  });
});
