import { expect } from 'chai';
import { errors } from '../../lib/errors';
import { Answer, type ApiDefinition, defineApi, serves } from '../../lib/protocol/api';
import { int16, int32, string } from '../../lib/protocol/schema';

const request = { name: string(), size: int32().since(2) };
const response = { errorCode: int16() };
type Definition = ApiDefinition<typeof request, typeof response>;

function define(change: Partial<Definition> = {}) {
  return defineApi({
    key: 500,
    name: 'Sample',
    versions: '1-3',
    flexible: '2+',
    request,
    response,
    refuse: (_body, error) => ({ errorCode: error.code }),
    handle: () => ({ errorCode: 0 }),
    ...change,
  });
}

describe('defineApi', () => {
  it('answers its calls one after the other and advertises what it serves, unless it says otherwise', () => {
    const { order, versions, advertised } = define();
    expect(order).to.equal('exclusive');
    expect(advertised).to.equal(versions);
    expect(versions).to.deep.equal({ from: 1, to: 3 });
  });

  it('may advertise more than it serves', () => {
    const api = define({ advertised: '0-3', order: 'pipelined' });
    expect(api.advertised).to.deep.equal({ from: 0, to: 3 });
    expect(serves(api, 0)).to.equal(false);
    expect(api.order).to.equal('pipelined');
  });

  it('cannot be changed afterwards', () => {
    expect(define()).to.be.frozen;
  });

  it('keeps the ways to answer that it was given', () => {
    const api = define({ refuseVersion: () => ({ errorCode: 35 }) });
    expect(api.refuse({ name: '', size: 0 }, errors.INVALID_REQUEST)).to.deep.equal({ errorCode: 42 });
    expect(api.refuseVersion?.()).to.deep.equal({ errorCode: 35 });
    expect(define().refuseVersion).to.equal(undefined);
  });
});

describe('serves', () => {
  it('says whether a version is answered', () => {
    const seen = [0, 1, 3, 4, -1].map((version) => serves(define(), version));
    expect(seen).to.deep.equal([false, true, true, false, false]);
  });
});

describe('Answer', () => {
  it('holds a body and what gives its memory back', () => {
    let released = 0;
    const answer = new Answer<typeof response>({ errorCode: 0 }, () => released++);
    expect(answer.body).to.deep.equal({ errorCode: 0 });
    answer.release();
    expect(released).to.equal(1);
  });
});
