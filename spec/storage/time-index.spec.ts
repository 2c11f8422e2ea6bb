import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { nodeDisk } from '../../lib/storage/disk';
import { IndexCache } from '../../lib/storage/index-file';
import { OpenFiles, StoredFile } from '../../lib/storage/stored-file';
import { TimeIndex } from '../../lib/storage/time-index';

describe('TimeIndex', () => {
  let path: string;
  const make = (baseOffset: number) =>
    new TimeIndex(
      new StoredFile(new OpenFiles(nodeDisk, 4), { path }, 'i'),
      new IndexCache(1 << 20),
      baseOffset,
      0,
      -1,
    );
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-times-'));
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('writes the bytes that Kafka writes', () => {
    const index = make(1000);
    index.appendIfLater(1700000000000, 1041);
    index.index.finish();
    expect(readFileSync(join(path, 'i')).toString('hex')).to.equal('0000018bcfe5680000000029');
  });

  it('takes only timestamps that are later than all before', () => {
    const index = make(0);
    for (const [timestamp, offset] of [
      [-1, 3],
      [50, 5],
      [50, 9],
      [40, 11],
      [60, 12],
    ])
      index.appendIfLater(timestamp!, offset!);
    expect(index.entries).to.equal(2);
    expect(index.last()).to.deep.equal({ timestamp: 60, offset: 12 });
  });

  it('says from which offset on a timestamp may be found', () => {
    const index = make(100);
    expect(index.offsetFor(5)).to.equal(100);
    index.appendIfLater(50, 110);
    index.appendIfLater(70, 130);
    expect([0, 49, 50, 69, 70, 99].map((t) => index.offsetFor(t))).to.deep.equal([100, 100, 110, 110, 130, 130]);
  });

  it('begins anew after a reset', () => {
    const index = make(100);
    index.appendIfLater(50, 110);
    index.reset();
    expect(index.last()).to.deep.equal({ timestamp: -1, offset: 100 });
    index.appendIfLater(10, 105);
    expect(index.entries).to.equal(1);
  });
});
