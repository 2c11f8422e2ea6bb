import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { nodeDisk } from '../../lib/storage/disk';
import { IndexCache, IndexFile } from '../../lib/storage/index-file';
import { OpenFiles, StoredFile } from '../../lib/storage/stored-file';
import { rejected } from '../support/thrown';

const key = (bytes: Buffer, p: number) => bytes.readInt32BE(p);

describe('IndexFile', () => {
  let path: string;
  let cache: IndexCache;
  const make = (stored = 0, name = 'index') =>
    new IndexFile(new StoredFile(new OpenFiles(nodeDisk, 4), { path }, name), 4, cache, stored);
  const fill = (index: IndexFile, from: number, to: number) => {
    for (let value = from; value < to; value += 2) index.append((bytes, p) => bytes.writeInt32BE(value, p));
  };

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-index-'));
    cache = new IndexCache(1 << 20);
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('finds the last entry that is not above a target, in memory as on disk', () => {
    const index = make();
    fill(index, 10, 4010);
    expect(index.entries).to.equal(2000);
    expect(index.unwritten).to.be.within(1, 512);
    for (const target of [9, 10, 11, 500, 2001, 3000, 4008, 4009, 9999]) {
      const expected = target < 10 ? -1 : Math.min(1999, Math.floor((target - 10) / 2));
      expect(index.floor(target, key), String(target)).to.equal(expected);
    }
  });

  it('keeps few entries in memory', () => {
    const index = make();
    fill(index, 0, 20000);
    expect(index.unwritten).to.be.at.most(512);
    expect(statSync(join(path, 'index')).size).to.equal((index.entries - index.unwritten) * 4);
  });

  it('has everything in a file of just that size once it is finished', () => {
    const index = make();
    fill(index, 0, 100);
    index.finish();
    const bytes = readFileSync(join(path, 'index'));
    expect(bytes.length).to.equal(200);
    expect(bytes.readInt32BE(196)).to.equal(98);
  });

  it('goes on where a file was left, over zeros that were preallocated', () => {
    const first = make();
    fill(first, 0, 10);
    first.finish();
    first.file.truncate(4096);
    const second = make(5);
    fill(second, 10, 20);
    second.finish();
    const bytes = readFileSync(join(path, 'index'));
    expect(Array.from({ length: 10 }, (_, i) => bytes.readInt32BE(i * 4))).to.deep.equal([
      0, 2, 4, 6, 8, 10, 12, 14, 16, 18,
    ]);
    expect(bytes.length).to.equal(40);
  });

  it('can be filled anew, over what is on disk', () => {
    const index = make();
    fill(index, 0, 2000);
    index.clear();
    expect(index.entries).to.equal(0);
    expect(index.floor(99999, key)).to.equal(-1);
    fill(index, 500, 510);
    index.finish();
    expect(statSync(join(path, 'index')).size).to.equal(20);
    expect(index.floor(504, key)).to.equal(2);
  });

  it('tells whether an entry can be read without the disk, and sees to it', async () => {
    const first = make();
    fill(first, 0, 2000);
    first.finish();
    const index = make(1000);
    expect(index.isAtHand(0)).to.equal(false);
    await index.warm();
    expect(index.isAtHand(0)).to.equal(true);
    expect(index.floor(501, key)).to.equal(250);
  });

  it('says so when the file is shorter than it was, however it is read', async () => {
    const index = make(10);
    index.file.writeSync(Buffer.alloc(20), 0, 20, 0);
    expect(() => index.floor(1, key)).to.throw(/20 bytes instead of 40/);
    expect(String(await rejected(index.warm()))).to.match(/20 bytes instead of 40/);
    expect(index.isAtHand(0)).to.equal(false);
  });
});

describe('IndexCache', () => {
  it('gives up what was used longest ago', () => {
    const cache = new IndexCache(250);
    const files = [1, 2, 3].map(() => new IndexFile({} as StoredFile, 4, cache, 0)) as [
      IndexFile,
      IndexFile,
      IndexFile,
    ];
    cache.put(files[0], Buffer.alloc(100));
    cache.put(files[1], Buffer.alloc(100));
    cache.get(files[0]);
    cache.put(files[2], Buffer.alloc(100));
    expect(files.map((file) => cache.get(file) !== undefined)).to.deep.equal([true, false, true]);
  });

  it('keeps one that alone is too large until the next comes', () => {
    const cache = new IndexCache(10);
    const file = new IndexFile({} as StoredFile, 4, cache, 0);
    cache.put(file, Buffer.alloc(100));
    expect(cache.get(file)).to.have.length(100);
  });
});
