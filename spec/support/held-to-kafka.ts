/**
 * Holds one exchange against Kafka 4.4: name, versions, declared fields, and every message that Kafka wrote of it. For the
 * specs of what is served (spec/house/apis.spec.ts) and of what is only read (spec/apis/exchanges.spec.ts).
 *
 * Kafka's vectors leave out the APIs of controllers. For these the oracle writes messages by Kafka's definitions, with
 * random values from a fixed seed.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { DecodeError, Reader, Writer, zeroUuid } from '../../lib/protocol/bytes';
import type { Codec } from '../../lib/protocol/compile';
import type { Exchange } from '../../lib/protocol/exchange';
import { Field, parseVersions, type Schema, type Versions } from '../../lib/protocol/schema';
import { fixtureLines, fixtureText, fromVector, kafkaMessages, schemaOf, type Vector } from './kafka-definitions';
import { completed, referenceWrite } from './reference-codec';
import { draftsOf } from './schema-arbitraries';

type Body = Record<string, unknown>;
type Kind = Vector['kind'];

/** A message as Kafka, or the oracle for it, wrote it. */
export interface Sample {
  readonly version: number;
  /** How it was filled, for messages of specs. */
  readonly fill: string;
  readonly draft: Body;
  readonly bytes: Buffer;
}

/** A line of api-versions.tsv; versions are null where Kafka has kept the key and nothing else. */
export interface TableRow {
  readonly key: number;
  readonly name: string;
  readonly versions: Versions | null;
  readonly advertised: Versions | null;
}

export const apiTable: readonly TableRow[] = fixtureText('api-versions.tsv')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const cells = line.split('\t');
    const range = (from = '-', to = '-') => (from === '-' ? null : { from: Number(from), to: Number(to) });
    return {
      key: Number(cells[0]),
      name: cells[1]!,
      versions: range(cells[2], cells[3]),
      advertised: range(cells[10], cells[11]),
    };
  });

const messages = new Map(kafkaMessages().map((message) => [`${message.apiKey} ${message.type}`, message]));
const vectors = {
  request: fixtureLines<Vector>('golden-requests.jsonl.gz'),
  response: fixtureLines<Vector>('golden-responses.jsonl.gz'),
};
const unknownTags = fixtureLines<Vector & { hexWithout: string }>('golden-unknown-tags.jsonl.gz');

const concerns = (exchange: Exchange) => (vector: Pick<Vector, 'key' | 'version'>) =>
  vector.key === exchange.key && common(exchange.versions, only(vector.version)) !== null;

/** Messages of an exchange, at least one of each version. */
export function samplesOf(exchange: Exchange, kind: Kind): readonly Sample[] {
  const golden = vectors[kind].filter(concerns(exchange)).map(({ version, fill, json, hex }) => {
    return { version, fill, draft: fromVector(exchange[kind], json), bytes: Buffer.from(hex, 'hex') };
  });
  return golden.length > 0 ? golden : writtenByOracle(exchange, kind);
}

function writtenByOracle(exchange: Exchange, kind: Kind): Sample[] {
  const { fields, flexibleVersions } = messages.get(`${exchange.key} ${kind}`)!;
  const schema = schemaOf(fields);
  const flexible = parseVersions(flexibleVersions);
  return versionsOf(exchange).flatMap((version) =>
    fc.sample(draftsOf(schema, version), { seed: 1, numRuns: 20 }).map((draft, i) => {
      const bytes = referenceWrite(schema, version, common(flexible, only(version)) !== null, draft);
      return { version, fill: `random ${i}`, draft, bytes };
    }),
  );
}

function versionsOf({ versions: { from, to } }: Exchange): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

const only = (version: number): Versions => ({ from: version, to: version });

