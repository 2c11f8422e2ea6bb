import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { nodeDisk } from '../../lib/storage/disk';
import { IndexCache } from '../../lib/storage/index-file';
import { OffsetIndex } from '../../lib/storage/offset-index';
import { OpenFiles, StoredFile } from '../../lib/storage/stored-file';

describe('OffsetIndex', () => {
  let path: string;
  const make = (baseOffset: number, stored = 0) =>
    new OffsetIndex(
      new StoredFile(new OpenFiles(nodeDisk, 4), { path }, 'i'),
      new IndexCache(1 << 20),
      baseOffset,
      stored,
    );
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-offsets-'));
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('writes the bytes that Kafka writes', () => {
    const index = make(1000);
    index.append(1041, 4100);
    index.index.finish();
    expect(readFileSync(join(path, 'i')).toString('hex')).to.equal('0000002900001004');
  });

  it('gives the start of the nearest batch before an offset', () => {
    const index = make(100);
    expect(index.positionFor(500)).to.equal(0);
    index.append(140, 4100);
    index.append(180, 8300);
    for (const [offset, position] of [
      [100, 0],
      [139, 0],
      [140, 4100],
      [179, 4100],
      [180, 8300],
      [9999, 8300],
    ])
      expect(index.positionFor(offset!), String(offset)).to.equal(position);
    expect(index.last()).to.deep.equal({ offset: 180, position: 8300 });
  });

  it('gives the last start of a batch before a position', () => {
    const index = make(100);
    index.append(140, 4100);
    index.append(180, 8300);
    expect([0, 4099, 4100, 8299, 8300, 1e9].map((p) => index.batchStartBefore(p))).to.deep.equal([
      0, 0, 4100, 4100, 8300, 8300,
    ]);
  });

  it('says what it knows without the disk', () => {
    const old = make(0);
    for (let i = 1; i <= 600; i++) old.append(i * 10, i * 5000);
    expect(old.isAtHand(5999)).to.equal(true);
    expect(old.isAtHand(10)).to.equal(false);
    expect(make(0).isAtHand(5)).to.equal(true);
  });
});
