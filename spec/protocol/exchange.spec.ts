import { expect } from 'chai';
import { Reader, Writer } from '../../lib/protocol/bytes';
import { defineExchange, type ExchangeDefinition } from '../../lib/protocol/exchange';
import { int16, int32, string } from '../../lib/protocol/schema';
import { fixtureText, kafkaMessages } from '../support/kafka-definitions';

const request = { name: string(), size: int32().since(2) };
const response = { errorCode: int16() };

function define(change: Partial<ExchangeDefinition<typeof request, typeof response>> = {}) {
  return defineExchange({ key: 500, name: 'Sample', versions: '1-3', flexible: '2+', request, response, ...change });
}

describe('defineExchange', () => {
  it('cannot be changed afterwards', () => {
    expect(define()).to.be.frozen;
  });

  it('refuses to have no version', () => {
    expect(() => define({ versions: 'none' })).to.throw(TypeError, 'Sample has no version');
  });

  it('compiles a codec once per version', () => {
    const exchange = define();
    expect(exchange.requestCodec(1)).to.equal(exchange.requestCodec(1));
    expect(exchange.requestCodec(1)).not.to.equal(exchange.requestCodec(2));
    expect(exchange.responseCodec(1)).not.to.equal(exchange.requestCodec(1));
  });

  it('has codecs that are flexible where it is', () => {
    const exchange = define();
    const written = (version: number) => {
      const writer = new Writer();
      exchange.requestCodec(version).write(writer, { name: 'a', size: 5 });
      return writer.takeBuffer();
    };
    expect(written(1).toString('hex')).to.equal('000161');
    expect(written(2).toString('hex')).to.equal('02610000000500');
    expect(exchange.requestCodec(2).read(new Reader(written(2)))).to.deep.equal({ name: 'a', size: 5 });
  });
});

describe('Exchange.responseHeader', () => {
  const flexibleOf = new Map(
    kafkaMessages()
      .filter(({ type }) => type === 'request')
      .map(({ apiKey, flexibleVersions }) => [apiKey, flexibleVersions]),
  );
  const lines = fixtureText('golden-header-versions.tsv').trim().split('\n').slice(1);

  it(`and isFlexible choose the headers that Kafka chooses, for ${lines.length} APIs and versions`, () => {
    for (const line of lines) {
      const [key, name, version, requestHeader, responseHeader] = line.split('\t');
      const exchange = define({ key: Number(key), flexible: flexibleOf.get(Number(key))! });
      expect(exchange.responseHeader(Number(version)), `${name} ${version}, response`).to.equal(Number(responseHeader));
      expect(exchange.isFlexible(Number(version)) ? 2 : 1, `${name} ${version}, request`).to.equal(
        Number(requestHeader),
      );
    }
  });
});
