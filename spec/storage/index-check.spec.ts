import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkIndexFile } from '../../lib/storage/index-check';

describe('checkIndexFile', () => {
  let root: string;
  let path: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'millrace-check-'));
    path = join(root, 'index');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const check = (bytes: Buffer) => {
    writeFileSync(path, bytes);
    return checkIndexFile(path, bytes.length, 8);
  };
  const entries = (n: number) =>
    Buffer.concat(Array.from({ length: n }, (_, i) => Buffer.from([0, 0, 0, i + 1, 0, 0, 1, i])));

  it('counts the entries of a file that is full of them', () => {
    expect(check(entries(5))?.entries).to.equal(5);
    expect(check(entries(5))?.last?.toString('hex')).to.equal('0000000500000104');
  });

  it('knows an empty file', () => {
    expect(check(Buffer.alloc(0))).to.deep.equal({ entries: 0, last: null });
  });

  it('refuses a size that no index has', () => {
    expect(check(Buffer.alloc(17))).to.equal(null);
  });

  for (const n of [0, 1, 2, 3, 7, 8, 100]) {
    it(`cuts zeros off behind ${n} entries`, () => {
      const found = check(Buffer.concat([entries(n), Buffer.alloc(8 * 37)]));
      expect(found?.entries).to.equal(n);
      expect(found?.last?.[3]).to.equal(n === 0 ? undefined : n);
      expect(statSync(path).size).to.equal(8 * n);
    });
  }

  it('takes a single entry of zeros for one: a first record may have timestamp 0', () => {
    expect(check(Buffer.alloc(8))?.entries).to.equal(1);
  });
});
