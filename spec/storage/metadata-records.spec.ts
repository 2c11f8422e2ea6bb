import fs from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { decodeRecord, encodeRecord } from '../../lib/storage/metadata-frame';
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

describe('metadataRecords', () => {
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
