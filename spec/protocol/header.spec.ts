import { expect } from 'chai';
import { DecodeError, Reader, Writer } from '../../lib/protocol/bytes';
import {
  readRequestHeader,
  readResponseHeader,
  skipRequestHeader,
  writeRequestHeader,
  writeResponseHeader,
} from '../../lib/protocol/header';
import { fixtureLines } from '../support/kafka-definitions';

interface HeaderVector {
  readonly header: 'RequestHeader' | 'ResponseHeader';
  readonly version: number;
  readonly fill: string;
  readonly json: {
    readonly requestApiKey: number;
    readonly requestApiVersion: number;
    readonly correlationId: number;
    readonly clientId: string | null;
  };
  readonly hex: string;
}

const vectors = fixtureLines<HeaderVector>('golden-headers.jsonl');
const requests = vectors.filter(({ header }) => header === 'RequestHeader');
const responses = vectors.filter(({ header }) => header === 'ResponseHeader');

describe('readRequestHeader', () => {
  for (const { version, fill, json, hex } of requests) {
    it(`reads Kafka's header ${version}, ${fill}`, () => {
      const reader = new Reader(Buffer.from(hex, 'hex'));
      const asked: unknown[] = [];
      const header = readRequestHeader(reader, (...keyAndVersion) => {
        asked.push(keyAndVersion);
        return version === 2;
      });
      const { requestApiKey: apiKey, requestApiVersion: apiVersion, correlationId, clientId } = json;
      expect(header).to.deep.equal({ apiKey, apiVersion, correlationId, clientId });
      expect(asked).to.deep.equal([[apiKey, apiVersion]]);
      expect(reader.remaining).to.equal(0);
    });
  }

  it('names the field that is cut short', () => {
    const read = (hex: string) => () => readRequestHeader(new Reader(Buffer.from(hex, 'hex')), () => true);
    expect(read('00')).to.throw(DecodeError, 'apiKey at byte 0: 2 bytes needed, 1 left');
    expect(read('000300')).to.throw(DecodeError, 'apiVersion at byte 2');
    expect(read('0003000400')).to.throw(DecodeError, 'correlationId at byte 4');
    expect(read('00030004000000070005ab')).to.throw(DecodeError, 'clientId at byte 10: 5 bytes needed, 1 left');
    expect(read('0003000400000007fffe')).to.throw(DecodeError, 'clientId at byte 10: string length -2');
    expect(read('0003000400000007ffff01')).to.throw(DecodeError, 'header tags at byte 11');
    expect(read('0003000400000007ffff010005ab')).to.throw(
      DecodeError,
      'header tags at byte 13: 5 bytes needed, 1 left',
    );
  });
});

describe('skipRequestHeader', () => {
  it('ends where reading does', () => {
    for (const { version, hex } of requests) {
      const [read, skipped] = [new Reader(Buffer.from(hex, 'hex')), new Reader(Buffer.from(hex, 'hex'))];
      readRequestHeader(read, () => version === 2);
      skipRequestHeader(skipped, version === 2);
      expect(skipped.position).to.equal(read.position);
    }
  });
});

describe('writeRequestHeader', () => {
  for (const { version, fill, json, hex } of requests.filter((vector) => vector.fill !== 'unknown-tag')) {
    it(`writes Kafka's header ${version}, ${fill}`, () => {
      const writer = new Writer();
      const { requestApiKey: apiKey, requestApiVersion: apiVersion, correlationId, clientId } = json;
      writeRequestHeader(writer, { apiKey, apiVersion, correlationId, clientId }, version === 2);
      expect(writer.takeBuffer().toString('hex')).to.equal(hex);
    });
  }
});

describe('readResponseHeader and writeResponseHeader', () => {
  for (const { version, fill, json, hex } of responses) {
    it(`hold Kafka's header ${version}, ${fill}`, () => {
      const reader = new Reader(Buffer.from(hex, 'hex'));
      expect(readResponseHeader(reader, version as 0 | 1)).to.equal(json.correlationId);
      expect(reader.remaining).to.equal(0);
      const writer = new Writer();
      writeResponseHeader(writer, json.correlationId, version as 0 | 1);
      expect(writer.takeBuffer().toString('hex')).to.equal(hex);
    });
  }
});
