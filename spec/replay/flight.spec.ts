import { expect } from 'chai';
import { heartbeat } from '../../lib/apis';
import { Reader } from '../../lib/protocol/bytes';
import { encoded, flightOf, grounded, unread } from '../../lib/replay/flight';
import { idKindOf } from '../../lib/replay/ids/id-kinds';
import { LearnedIds, nowhere } from '../../lib/replay/ids/learned-ids';
import { outcome } from '../support/outcomes';

const { request } = outcome();
const body = request.body.body!;

describe('flightOf', () => {
  it('sends what was recorded where nothing is called otherwise', () => {
    const { asked, chunks, verdict } = flightOf(request, body, null, new LearnedIds());
    expect([asked, verdict]).to.deep.equal([body, null]);
    expect(chunks).to.deep.equal([request.bytes]);
  });

  it('sends it with the ids of the target', () => {
    const ids = new LearnedIds();
    ids.learn(idKindOf('', 'memberId', 'string')!, nowhere, 'm', 'another');
    const { asked, chunks } = flightOf(request, body, null, ids);
    expect(asked).to.deep.equal({ ...body, memberId: 'another' });
    const bytes = Buffer.concat(chunks!);
    expect(bytes.subarray(0, request.headerBytes.length)).to.deep.equal(request.headerBytes);
    const reader = new Reader(bytes, request.headerBytes.length);
    expect(heartbeat.requestCodec(4).read(reader)).to.deep.equal(asked);
  });

  it('does not send what cannot be written', () => {
    const ids = new LearnedIds();
    ids.learn(idKindOf('', 'memberId', 'string')!, nowhere, 'm', 'x'.repeat(40_000));
    const { asked, chunks, verdict, why } = flightOf(request, body, null, ids);
    expect([asked, chunks, verdict]).to.deep.equal([null, null, 'unknown']);
    expect(why).to.match(/^its ids do not fit into the request: /);
  });
});

describe('encoded', () => {
  it('passes on what is the recorded body', () => {
    expect(encoded(request, body)[0]).to.equal(request.bytes);
  });
});

describe('grounded and unread', () => {
  it('are not sent, and sent as they are', () => {
    expect(grounded('unserved', 'w')).to.include({ chunks: null, verdict: 'unserved', why: 'w' });
    expect(unread(request, 'w').chunks).to.deep.equal([request.bytes]);
  });
});
