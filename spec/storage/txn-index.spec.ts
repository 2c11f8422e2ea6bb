import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { nodeDisk } from '../../lib/storage/disk';
import type { AbortedTransaction } from '../../lib/storage/engine';
import { IndexCache } from '../../lib/storage/index-file';
import { OpenFiles, StoredFile } from '../../lib/storage/stored-file';
import { TxnIndex } from '../../lib/storage/txn-index';

describe('TxnIndex', () => {
  let path: string;
  const make = () =>
    new TxnIndex(new StoredFile(new OpenFiles(nodeDisk, 4), { path }, 'i'), new IndexCache(1 << 20), 0);
  const entry = (producerId: number, firstOffset: number, lastOffset: number, lastStableOffset: number) => ({
    ...{ producerId, firstOffset, lastOffset, lastStableOffset },
  });
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-txns-'));
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('writes the bytes that Kafka writes', () => {
    const index = make();
    index.append(entry(1000, 7, 9, 7));
    index.index.spill();
    expect(readFileSync(join(path, 'i')).toString('hex')).to.equal(
      '000000000000000003e8000000000000000700000000000000090000000000000007',
    );
  });

  it('collects the transactions that overlap a range', () => {
    const index = make();
    index.append(entry(1, 0, 5, 6));
    index.append(entry(2, 3, 9, 10));
    index.append(entry(3, 12, 20, 21));
    const collect = (from: number, to: number) => {
      const found: AbortedTransaction[] = [];
      const isDone = index.collect(from, to, found);
      return [found.map(({ producerId }) => producerId), isDone];
    };
    expect(collect(0, 100)).to.deep.equal([[1, 2, 3], false]);
    expect(collect(6, 12)).to.deep.equal([[2], true]);
    expect(collect(10, 13)).to.deep.equal([[3], true]);
    expect(collect(5, 6)).to.deep.equal([[1], true]);
  });
});
