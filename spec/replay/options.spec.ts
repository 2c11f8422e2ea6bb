import { expect } from 'chai';
import { heartbeat } from '../../lib/apis';
import { RecordedRequest } from '../../lib/capture/recorded';
import { checkReplayOptions } from '../../lib/replay/options';
import { UsageError } from '../../lib/usage';
import { requestBytes } from '../support/recordings';
import { referenceTraffic } from '../support/reference-traffic';

const body = { groupId: 'g', generationId: 1, memberId: 'm' };
const request = (clientId: string | null) =>
  new RecordedRequest(
    { number: 1, connection: 1, client: '', sentAtMs: 0 },
    requestBytes(heartbeat, 4, body, 1, clientId),
  );

describe('checkReplayOptions', () => {
  it('refuses what cannot be meant', () => {
    const refused = (options: object) => expect(() => checkReplayOptions('replay', options)).to.throw(UsageError);
    refused({ sped: 1 }).with.property('message', 'replay: no option "sped": did you mean speed?');
    for (const options of [
      { speed: 0 },
      { speed: Number.NaN },
      { answerMaxMs: -1 },
      { settleMaxMs: 1e12 },
      { ignore: ['a..b'] },
      { ignore: ['Nonsense.b'] },
    ])
      refused(options);
  });

  it('knows the APIs that paths begin with', () => {
    const given = () => checkReplayOptions('replay', { ignore: ['**.a', '*.b', 'Metdata.c'] });
    expect(given).to.throw(UsageError, 'ignore: Metdata.c: there is no API Metdata: did you mean Metadata?');
  });

  it('adds to what may differ', () => {
    const ignore = ['Fetch.b', { path: 'Fetch.c', reason: 'mine' }];
    const { reasonOf } = checkReplayOptions('replay', { ignore });
    expect(['b', 'c', 'throttleTimeMs', 'd'].map((field) => reasonOf(`Fetch.${field}`))).to.deep.equal([
      'ignored',
      'mine',
      'how busy the broker is',
      null,
    ]);
  });

  it('leaves out the connections of brokers in the reference traffic, and no others', () => {
    const { leavesOut } = checkReplayOptions('replay', {});
    type Connection = { readonly client_id: string; readonly from_broker?: boolean };
    for (const { file, connections } of referenceTraffic())
      for (const { client_id, from_broker = false } of connections as readonly Connection[])
        expect(leavesOut(request(client_id)), `${file} ${client_id}`).to.equal(from_broker);
    expect(leavesOut(request(null))).to.equal(false);
  });
});
