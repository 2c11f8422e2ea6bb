import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { nodeDisk } from '../../lib/storage/disk';
import { tidyLogFiles } from '../../lib/storage/log-files';
import { OpenFiles } from '../../lib/storage/stored-file';

const name = (offset: number, suffix: string) => offset.toString().padStart(20, '0') + suffix;

describe('tidyLogFiles', () => {
  let path: string;
  const put = (...names: string[]) => {
    for (const one of names) writeFileSync(join(path, one), one);
  };
  /** A log of one batch with the offsets from `first` to `last`. */
  const putLog = (file: string, first: number, last: number) => {
    const records = Array.from({ length: last - first + 1 }, () => ({ value: 'x' }));
    writeFileSync(join(path, file), buildBatch(records, { baseOffset: first }));
  };
  const tidy = () => tidyLogFiles({ path }, new OpenFiles(nodeDisk, 4), Buffer.alloc(4096));
  const left = () => readdirSync(path).sort();

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-tidy-'));
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('lists segments and snapshots in order', () => {
    put(
      name(30, '.log'),
      name(0, '.log'),
      name(7, '.log'),
      name(7, '.index'),
      name(30, '.snapshot'),
      name(7, '.snapshot'),
    );
    const found = tidy();
    expect(found.baseOffsets).to.deep.equal([0, 7, 30]);
    expect(found.snapshots).to.deep.equal([7, 30]);
    expect(found.sizes.get(name(7, '.index'))).to.equal(26);
  });

  it('leaves alone what is not of a segment', () => {
    put('leader-epoch-checkpoint', 'partition.metadata', 'notes.log', '123.log');
    expect(tidy().baseOffsets).to.deep.equal([]);
    expect(left()).to.deep.equal(['123.log', 'leader-epoch-checkpoint', 'notes.log', 'partition.metadata']);
  });

  it('removes what was being deleted, and indexes without a log', () => {
    put(
      name(0, '.log.deleted'),
      name(0, '.index.deleted'),
      name(9, '.log'),
      name(3, '.timeindex'),
      name(3, '.txnindex'),
    );
    tidy();
    expect(left()).to.deep.equal([name(9, '.log')]);
  });

  it('removes what a cleaning that was cut off had written', () => {
    put(name(0, '.log'), name(0, '.log.cleaned'), name(0, '.index.cleaned'), name(0, '.timeindex.cleaned'));
    tidy();
    expect(left()).to.deep.equal([name(0, '.log')]);
  });

  it('takes back a renaming to .swap that was not complete', () => {
    putLog(name(0, '.log'), 0, 9);
    putLog(name(10, '.log'), 10, 19);
    putLog(name(0, '.log.swap'), 0, 19);
    put(name(0, '.index.swap'), name(0, '.timeindex.cleaned'));
    tidy();
    expect(left()).to.deep.equal([name(0, '.log'), name(10, '.log')]);
  });

  it('finishes a swap: the segments that it replaces go, it takes their place', () => {
    putLog(name(0, '.log'), 0, 9);
    put(name(0, '.index'), name(0, '.timeindex'));
    putLog(name(10, '.log'), 10, 19);
    putLog(name(20, '.log'), 20, 29);
    putLog(name(0, '.log.swap'), 0, 19);
    const swapped = readFileSync(join(path, name(0, '.log.swap')));
    put(name(0, '.index.swap'), name(0, '.timeindex.swap'));
    expect(tidy().baseOffsets).to.deep.equal([0, 20]);
    expect(left()).to.deep.equal([name(0, '.index'), name(0, '.log'), name(0, '.timeindex'), name(20, '.log')]);
    expect(readFileSync(join(path, name(0, '.log')))).to.deep.equal(swapped);
    expect(readFileSync(join(path, name(0, '.index')), 'utf8')).to.equal(name(0, '.index.swap'));
  });

  it('finishes a swap of which the log has been renamed already', () => {
    putLog(name(0, '.log'), 0, 19);
    put(name(0, '.index.swap'));
    tidy();
    expect(left()).to.deep.equal([name(0, '.index'), name(0, '.log')]);
  });
});
