import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { nodeDisk } from '../../lib/storage/disk';
import { IndexCache } from '../../lib/storage/index-file';
import { offsetName, Segment } from '../../lib/storage/segment';
import { OpenFiles } from '../../lib/storage/stored-file';

describe('Segment', () => {
  let path: string;
  let segment: Segment;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-segment-'));
    segment = new Segment({ path }, 100, 0, { files: new OpenFiles(nodeDisk, 8), indexCache: new IndexCache(1 << 20) });
  });
  afterEach(() => rmSync(path, { recursive: true }));
  const files = () => readdirSync(path).sort();
  const hex = (suffix: string) => readFileSync(join(path, offsetName(100) + suffix)).toString('hex');

  it('has no file before anything is written', () => {
    segment.finish();
    expect(files()).to.deep.equal([]);
  });

  it('has an index entry for a batch once more than the interval lies before it', () => {
    // Kafka's rule: the batch that finds more than 4096 bytes behind the last entry gets one, with its last offset.
    for (const lastOffset of [101, 103, 105, 107, 109, 111]) segment.add(lastOffset, lastOffset * 10, 2100, 4096);
    expect(segment.offsetIndex.entries).to.equal(2);
    segment.finish();
    expect(hex('.index')).to.equal('00000005' + '00001068' + '00000009' + '000020d0');
    expect(segment.size).to.equal(12600);
  });

  it('remembers the first batch that has the largest timestamp', () => {
    for (const [lastOffset, timestamp] of [
      [101, 50],
      [102, 70],
      [103, 70],
      [104, 60],
    ])
      segment.add(lastOffset!, timestamp!, 100, 4096);
    expect([segment.maxTimestamp, segment.maxTimestampOffset, segment.firstTimestamp]).to.deep.equal([70, 102, 50]);
    segment.finish();
    expect(hex('.timeindex')).to.equal('000000000000004600000002');
  });

  it('makes a transaction index only when it is needed', () => {
    segment.add(101, 5, 100, 4096);
    segment.finish();
    expect(files().map((name) => name.slice(20))).to.deep.equal(['.index', '.timeindex']);
    segment.txnIndexToFill().append({ producerId: 1, firstOffset: 100, lastOffset: 101, lastStableOffset: 102 });
    segment.finish();
    expect(files().map((name) => name.slice(20))).to.deep.equal(['.index', '.timeindex', '.txnindex']);
  });

  it('can be set aside and removed, with all its files', () => {
    segment.log.writeSync(Buffer.from('x'), 0, 1, 0);
    segment.add(101, 5, 1, 4096);
    segment.txnIndexToFill().append({ producerId: 1, firstOffset: 100, lastOffset: 101, lastStableOffset: 102 });
    segment.finish();
    segment.markDeleted();
    expect(files().map((name) => name.slice(20))).to.deep.equal([
      ...['.index.deleted', '.log.deleted', '.timeindex.deleted', '.txnindex.deleted'],
    ]);
    segment.remove();
    expect(files()).to.deep.equal([]);
  });
});

describe('offsetName', () => {
  it('has twenty digits', () => {
    expect(offsetName(0)).to.equal('00000000000000000000');
    expect(offsetName(2 ** 53 - 1)).to.equal('00009007199254740991');
  });
});
