import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { BatchScan } from '../../lib/storage/batch-scan';
import { nodeDisk } from '../../lib/storage/disk';
import { OpenFiles, StoredFile } from '../../lib/storage/stored-file';

describe('BatchScan', () => {
  let path: string;
  const scan = (bytes: Buffer, start = 0, end = bytes.length, windowBytes = 4096) => {
    writeFileSync(join(path, 'log'), bytes);
    return new BatchScan(
      new StoredFile(new OpenFiles(nodeDisk, 2), { path }, 'log'),
      start,
      end,
      Buffer.alloc(windowBytes),
    );
  };
  const batches = [10, 3000, 20000, 5, 4000].map((bytes, i) =>
    buildBatch([{ value: Buffer.alloc(bytes) }], { baseOffset: i }),
  );
  const whole = Buffer.concat(batches);

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-scan-'));
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('finds every batch, and checks those that are larger than its window', () => {
    const walk = scan(whole);
    let position = 0;
    for (const [i, batch] of batches.entries()) {
      expect(walk.next()).to.equal(true);
      expect([walk.header.baseOffset, walk.position, walk.header.size]).to.deep.equal([i, position, batch.length]);
      expect(walk.crcMatches()).to.equal(true);
      expect(walk.batch()).to.deep.equal(batch.subarray(0, 4096));
      position += batch.length;
    }
    expect(walk.next()).to.equal(false);
    expect(walk.fault).to.equal(null);
  });

  it('begins where it is told', () => {
    const walk = scan(whole, batches[0]!.length);
    walk.next();
    expect(walk.header.baseOffset).to.equal(1);
  });

  it('notices a flipped bit in a small and in a large batch', () => {
    for (const at of [70, batches[0]!.length + batches[1]!.length + 15000]) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 4;
      const walk = scan(damaged);
      let bad = 0;
      while (walk.next()) if (!walk.crcMatches()) bad++;
      expect(bad).to.equal(1);
    }
  });

  it('stops at a batch that is not there as a whole, and says so', () => {
    const walk = scan(whole, 0, whole.length - 1);
    let found = 0;
    while (walk.next()) found++;
    expect(found).to.equal(4);
    expect(walk.fault).to.equal(`batch of ${batches[4]!.length} bytes, ${batches[4]!.length - 1} left`);
    expect(walk.position).to.equal(whole.length - batches[4]!.length);
  });

  it('goes on after the window was used by somebody else', () => {
    const walk = scan(whole);
    walk.next();
    walk.batch().fill(0xff);
    walk.forget();
    expect(walk.crcMatches()).to.equal(true);
    expect(walk.next()).to.equal(true);
    expect(walk.header.baseOffset).to.equal(1);
  });

  it('throws when the file is shorter than it should be', () => {
    const walk = scan(whole, 0, whole.length + 100);
    for (let i = 0; i < 5; i++) walk.next();
    expect(() => walk.next()).to.throw(/log ends at/);
  });
});
