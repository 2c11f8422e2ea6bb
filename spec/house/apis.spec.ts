/**
 * Holds every API of lib/apis against Kafka 4.4: declared fields, versions, and all messages that Kafka wrote. It walks
 * the list, so that a new API cannot forget.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { apis } from '../../lib/apis';
import { errors, Hangup, KafkaError } from '../../lib/errors';
import { Answer, type Api } from '../../lib/protocol/api';
import { DecodeError, Reader, Writer } from '../../lib/protocol/bytes';
import type { Codec } from '../../lib/protocol/compile';
import { parseVersions, type Schema, type Versions } from '../../lib/protocol/schema';
import type { Scope } from '../../lib/protocol/scope';
import type { Services } from '../../lib/services';
import {
  fixtureLines,
  fixtureText,
  fromVector,
  kafkaMessages,
  schemaOf,
  type Vector,
} from '../support/kafka-definitions';
import { completed } from '../support/reference-codec';
import { scopeOf, TestBroker } from '../support/services';

type Kind = Vector['kind'];

const kinds: readonly Kind[] = ['request', 'response'];

/** A declaration reduced to what can be told on the wire of the served versions. */
function told(schema: Schema, served: Versions): unknown[] {
  return Object.entries(schema).flatMap(([name, field]) => {
    const { kind, tag, nulls } = field.declared;
    const versions = common(field.declared.versions, served);
    if (versions === null) return [];
    const inner = kind.is === 'array' ? kind.element.declared.kind : kind;
    return {
      name,
      type: kind.is === 'array' ? `array of ${inner.is}` : kind.is,
      versions,
      nulls: common(nulls, versions),
      tag,
      fallback: completed({ field }, 0, true, {})['field'],
      fields: inner.is === 'struct' ? told(inner.fields, versions) : [],
    };
  });
}

