import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import {
  type ControlType,
  controlRecord,
  controlTypeOf,
  controlTypes,
  readControlRecord,
  unknownControlRecord,
} from '../../lib/records/control';
import { recordsOf } from '../../lib/records/record';
import { bytesOf, fixtureLines, goldenBatches, hexOf } from '../support/golden-batches';
import { kafkaErrorOf } from '../support/thrown';

interface GoldenMessage {
  readonly record: string;
  readonly version: number;
  readonly fill: string;
  readonly json: Record<string, unknown>;
  readonly hex: string;
}

/** Kafka's name of the message → the control types that carry it. */
const typesOf: Readonly<Record<string, readonly ControlType[]>> = {
  EndTxnMarker: ['ABORT', 'COMMIT'],
  LeaderChangeMessage: ['LEADER_CHANGE'],
  SnapshotHeaderRecord: ['SNAPSHOT_HEADER'],
  SnapshotFooterRecord: ['SNAPSHOT_FOOTER'],
  KRaftVersionRecord: ['KRAFT_VERSION'],
  VotersRecord: ['KRAFT_VOTERS'],
};

const golden = fixtureLines<GoldenMessage>('golden-control-records.jsonl');

/** A message as the vectors have it: int64 as decimal text, and no version where it is but a prefix. */
function asGolden(record: string, value: object): unknown {
  const plain = JSON.parse(
    JSON.stringify(value, (name, field: unknown) => (name === 'lastContainedLogTimestamp' ? String(field) : field)),
  ) as Record<string, unknown>;
  if (record === 'EndTxnMarker') delete plain['version'];
  return plain;
}

/** A message of the vectors as `controlRecord` takes it. */
function draftOf(json: Record<string, unknown>): never {
  const timestamp = json['lastContainedLogTimestamp'];
  const draft = typeof timestamp === 'string' ? { ...json, lastContainedLogTimestamp: BigInt(timestamp) } : json;
  return draft as never;
}

/** What `asGolden` makes of the voters of version 0, which have no directory. */
function withoutDirectories(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json, (name, field: unknown) => (name === 'voterDirectoryId' ? undefined : field)));
}

const read = (type: ControlType, hex: string) => {
  const key = controlRecord('SNAPSHOT_FOOTER', {}).key as Buffer;
  key.writeInt16BE(controlTypes.indexOf(type), 2);
  return readControlRecord({ offset: 0, key, value: bytesOf(hex) })!;
};

describe('controlRecord', () => {
  for (const { record, version, fill, json, hex } of golden) {
    // Written are messages of version 0; what the message says of its own version is free.
    if (record === 'ControlRecordTypeSchema' || version !== 0) continue;
    it(`is written as Kafka writes it: ${record}, ${fill}`, () => {
      for (const type of typesOf[record]!) {
        expect(hexOf(controlRecord(type, draftOf(json)).value as Buffer)).to.equal(hex);
      }
    });
  }

  it('makes the batches of the vectors', () => {
    const commit = buildBatch([controlRecord('COMMIT', { coordinatorEpoch: 0 })], {
      baseOffset: 5,
      partitionLeaderEpoch: 0,
      timestamp: 1700000000000,
      producerId: 1000,
      producerEpoch: 0,
      transactional: true,
      control: true,
    });
    expect(commit.toString('hex')).to.equal(
      '0000000000000005000000420000000002a1ac499f0030000000000000018bcfe568000000018bcfe5680000000000000003e80000ffffffff' +
        '000000012000000008000000010c00000000000000',
    );
    const leader = { leaderId: 1, voters: [{ voterId: 1 }], grantingVoters: [{ voterId: 1 }] };
    const change = buildBatch([controlRecord('LEADER_CHANGE', leader)], {
      partitionLeaderEpoch: 1,
      timestamp: 1700000000000,
      control: true,
    });
    expect(change.toString('hex')).to.equal(
      '00000000000000000000004f00000001021154eaf90020000000000000018bcfe568000000018bcfe56800ffffffffffffffffffffffffffff' +
        '000000013a0000000800000002260000000000010200000001000200000001000000',
    );
  });
});

describe('unknownControlRecord', () => {
  it('is one that readers pass over', () => {
    const { key } = unknownControlRecord();
    expect(readControlRecord({ offset: 0, key: key as Buffer, value: null })).to.equal(null);
  });
});

describe('readControlRecord', () => {
  for (const { record, version, fill, json, hex } of golden) {
    // Version 1 of LeaderChange is told by what the message says of itself, which the filled vectors make up.
    if (record === 'ControlRecordTypeSchema' || version !== 0) continue;
    it(`reads what Kafka wrote: ${record}, ${fill}`, () => {
      for (const type of typesOf[record]!) {
        const { type: found, value } = read(type, hex);
        expect(found).to.equal(type);
        const plain = asGolden(record, value);
        expect(record === 'LeaderChangeMessage' ? withoutDirectories(plain) : plain).to.deep.equal(json);
      }
    });
  }

  it('reads version 1 of LeaderChange', () => {
    const sparse = golden.find(
      ({ record, version, fill }) => record === 'LeaderChangeMessage' && version === 1 && fill === 'sparse',
    )!;
    const { value } = read('LEADER_CHANGE', sparse.hex.replace(/^0000/, '0001'));
    expect(value).to.deep.equal({ ...sparse.json, version: 1 });
  });

  it('knows every control batch of the vectors', () => {
    for (const { control, hex, records } of goldenBatches) {
      if (!control) continue;
      const [record] = [...recordsOf(bytesOf(hex))];
      expect(readControlRecord(record!)!.type).to.equal(records[0]!.controlType);
    }
  });

  it('gives null for a type that nobody knows', () => {
    const record = { offset: 3, key: bytesOf('00000007'), value: bytesOf('00') };
    expect(readControlRecord(record)).to.equal(null);
    expect(controlTypeOf({ offset: 3, key: bytesOf('0000ffff') })).to.equal(null);
  });

  it('refuses a key without a type and a value that ends early', () => {
    const short = kafkaErrorOf(() => readControlRecord({ offset: 3, key: bytesOf('000001'), value: null }));
    expect(short.message).to.equal('control record at offset 3 has a key of 3 bytes');
    expect(kafkaErrorOf(() => controlTypeOf({ offset: 3, key: null })).name).to.equal('INVALID_RECORD');
    const cut = kafkaErrorOf(() => read('COMMIT', '000000'));
    expect(cut.name).to.equal('INVALID_RECORD');
    expect(cut.message).to.contain('COMMIT record at offset 0, coordinatorEpoch at byte 2');
    expect(kafkaErrorOf(() => readControlRecord({ offset: 3, key: bytesOf('00000001'), value: null })).name).to.equal(
      'INVALID_RECORD',
    );
  });
});
