import { expect } from 'chai';
import fc from 'fast-check';
import { exchanges } from '../../lib/apis/exchanges';
import { writeSubscription } from '../../lib/protocol/consumer-protocol';
import { array, bytes, covers, int16, int32, long, records, string, struct } from '../../lib/protocol/schema';
import { buildBatch } from '../../lib/records/build';
import { shownBody, shownBytes } from '../../lib/traffic/shown';
import { fixtureLines, fromVector, type Vector } from '../support/kafka-definitions';

describe('shownBody', () => {
  it('has what the version carries, in the order of the schema', () => {
    const schema = { old: int16().until(1).default(0), topics: array({ name: string(), index: int32().since(3) }) };
    const body = { topics: [{ index: 4, name: 'a' }], old: 7 };
    expect(JSON.stringify(shownBody(schema, body, 2))).to.equal('{"topics":[{"name":"a"}]}');
    expect(JSON.stringify(shownBody(schema, body, 3))).to.equal('{"topics":[{"name":"a","index":4}]}');
  });

  it('writes int64s beyond 2^53 as text, and nulls as null', () => {
    const schema = { big: long(), none: struct({ a: int16() }).nullable() };
    expect(shownBody(schema, { big: 2n ** 60n, none: null }, 0)).to.deep.equal({
      big: '1152921504606846976',
      none: null,
    });
  });

  it('shows nothing of what logs somebody in', () => {
    const { request } = exchanges().get(36)!;
    expect(shownBody(request, { authBytes: Buffer.from('\0alice\0secret') }, 2)).to.deep.equal({
      authBytes: 'not shown',
    });
  });

  it('shows configurations, but for passwords', () => {
    const { request } = exchanges().get(44)!;
    const config = (name: string, value: string | null) => ({ name, value, configOperation: 0 });
    const configs = [
      config('retention.ms', '5'),
      config('ssl.key.password', 'secret'),
      config('sasl.jaas.config', null),
    ];
    const body = { resources: [{ resourceType: 2, resourceName: 't', configs }], validateOnly: false };
    const shown = JSON.stringify(shownBody(request, body, 1));
    expect(shown).to.include('"value":"5"').and.to.include('"value":"not shown"').and.to.include('"value":null');
    expect(shown).not.to.include('"secret"');
  });

  it('shows batches with their records', () => {
    const batch = buildBatch(
      [{ key: Buffer.from('k'), value: null, headers: [{ key: 'h', value: Buffer.from('v') }] }],
      {
        timestamp: 5,
      },
    );
    const shown = shownBody({ records: records() }, { records: batch }, 0) as { records: Record<string, unknown>[] };
    expect(shown.records[0]).to.include({ baseOffset: 0, compression: 'none', isCrcRight: true, magic: 2 });
    expect(shown.records[0]!['records']).to.deep.equal([
      { offset: 0, timestamp: 5, key: 'k', value: null, headers: [{ key: 'h', value: 'v' }] },
    ]);
  });

  it('shows what classic consumers say to each other, and other bytes as they are', () => {
    const schema = { metadata: bytes(), assignment: bytes() };
    const metadata = writeSubscription({ topics: ['orders'], userData: Buffer.from('u') }, 0);
    expect(shownBody(schema, { metadata, assignment: Buffer.from('connect') }, 0)).to.deep.equal({
      metadata: { version: 0, topics: ['orders'], userData: 'u', ownedPartitions: [], generationId: -1, rackId: null },
      assignment: 'connect',
    });
  });

  it('says where a batch ends too early or is broken', () => {
    const batch = buildBatch([{ value: Buffer.from('abc') }], { timestamp: 5 });
    const of = (bytes: Buffer) =>
      (shownBody({ records: records() }, { records: bytes }, 0) as { records: object[] }).records;
    expect(of(batch.subarray(0, -1))).to.deep.equal([{ bytesOfAnIncompleteBatch: batch.length - 1 }]);
    expect(of(Buffer.concat([batch, batch.subarray(0, 20)]))[1]).to.deep.equal({ bytesOfAnIncompleteBatch: 20 });
    const broken = Buffer.from(batch);
    broken.writeInt32BE(9, 57);
    expect(of(broken)[0]).to.include({ isCrcRight: false });
    expect((of(broken)[0] as { broken: string }).broken).to.match(/^INVALID_RECORD/);
  });

  it('shows any bytes where records should be', () => {
    const batch = buildBatch([{ value: Buffer.from('abcdefgh') }, { value: null }], { timestamp: 5 });
    const damaged = fc
      .record({ at: fc.nat(batch.length - 1), byte: fc.nat(255), cut: fc.nat(batch.length) })
      .map(({ at, byte, cut }) => {
        const bytes = Buffer.from(batch);
        bytes[at] = byte;
        return bytes.subarray(0, cut);
      });
    const random = fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some));
    fc.assert(
      fc.property(fc.oneof(damaged, random), (some) => {
        JSON.stringify(shownBody({ records: records() }, { records: some }, 0));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives JSON for every message of Kafka', () => {
    for (const file of ['golden-requests.jsonl.gz', 'golden-responses.jsonl.gz']) {
      for (const { key, kind, version, json } of fixtureLines<Vector>(file)) {
        const exchange = exchanges().get(key)!;
        if (!covers(exchange.versions, version)) continue;
        const schema = exchange[kind];
        const shown = shownBody(schema, fromVector(schema, json), version);
        expect(JSON.parse(JSON.stringify(shown))).to.deep.equal(shown);
      }
    }
  });
});

describe('shownBytes', () => {
  it('is text where the bytes are', () => {
    expect(shownBytes(Buffer.from('naïve\n'))).to.equal('naïve\n');
    expect(shownBytes(Buffer.alloc(0))).to.equal('');
  });

  it('is base64 for control characters and for what is not UTF-8', () => {
    expect(shownBytes(Buffer.from('\x1b[2J'))).to.deep.equal({ base64: 'G1sySg==' });
    expect(shownBytes(Buffer.from([0xff]))).to.deep.equal({ base64: '/w==' });
    expect(shownBody({ raw: bytes() }, { raw: Buffer.from([0]) }, 0)).to.deep.equal({ raw: { base64: 'AA==' } });
  });
});
