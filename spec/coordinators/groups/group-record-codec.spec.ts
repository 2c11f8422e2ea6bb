import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  readGroupRecord,
  storedGroupRecord,
  writeGroupRecord,
} from '../../../lib/coordinators/groups/group-record-codec';
import {
  type GroupRecordDraft,
  type GroupRecordName,
  groupRecords,
} from '../../../lib/coordinators/groups/group-records';
import { DecodeError, EncodeError } from '../../../lib/protocol/bytes';
import type { Schema } from '../../../lib/protocol/schema';
import { fromVector, kafkaMessages, schemaOf } from '../../support/kafka-definitions';
import { completed } from '../../support/reference-codec';

interface Vector {
  record: string;
  version: number;
  fill: string;
  json: Record<string, unknown>;
  hex: string;
}

/** Keys and values exactly as the classes of Apache Kafka 4.4 write them. */
const vectors = readFileSync(join(__dirname, '../../fixtures/groups/golden-group-records.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

const names = Object.keys(groupRecords) as GroupRecordName[];

for (const name of names) {
  const { key, value, flexibleFrom, maxVersion } = groupRecords[name];
  const keys = vectors.filter(({ record }) => record === `${name}Key`);
  const values = vectors.filter(({ record }) => record === `${name}Value`);

  describe(`readGroupRecord: ${name}`, () => {
    it('knows the versions that Kafka knows', () => {
      const definition = kafkaMessages().find((message) => message.name === `${name}Value`);
      if (definition === undefined) return;
      expect(definition.validVersions.split('-').at(-1)).to.equal(String(maxVersion));
      expect(Object.keys(schemaOf(definition.fields))).to.deep.equal(Object.keys(value));
    });

    it('reads and writes every key and value that Kafka wrote', () => {
      expect(keys.length).to.be.at.least(2);
      expect(new Set(values.map(({ version }) => version)).size).to.equal(maxVersion + 1);
      for (const written of keys) {
        const bytes = Buffer.from(written.hex, 'hex');
        const read = readGroupRecord({ key: bytes, value: null });
        expect(read).to.deep.equal({ name, key: fromVector(key as Schema, written.json), value: null });
        expect(writeGroupRecord(read as GroupRecordDraft).key).to.deep.equal(bytes);
      }
      for (const { version, fill, json, hex } of values) {
        const bytes = Buffer.from(hex, 'hex');
        const draft = fromVector(value as Schema, json);
        const read = readGroupRecord({ key: Buffer.from(keys[0]!.hex, 'hex'), value: bytes })!;
        expect(read.value, `v${version} ${fill}`).to.deep.equal(
          completed(value as Schema, version, version >= flexibleFrom, draft),
        );
        const again = writeGroupRecord({ ...read, version } as GroupRecordDraft);
        expect(again.value, `v${version} ${fill}`).to.deep.equal(bytes);
      }
    });
  });
}

describe('readGroupRecord', () => {
  const commit = { name: 'OffsetCommit', key: { group: 'g', topic: 't', partition: 1 } } as const;

  it('passes over types that it does not know', () => {
    expect(readGroupRecord({ key: Buffer.from('00ff0003', 'hex'), value: null })).to.equal(null);
  });

  it('says where bytes are not what they claim to be', () => {
    const { key } = writeGroupRecord({ ...commit, value: null });
    const read = (keyBytes: unknown, value: string) => () =>
      readGroupRecord({ key: keyBytes as Buffer, value: Buffer.from(value, 'hex') });
    expect(read(null, '')).to.throw(DecodeError, 'type');
    expect(read(key, '0009')).to.throw(DecodeError, 'OffsetCommit.version at byte 0: version 9, 0 to 4 are known');
    expect(read(key, '000300')).to.throw(DecodeError, 'OffsetCommit.offset');
    expect(read((key as Buffer).subarray(0, 5), '')).to.throw(DecodeError, 'OffsetCommit.topic');
  });

  it('gives every field of what was left out when it was written', () => {
    const value = { offset: 7, metadata: '', commitTimestamp: 5 };
    expect(storedGroupRecord({ ...commit, value }).value).to.deep.equal({
      ...value,
      leaderEpoch: -1,
      expireTimestamp: -1,
      topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    });
  });
});

describe('writeGroupRecord', () => {
  it('refuses what a record cannot say, and writes the next one as if nothing had been', () => {
    const draft: GroupRecordDraft = { name: 'GroupMetadata', key: { group: 'x'.repeat(40_000) }, value: null };
    expect(() => writeGroupRecord(draft)).to.throw(EncodeError);
    expect(writeGroupRecord({ ...draft, key: { group: 'g' } } as GroupRecordDraft)).to.deep.equal({
      key: Buffer.from('0002000167', 'hex'),
      value: null,
    });
  });
});
