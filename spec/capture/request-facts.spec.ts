import { expect } from 'chai';
import { heartbeat } from '../../lib/apis';
import { RecordedRequest } from '../../lib/capture/recorded';
import { requestFacts } from '../../lib/capture/request-facts';
import { requestBytes } from '../support/recordings';

describe('requestFacts', () => {
  it('say who asked what, and when', () => {
    const bytes = requestBytes(heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' }, 7, 'me');
    const place = { number: 3, connection: 2, client: '10.0.0.1:5', sentAtMs: 1_700_000_000_000.25 };
    expect(requestFacts(new RecordedRequest(place, bytes))).to.deep.equal({
      number: 3,
      connection: 2,
      client: '10.0.0.1:5',
      clientId: 'me',
      sentAt: '2023-11-14T22:13:20.000250Z',
      api: 'Heartbeat',
      key: 12,
      version: 4,
      correlationId: 7,
    });
  });
});