function common(a: Versions | null, b: Versions): Versions | null {
  if (a === null || a.from > b.to || a.to < b.from) return null;
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

/** A declaration reduced to what can be told on the wire of the known versions. */
function told(schema: Schema, known: Versions): unknown[] {
  return Object.entries(schema).flatMap(([name, field]) => {
    const { kind, tag } = field.declared;
    const versions = common(field.declared.versions, known);
    if (versions === null) return [];
    const nulls = common(field.declared.nulls, versions);
    const inner = kind.is === 'array' ? kind.element.declared.kind : kind;
    return {
      name,
      type: kind.is === 'array' ? `array of ${inner.is}` : kind.is,
      versions,
      nulls,
      tag,
      fallback: completed({ field: new Field({ ...field.declared, nulls }) }, 0, true, {})['field'],
      fields: inner.is === 'struct' ? told(inner.fields, versions) : [],
    };
  });
}

function codecOf(exchange: Exchange, kind: Kind, version: number): Codec<Schema> {
  return kind === 'request' ? exchange.requestCodec(version) : exchange.responseCodec(version);
}

/** Reads a whole message; bytes left over are an error. */
export function read(codec: Codec<Schema>, bytes: Buffer): Body {
  const reader = new Reader(bytes);
  const value = codec.read(reader);
  if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes left over`);
  return value;
}

/** Requests of an exchange with a few bits turned and perhaps cut short. */
export function damagedRequests(exchange: Exchange): fc.Arbitrary<{ version: number; bytes: Buffer }> {
  return fc
    .record({
      sample: fc.constantFrom(...samplesOf(exchange, 'request')),
      flips: fc.array(fc.record({ at: fc.nat(), bit: fc.nat(7) }), { maxLength: 4 }),
      cut: fc.option(fc.nat(), { freq: 4 }),
    })
    .map(({ sample, flips, cut }) => {
      const bytes = Buffer.from(sample.bytes);
      for (const { at, bit } of flips) if (bytes.length > 0) bytes[at % bytes.length]! ^= 1 << bit;
      return { version: sample.version, bytes: cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1)) };
    });
}

/** Elements of arrays all together, and the bytes of fields: what reading made of some bytes, without defaults. */
function sizeOf(value: unknown): number {
  if (value === zeroUuid) return 0;
  if (Buffer.isBuffer(value) || typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? value.length : 0;
  return Object.values(value).reduce((sum: number, inner) => sum + sizeOf(inner), own);
}

function readsOrRefuses(exchange: Exchange, version: number, bytes: Buffer): void {
  let value: unknown;
  try {
    value = exchange.requestCodec(version).read(new Reader(bytes));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    expect(error.message).to.match(/ at byte \d+: ./);
    return;
  }
  // No field takes less than a byte: what was read cannot be more than there was.
  expect(sizeOf(value)).to.be.at.most(bytes.length + 100);
}

/** Defines the specs that every exchange passes; called inside its `describe`. */
export function holdToKafka(exchange: Exchange): void {
  it('has the key, the name and the versions of Kafka', () => {
    const row = apiTable.find(({ key }) => key === exchange.key);
    expect(row?.name).to.equal(exchange.name);
    expect(common(row!.versions, exchange.versions)).to.deep.equal(exchange.versions);
  });

  for (const kind of ['request', 'response'] as const) {
    it(`declares the fields of its ${kind} as Kafka does`, () => {
      const message = messages.get(`${exchange.key} ${kind}`)!;
      expect(told(exchange[kind], exchange.versions)).to.deep.equal(told(schemaOf(message.fields), exchange.versions));
      const flexible = parseVersions(message.flexibleVersions);
      for (const version of versionsOf(exchange))
        expect(exchange.isFlexible(version), `v${version}`).to.equal(common(flexible, only(version)) !== null);
    });

    it(`reads and writes every ${kind} that Kafka wrote`, () => {
      const samples = samplesOf(exchange, kind);
      expect(samples.map(({ version }) => version)).to.include.members(versionsOf(exchange));
      for (const { version, fill, draft, bytes } of samples) {
        const codec = codecOf(exchange, kind, version);
        const value = read(codec, bytes);
        expect(value, `v${version} ${fill}`).to.deep.equal(
          completed(exchange[kind], version, exchange.isFlexible(version), draft),
        );
        for (const written of [value, draft]) {
          const writer = new Writer();
          codec.write(writer, written);
          expect(writer.takeBuffer().toString('hex'), `v${version} ${fill}`).to.equal(bytes.toString('hex'));
        }
      }
    });

    it(`skips tags of its ${kind} that it does not know`, () => {
      for (const vector of unknownTags.filter((line) => line.kind === kind).filter(concerns(exchange))) {
        const codec = codecOf(exchange, kind, vector.version);
        const value = read(codec, Buffer.from(vector.hex, 'hex'));
        expect(value).to.deep.equal(read(codec, Buffer.from(vector.hexWithout, 'hex')));
      }
    });
  }

  it('reads damaged requests, or says what is wrong with them', () => {
    fc.assert(
      fc.property(damagedRequests(exchange), ({ version, bytes }) => readsOrRefuses(exchange, version, bytes)),
      { numRuns: 300 },
    );
  });

  it('reads random bytes, or says what is wrong with them', () => {
    const versions = fc.integer({ min: exchange.versions.from, max: exchange.versions.to });
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(versions, bytes, (version, random) => readsOrRefuses(exchange, version, random)),
      { numRuns: 300 },
    );
  });
}
