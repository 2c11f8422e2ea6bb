import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { nodeDisk } from '../../lib/storage/disk';
import { IndexCache } from '../../lib/storage/index-file';
import { Pace } from '../../lib/storage/pace';
import { PartitionDirs } from '../../lib/storage/partition-dirs';
import { OpenFiles } from '../../lib/storage/stored-file';

const id = 'WNCo5bHGTsSqLnBGjPh6ww';

describe('PartitionDirs', () => {
  let path: string;
  let dirs: PartitionDirs;
  let warnings: string[];
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-dirs-'));
    warnings = [];
    const context = {
      files: new OpenFiles(nodeDisk, 2),
      indexCache: new IndexCache(0),
      scanWindow: Buffer.alloc(4096),
      pace: new Pace(() => 0),
    };
    const logger = pino({ level: 'warn' }, { write: (line: string) => warnings.push(JSON.parse(line).path) });
    dirs = new PartitionDirs({ path, id: 'dir', cleanShutdown: null }, context, logger);
  });
  afterEach(() => rmSync(path, { recursive: true }));

  it('finds what it made', () => {
    dirs.make('foo', 3, id);
    expect(readFileSync(join(path, 'foo-3', 'partition.metadata'), 'utf8')).to.equal(`version: 0\ntopic_id: ${id}`);
    expect(dirs.find()).to.deep.equal({
      partitions: [{ topic: 'foo', partition: 3, topicId: id, isUnreadable: false }],
      deleted: [],
    });
    expect(dirs.isEmpty('foo', 3)).to.equal(true);
    writeFileSync(join(path, 'foo-3', `${'0'.repeat(20)}.log`), 'x');
    expect(dirs.isEmpty('foo', 3)).to.equal(false);
  });

  it('does not find what it set aside, but knows what was deleted', () => {
    const foo = dirs.make('foo', 0, id);
    const bar = dirs.make('bar', 0, id);
    dirs.setAside('foo', 0, foo, 'delete');
    dirs.setAside('bar', 0, bar, 'stray');
    expect(statSync(foo.path).isDirectory()).to.equal(true);
    expect(dirs.find()).to.deep.equal({ partitions: [], deleted: [foo.path] });
  });

  it('reports directories that are nobody’s, and is silent about files and marks', () => {
    for (const name of ['what', 'lost+found', '.hidden', '__cluster_metadata-0']) mkdirSync(join(path, name));
    writeFileSync(join(path, 'meta.properties'), '');
    dirs.find();
    expect(warnings).to.deep.equal([join(path, 'what')]);
  });

  it('reads the checkpoints that it wrote, and writes none twice', async () => {
    await dirs.writeCheckpoint('recoveryPoints', [['foo-0', 12]]);
    expect([...dirs.readCheckpoint('recoveryPoints')]).to.deep.equal([['foo-0', 12]]);
    const file = join(path, 'recovery-point-offset-checkpoint');
    rmSync(file);
    await dirs.writeCheckpoint('recoveryPoints', [['foo-0', 12]]);
    expect(readdirSync(path)).to.deep.equal([]);
    await dirs.writeCheckpoint('recoveryPoints', [['foo-0', 13]]);
    expect(readFileSync(file, 'utf8')).to.equal('0\n1\nfoo 0 13\n');
  });

  it('goes on without a checkpoint that is missing or broken', () => {
    expect(dirs.readCheckpoint('logStarts').size).to.equal(0);
    writeFileSync(join(path, 'log-start-offset-checkpoint'), '0\n5\nfoo 0 1\n');
    expect(dirs.readCheckpoint('logStarts').size).to.equal(0);
    expect(warnings).to.have.length(1);
  });
});
