/**
 * Compiled codecs against the oracle: the same bytes, the same values, the same refusals, for random schemas, for every
 * message of Kafka 4.4 as Kafka wrote it, and for every API that this broker answers.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Api } from '../../lib/protocol/api';
import { DecodeError, EncodeError, Reader, Writer } from '../../lib/protocol/bytes';
import { type Codec, compile } from '../../lib/protocol/compile';
import { covers, parseVersions, type Schema } from '../../lib/protocol/schema';
import { fixtureLines, fromVector, kafkaMessages, schemaOf, type Vector } from '../support/kafka-definitions';
import { completed, referenceRead, referenceWrite } from '../support/reference-codec';
import { type AnyDraft, draftsOf, type Example, examples } from '../support/schema-arbitraries';

/** What `work` gives, or the error of the given kind that it throws. */
function outcome<T>(work: () => T, kind: new (...args: never[]) => Error): T | 'refused' {
  try {
    return work();
  } catch (error) {
    if (error instanceof kind) return 'refused';
    throw error;
  }
}

const compiled = new WeakMap<Schema, Map<string, Codec<Schema>>>();

/** The codec of a schema, compiled once. */
function codecFor({ schema, version, flexible }: Omit<Example, 'draft'>): Codec<Schema> {
  const ofSchema = compiled.get(schema) ?? new Map<string, Codec<Schema>>();
  compiled.set(schema, ofSchema);
  const codec = ofSchema.get(`${version} ${flexible}`) ?? compile(schema, version, flexible);
  ofSchema.set(`${version} ${flexible}`, codec);
  return codec;
}

function compiledRead(codec: Codec<Schema>, bytes: Buffer): unknown {
  const reader = new Reader(bytes);
  const value = codec.read(reader);
  if (reader.remaining > 0) reader.fail('bytes left over');
  return value;
}

function compiledWrite(codec: Codec<Schema>, draft: AnyDraft): Buffer {
  const writer = new Writer(256);
  codec.write(writer, draft as never);
  return writer.takeBuffer();
}

function expectAgreement(example: Example): Buffer | 'refused' {
  const { schema, version, flexible, draft } = example;
  const codec = codecFor(example);
  const written = outcome(() => compiledWrite(codec, draft), EncodeError);
  expect(written).to.deep.equal(outcome(() => referenceWrite(schema, version, flexible, draft), Error));
  if (written === 'refused') return written;
  const value = completed(schema, version, flexible, draft);
  expect(compiledRead(codec, written)).to.deep.equal(value);
  expect(referenceRead(schema, version, flexible, written)).to.deep.equal(value);
  return written;
}

function expectSameReading(example: Omit<Example, 'draft'>, bytes: Buffer): void {
  const { schema, version, flexible } = example;
  const value = outcome(() => compiledRead(codecFor(example), bytes), DecodeError);
  expect(value).to.deep.equal(outcome(() => referenceRead(schema, version, flexible, bytes), Error));
}

/** Bytes that are nearly a message. */
const damages = fc.array(
  fc.record({
    at: fc.nat(),
    how: fc.constantFrom('set', 'cut', 'insert'),
    byte: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
  }),
  { minLength: 1, maxLength: 3 },
);

function damaged(bytes: Buffer, all: { at: number; how: string; byte: number }[]): Buffer {
  return all.reduce((whole, { at, how, byte }) => {
    const p = at % (whole.length + 1);
    if (how === 'cut') return whole.subarray(0, p);
    return Buffer.concat([whole.subarray(0, p), Buffer.from([byte]), whole.subarray(how === 'insert' ? p : p + 1)]);
  }, bytes);
}

describe('compile and the oracle', () => {
  it('agree on the bytes and the values of random schemas', () => {
    fc.assert(
      fc.property(examples, (example) => void expectAgreement(example)),
      { numRuns: 300 },
    );
  });

  it('agree on what damaged messages say, or that they say nothing', () => {
    fc.assert(
      fc.property(examples, damages, (example, damage) => {
        const bytes = outcome(() => compiledWrite(codecFor(example), example.draft), EncodeError);
        if (bytes !== 'refused') expectSameReading(example, damaged(bytes, damage));
      }),
      { numRuns: 300 },
    );
  });

  it('agree on random bytes', () => {
    fc.assert(
      fc.property(examples, fc.uint8Array({ maxLength: 60 }), (example, bytes) =>
        expectSameReading(example, Buffer.from(bytes)),
      ),
      { numRuns: 300 },
    );
  });

  const index = join(__dirname, '../../lib/apis/index.ts');
  const apis = existsSync(index) ? [...(require(index) as { apis: Iterable<Api> }).apis] : [];
  for (const api of apis) {
    it(`agree on ${api.name}, every version, both directions`, () => {
      for (let version = api.versions.from; version <= api.versions.to; version++) {
        for (const schema of [api.request, api.response]) {
          const flexible = api.isFlexible(version);
          const drafts = draftsOf(schema, version);
          fc.assert(
            fc.property(drafts, damages, (draft, damage) => {
              const example = { schema, version, flexible, draft };
              const bytes = expectAgreement(example);
              if (bytes !== 'refused') expectSameReading(example, damaged(bytes, damage));
            }),
            { numRuns: 8 },
          );
        }
      }
    }).timeout(20000);
  }
});

describe('compile, held against the vectors of Apache Kafka 4.4', () => {
  const messages = kafkaMessages();
  const codecs = new Map<string, { schema: Schema; flexible: boolean; codec: Codec<Schema> }>();

  function codecOf({ key, kind, version }: Vector) {
    const id = `${kind} ${key} ${version}`;
    const known = codecs.get(id);
    if (known !== undefined) return known;
    const definition = messages.find((message) => message.type === kind && message.apiKey === key)!;
    const schema = schemaOf(definition.fields);
    const flexible = covers(parseVersions(definition.flexibleVersions), version);
    const made = { schema, flexible, codec: compile(schema, version, flexible) };
    codecs.set(id, made);
    return made;
  }

  for (const file of ['golden-requests.jsonl.gz', 'golden-responses.jsonl.gz']) {
    it(`reads and writes every message of ${file}`, () => {
      for (const vector of fixtureLines<Vector>(file)) {
        const { schema, flexible, codec } = codecOf(vector);
        const name = `${vector.api} ${vector.kind} v${vector.version}, ${vector.fill}`;
        const draft = fromVector(schema, vector.json);
        const bytes = Buffer.from(vector.hex, 'hex');
        const value = completed(schema, vector.version, flexible, draft);
        expect(compiledRead(codec, bytes), name).to.deep.equal(value);
        expect(referenceRead(schema, vector.version, flexible, bytes), name).to.deep.equal(value);
        expect(compiledWrite(codec, draft).toString('hex'), name).to.equal(vector.hex);
        expect(referenceWrite(schema, vector.version, flexible, draft).toString('hex'), name).to.equal(vector.hex);
      }
    }).timeout(30000);
  }

  it('passes over the unknown tags of golden-unknown-tags.jsonl.gz', () => {
    for (const vector of fixtureLines<Vector>('golden-unknown-tags.jsonl.gz')) {
      const { schema, codec } = codecOf(vector);
      const value = completed(schema, vector.version, true, fromVector(schema, vector.json));
      expect(compiledRead(codec, Buffer.from(vector.hex, 'hex')), vector.api).to.deep.equal(value);
    }
  });
});