function common(a: Versions | null, b: Versions): Versions | null {
  if (a === null || a.from > b.to || a.to < b.from) return null;
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

function codecOf(api: Api, kind: Kind, version: number): Codec<Schema> {
  return kind === 'request' ? api.requestCodec(version) : api.responseCodec(version);
}

function read(codec: Codec<Schema>, bytes: Buffer): Record<string, unknown> {
  const reader = new Reader(bytes);
  const value = codec.read(reader);
  if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes left over`);
  return value;
}

const messages = new Map(kafkaMessages().map((message) => [`${message.apiKey} ${message.type}`, message]));
const vectors = {
  request: fixtureLines<Vector>('golden-requests.jsonl.gz'),
  response: fixtureLines<Vector>('golden-responses.jsonl.gz'),
};
const served = (api: Api) => (vector: Pick<Vector, 'key' | 'version'>) =>
  vector.key === api.key && vector.version >= api.versions.from && vector.version <= api.versions.to;
const table = fixtureText('api-versions.tsv')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t'));

describe('apis', () => {
  for (const api of apis) {
    describe(api.name, () => {
      it('has the key, the name and the versions of Kafka', () => {
        const row = table.find(([key]) => Number(key) === api.key);
        expect(row?.[1]).to.equal(api.name);
        const [from = Number.NaN, to = Number.NaN] = [row?.[2], row?.[3]].map(Number);
        expect(api.versions.from).to.be.within(from, to);
        expect(api.versions.to).to.be.within(from, to);
      });

      it('advertises what Kafka advertises, no more', () => {
        const row = table.find(([key]) => Number(key) === api.key);
        const [from = Number.NaN, to = Number.NaN] = [row?.[10], row?.[11]].map(Number);
        expect(api.advertised.from).to.be.at.least(from);
        expect(api.advertised.to).to.be.at.most(to);
      });

      for (const kind of kinds) {
        it(`declares the fields of its ${kind} as Kafka does`, () => {
          const message = messages.get(`${api.key} ${kind}`)!;
          expect(told(api[kind], api.versions)).to.deep.equal(told(schemaOf(message.fields), api.versions));
          const flexible = parseVersions(message.flexibleVersions);
          for (let version = api.versions.from; version <= api.versions.to; version++)
            expect(api.isFlexible(version), `v${version}`).to.equal(
              common(flexible, { from: version, to: version }) !== null,
            );
        });

        it(`reads and writes every ${kind} that Kafka wrote`, () => {
          const mine = vectors[kind].filter(served(api));
          expect(mine.length).to.be.at.least(api.versions.to - api.versions.from + 1);
          for (const { version, fill, json, hex } of mine) {
            const codec = codecOf(api, kind, version);
            const draft = fromVector(api[kind], json);
            const value = read(codec, Buffer.from(hex, 'hex'));
            expect(value, `v${version} ${fill}`).to.deep.equal(
              completed(api[kind], version, api.isFlexible(version), draft),
            );
            for (const written of [value, draft]) {
              const writer = new Writer();
              codec.write(writer, written);
              expect(writer.takeBuffer().toString('hex'), `v${version} ${fill}`).to.equal(hex);
            }
          }
        });

        it(`skips tags of its ${kind} that it does not know`, () => {
          const lines = fixtureLines<Vector & { hexWithout: string }>('golden-unknown-tags.jsonl.gz');
          for (const vector of lines.filter((line) => line.kind === kind).filter(served(api))) {
            const codec = codecOf(api, kind, vector.version);
            const value = read(codec, Buffer.from(vector.hex, 'hex'));
            expect(value).to.deep.equal(read(codec, Buffer.from(vector.hexWithout, 'hex')));
          }
        });
      }

      it('refuses any request in every version, and says the error', () => {
        for (const { version, fill, hex } of vectors.request.filter(served(api))) {
          const request = read(api.requestCodec(version), Buffer.from(hex, 'hex'));
          const writer = new Writer();
          api.responseCodec(version).write(writer, api.refuse(request, errors.REQUEST_TIMED_OUT.because('too late')));
          const refusal = read(api.responseCodec(version), writer.takeBuffer());
          if (fill === 'filled') expect(codesIn(refusal), `v${version}`).to.include(errors.REQUEST_TIMED_OUT.code);
        }
      });

      it('answers whatever it can read, or refuses it', async () => {
        const broker = new TestBroker();
        broker.topic('orders');
        const answered = fc.asyncProperty(damaged(api), async ({ version, bytes }) => {
          const request = readOrNull(api, version, bytes);
          if (request === null) return;
          const scope = scopeOf(version, { signal: AbortSignal.abort() });
          const answer = await answerOrRefusal(api, request, scope, broker.services);
          if (answer === null) return;
          const writer = new Writer();
          api.responseCodec(version).write(writer, answer instanceof Answer ? answer.body : answer);
          read(api.responseCodec(version), writer.takeBuffer());
        });
        await fc.assert(answered, { numRuns: 200 });
        expect(broker.logged).to.deep.equal([]);
      });

      it('reads damaged requests, or says what is wrong with them', () => {
        fc.assert(
          fc.property(damaged(api), ({ version, bytes }) => readsOrRefuses(api, version, bytes)),
          { numRuns: 300 },
        );
      });

      it('reads random bytes, or says what is wrong with them', () => {
        const versions = fc.integer({ min: api.versions.from, max: api.versions.to });
        const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
        fc.assert(
          fc.property(versions, bytes, (version, random) => readsOrRefuses(api, version, random)),
          { numRuns: 300 },
        );
      });
    });
  }
});

/** Elements of arrays all together, and the longest byte field: what reading made of some bytes. */
function sizeOf(value: unknown): number {
  if (Buffer.isBuffer(value) || typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? value.length : 0;
  return Object.values(value).reduce((sum: number, inner) => sum + sizeOf(inner), own);
}

/** Requests that Kafka wrote, with a few bits turned and perhaps cut short. */
function damaged(api: Api): fc.Arbitrary<{ version: number; bytes: Buffer }> {
  return fc
    .record({
      sample: fc.constantFrom(...vectors.request.filter(served(api))),
      flips: fc.array(fc.record({ at: fc.nat(), bit: fc.nat(7) }), { maxLength: 4 }),
      cut: fc.option(fc.nat(), { freq: 4 }),
    })
    .map(({ sample, flips, cut }) => {
      const bytes = Buffer.from(sample.hex, 'hex');
      for (const { at, bit } of flips) if (bytes.length > 0) bytes[at % bytes.length]! ^= 1 << bit;
      return { version: sample.version, bytes: cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1)) };
    });
}

function readOrNull(api: Api, version: number, bytes: Buffer): Record<string, unknown> | null {
  try {
    return read(api.requestCodec(version), bytes);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** As the pipeline does it: a KafkaError is refused, a Hangup is the end, anything else is a bug. */
async function answerOrRefusal(api: Api, request: Record<string, unknown>, scope: Scope, services: Services) {
  try {
    return await api.handle(request, scope, services);
  } catch (error) {
    if (error instanceof KafkaError) return api.refuse(request, error);
    if (error instanceof Hangup) return null;
    throw error;
  }
}

/** Every error code of an answer. */
function codesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'errorCode' ? [inner] : codesIn(inner)));
}

function readsOrRefuses(api: Api, version: number, bytes: Buffer): void {
  let value: unknown;
  try {
    value = api.requestCodec(version).read(new Reader(bytes));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    expect(error.message).to.match(/ at byte \d+: ./);
    return;
  }
  // No field takes less than a byte: what was read cannot be more than there was.
  expect(sizeOf(value)).to.be.at.most(bytes.length + 100);
}
