import fs from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { DecodeError } from '../../lib/protocol/bytes';
import { decodeRecord, encodeRecord, recordVersion } from '../../lib/storage/metadata-frame';
import { type MetadataDraft, metadataRecords } from '../../lib/storage/metadata-records';

interface Vector {
  record: string;
  type: number;
  version: number;
  fill: string;
  json: Record<string, unknown>;
  hex: string;
}

const file = resolve(__dirname, '../fixtures/metadata/records.jsonl.gz');
const vectors: Vector[] = gunzipSync(fs.readFileSync(file))
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** A decoded value in the way that the vectors write it. */
function printed(value: unknown, like: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map((item, i) => printed(item, (like as unknown[])[i]));
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    return Object.fromEntries(Object.entries(like as object).map(([key, inner]) => [key, printed(record[key], inner)]));
  }
  return typeof like === 'string' && typeof value !== 'string' ? String(value) : value;
}

describe('metadata records', () => {
  it('are all there, in all their versions', () => {
    const seen = new Map<string, number>();
    for (const { record, version } of vectors) seen.set(record, Math.max(version, seen.get(record) ?? 0));
    const declared = Object.entries(metadataRecords).map(([name, { maxVersion }]) => [name, maxVersion]);
    expect(new Map(declared as [string, number][])).to.deep.equal(seen);
  });

  for (const { record, type, version, fill, json, hex } of vectors) {
    it(`${record} ${version} (${fill}) is read and written byte for byte`, () => {
      const decoded = decodeRecord(Buffer.from(hex, 'hex'));
      if (decoded.name === 'Unknown') throw new Error(`type ${type} is unknown`);
      expect([decoded.name, decoded.version]).to.deep.equal([record, version]);
      expect(printed(decoded.data, json)).to.deep.equal(json);
      expect(encodeRecord(decoded as MetadataDraft).toString('hex')).to.equal(hex);
    });
  }
});

describe('decodeRecord', () => {
  it('hands records of unknown types and versions back as they are', () => {
    const newType = Buffer.from('01fa01000102', 'hex');
    expect(decodeRecord(newType)).to.deep.equal({ name: 'Unknown', type: 250, version: 0, frame: newType });
    const newVersion = Buffer.from('010201ff', 'hex');
    expect(decodeRecord(newVersion)).to.deep.equal({ name: 'Unknown', type: 2, version: 1, frame: newVersion });
  });

  it('refuses another frame version, bytes behind the message and a message cut short, naming the field', () => {
    const topic = '01020004666f6f71a59a5189684f8b937e00000000000100';
    const decode = (hex: string) => () => decodeRecord(Buffer.from(hex, 'hex'));
    expect(decode(`00${topic.slice(2)}`)).to.throw(DecodeError, 'frameVersion at byte 0: frame version 0');
    expect(decode(`${topic}00`)).to.throw(DecodeError, '1 bytes behind the end of the message');
    expect(decode(topic.slice(0, 30))).to.throw(DecodeError, 'TopicRecord.topicId at byte 7: 16 bytes needed, 8 left');
    expect(decode('')).to.throw(DecodeError);
  });
});

describe('recordVersion', () => {
  it('is what each level of metadata.version allows', () => {
    const levels = [7, 8, 16, 17, 22, 23, 29, 30, 33];
    const versions = (name: Parameters<typeof recordVersion>[0]) => levels.map((level) => recordVersion(name, level));
    expect(versions('RegisterBrokerRecord')).to.deep.equal([1, 2, 2, 3, 3, 3, 3, 4, 4]);
    expect(versions('PartitionRecord')).to.deep.equal([0, 0, 0, 1, 1, 2, 2, 2, 2]);
    expect(versions('PartitionChangeRecord')).to.deep.equal([0, 0, 0, 1, 1, 2, 2, 2, 2]);
  });
});
