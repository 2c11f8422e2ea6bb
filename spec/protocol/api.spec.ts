import { expect } from 'chai';
import { errors } from '../../lib/errors';
import { Answer, type ApiDefinition, defineApi, serves } from '../../lib/protocol/api';
import { Reader, Writer } from '../../lib/protocol/bytes';
import { int16, int32, string } from '../../lib/protocol/schema';
import { fixtureText, kafkaMessages } from '../support/kafka-definitions';

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

  it('refuses to serve nothing', () => {
    expect(() => define({ versions: 'none' })).to.throw(TypeError, 'Sample serves no version');
  });

  it('compiles a codec once per version', () => {
    const api = define();
    expect(api.requestCodec(1)).to.equal(api.requestCodec(1));
    expect(api.requestCodec(1)).not.to.equal(api.requestCodec(2));
    expect(api.responseCodec(1)).not.to.equal(api.requestCodec(1));
  });

  it('has codecs that are flexible where it is', () => {
    const api = define();
    const written = (version: number) => {
      const writer = new Writer();
      api.requestCodec(version).write(writer, { name: 'a', size: 5 });
      return writer.takeBuffer();
    };
    expect(written(1).toString('hex')).to.equal('000161');
    expect(written(2).toString('hex')).to.equal('02610000000500');
    expect(api.requestCodec(2).read(new Reader(written(2)))).to.deep.equal({ name: 'a', size: 5 });
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

describe('Api.responseHeader', () => {
  const flexibleOf = new Map(
    kafkaMessages()
      .filter(({ type }) => type === 'request')
      .map(({ apiKey, flexibleVersions }) => [apiKey, flexibleVersions]),
  );
  const lines = fixtureText('golden-header-versions.tsv').trim().split('\n').slice(1);

  it(`and Api.isFlexible choose the headers that Kafka chooses, for ${lines.length} APIs and versions`, () => {
    for (const line of lines) {
      const [key, name, version, requestHeader, responseHeader] = line.split('\t');
      const api = define({ key: Number(key), flexible: flexibleOf.get(Number(key))! });
      expect(api.responseHeader(Number(version)), `${name} ${version}, response`).to.equal(Number(responseHeader));
      expect(api.isFlexible(Number(version)) ? 2 : 1, `${name} ${version}, request`).to.equal(Number(requestHeader));
    }
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
