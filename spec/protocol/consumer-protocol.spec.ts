import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../../lib/protocol/consumer-protocol';

interface Vector {
  record: string;
  version: number;
  fill: string;
  json: Record<string, unknown>;
  hex: string;
}

/** Messages exactly as the classes of Apache Kafka 4.4 write them. */
const vectors = readFileSync(join(__dirname, '../fixtures/groups/golden-consumer-protocol.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

const bytesOf = (value: unknown) => (typeof value === 'string' ? Buffer.from(value, 'base64') : null);
const absent = { ownedPartitions: [], generationId: -1, rackId: null };

const topic = fc.record({ topic: fc.string(), partitions: fc.array(fc.integer(), { maxLength: 5 }) });
const userData = fc.option(fc.uint8Array({ maxLength: 20 }).map((data) => Buffer.from(data)));

for (const { record, version, fill, json, hex } of vectors.filter((v) => v.record === 'ConsumerProtocolSubscription')) {
  describe(`readSubscription: ${record} v${version}, ${fill}`, () => {
    const bytes = Buffer.from(hex, 'hex');
    const expected = { ...absent, ...json, userData: bytesOf(json['userData']), version };

    it('reads what Kafka wrote', () => {
      expect(readSubscription(bytes)).to.deep.equal(expected);
    });

    it('is written as Kafka writes it', () => {
      expect(writeSubscription(readSubscription(bytes)!, version).toString('hex')).to.equal(hex);
    });
  });
}

for (const { record, version, fill, json, hex } of vectors.filter((v) => v.record === 'ConsumerProtocolAssignment')) {
  describe(`readAssignment: ${record} v${version}, ${fill}`, () => {
    it('reads what Kafka wrote, and writes it the same', () => {
      const read = readAssignment(Buffer.from(hex, 'hex'));
      expect(read).to.deep.equal({ ...json, userData: bytesOf(json['userData']) });
      expect(writeAssignment(read!, version).toString('hex')).to.equal(hex);
    });
  });
}

describe('readSubscription', () => {
  it('reads a version that is not there yet as the newest that is', () => {
    const bytes = Buffer.concat([writeSubscription({ topics: ['t'], rackId: 'r' }, 3), Buffer.from('more to come')]);
    bytes.writeInt16BE(17, 0);
    expect(readSubscription(bytes)).to.deep.equal({
      ...absent,
      topics: ['t'],
      rackId: 'r',
      userData: null,
      version: 3,
    });
  });

  it('takes for nothing what is no Subscription', () => {
    const negative = writeSubscription({ topics: [] }, 0);
    negative.writeInt16BE(-1, 0);
    const hostile = Buffer.from('00017fffffff', 'hex');
    const nullTopics = Buffer.from('0001ffffffffffffffff00000000', 'hex');
    const cut = writeSubscription({ topics: ['topic'] }, 3).subarray(0, 12);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(1), negative, hostile, nullTopics, cut, Buffer.from('range')])
      expect(readSubscription(bytes), bytes.toString('hex')).to.equal(null);
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.uint8Array({ maxLength: 60 }), (version, rest) => {
        const bytes = Buffer.concat([Buffer.from([0, version]), rest]);
        readSubscription(bytes);
        readAssignment(bytes);
      }),
    );
  });

  it('gives back what was written, as far as the version can say it', () => {
    const subscription = fc.record({
      topics: fc.array(fc.string(), { maxLength: 5 }),
      userData,
      ownedPartitions: fc.array(topic, { maxLength: 3 }),
      generationId: fc.integer(),
      rackId: fc.option(fc.string()),
    });
    fc.assert(
      fc.property(subscription, fc.integer({ min: 0, max: 3 }), (said, version) => {
        const kept = {
          ...said,
          ...(version < 1 && { ownedPartitions: [] }),
          ...(version < 2 && { generationId: -1 }),
          ...(version < 3 && { rackId: null }),
        };
        expect(readSubscription(writeSubscription(said, version))).to.deep.equal({ ...kept, version });
      }),
    );
  });
});

describe('readAssignment', () => {
  it('takes empty bytes for nothing', () => {
    expect(readAssignment(Buffer.alloc(0))).to.equal(null);
  });

  it('gives back what was written', () => {
    const assignment = fc.record({ assignedPartitions: fc.array(topic, { maxLength: 5 }), userData });
    fc.assert(
      fc.property(assignment, fc.integer({ min: 0, max: 3 }), (said, version) => {
        expect(readAssignment(writeAssignment(said, version))).to.deep.equal(said);
      }),
    );
  });
});
