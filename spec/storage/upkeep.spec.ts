import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { FaultyDisk } from '../support/faulty-disk';
import { Storage, type StorageOptions, startMs } from '../support/storage';

const dayMs = 86400000;

describe('Upkeep', () => {
  let storage: Storage;
  const open = async (options: StorageOptions = {}) => {
    const configs = { 'segment.bytes': '1048576', 'file.delete.delay.ms': '60000' };
    storage = await Storage.open({ topics: [{ name: 'foo', configs }, { name: 'bar' }], ...options });
  };
  const large = (timestamp = startMs) => buildBatch([{ value: Buffer.alloc(600000) }], { timestamp });
  const names = () => readdirSync(join(storage.dir, 'foo-0')).filter((name) => /\.log/.test(name));
  const read = (name: string) => readFileSync(join(storage.dir, name), 'utf8');
  /** Resolves when the files that timers have asked for are written. */
  const settled = () => storage.topics.checkpointed();
  afterEach(() => storage.remove());

  it('deletes old segments when it is time to look, and their files later', async () => {
    await open();
    for (const age of [9, 8, 0]) await storage.append('foo', large(startMs - age * dayMs));
    const log = storage.partition('foo');
    let moved = 0;
    log.advanced$.subscribe(() => moved++);
    storage.advance(29999);
    expect(log.logStartOffset).to.equal(0);
    storage.advance(1);
    expect(log.logStartOffset).to.equal(2);
    expect(moved).to.equal(1);
    expect(names()).to.deep.equal(
      ['0', '1'].map((n) => `${n.padStart(20, '0')}.log.deleted`).concat(`${'2'.padStart(20, '0')}.log`),
    );
    storage.advance(60000);
    expect(names()).to.deep.equal([`${'2'.padStart(20, '0')}.log`]);
    expect(log.log.epochs.earliest).to.deep.equal({ epoch: 0, startOffset: 2 });
  });

  it('leaves the segment alone that is being written, old as it is', async () => {
    const disk = new FaultyDisk();
    await open({ disk });
    await storage.append('foo', large(startMs - 8 * dayMs));
    const go = disk.hang();
    const timestamp = startMs - 8 * dayMs;
    const appended = storage.append('foo', buildBatch([{ value: Buffer.alloc(100000) }], { timestamp }));
    await new Promise((resolve) => setImmediate(resolve));
    storage.advance(30000);
    go();
    expect(await appended).to.include({ baseOffset: 1 });
    const log = storage.partition('foo');
    const { records } = await log.read(1, { maxBytes: 1 << 20, atLeastOne: true, isolation: 'read_uncommitted' });
    expect(records.length).to.be.greaterThan(100000);
    expect(log.logStartOffset).to.be.at.most(1);
  });

  it('looks again every log.retention.check.interval.ms', async () => {
    await open({ config: { 'log.retention.check.interval.ms': 1000 } });
    await storage.append('foo', large());
    storage.advance(7 * dayMs);
    expect(storage.partition('foo').logStartOffset).to.equal(0);
    storage.advance(1001);
    expect(storage.partition('foo').logStartOffset).to.equal(1);
    expect(await storage.append('foo', large())).to.include({ baseOffset: 1, logStartOffset: 1 });
  });

  it('takes a partition offline whose segments cannot be deleted', async () => {
    const disk = new FaultyDisk();
    await open({ disk });
    await storage.append('foo', large(startMs - 8 * dayMs));
    disk.writeError = 'EROFS';
    storage.advance(30000);
    expect(storage.partition('foo').offline?.message).to.match(/^foo-0: delete old segments/);
    expect(storage.partition('bar').offline).to.equal(null);
  });

  it('writes checkpoints of recovery points, log starts and high watermarks', async () => {
    await open();
    await storage.append('foo', large());
    await storage.append('foo', large());
    await storage.append('bar', large());
    storage.partition('bar').log.trim(1);
    await storage.partition('foo').log.flush();
    storage.advance(30000);
    await settled();
    expect(read('replication-offset-checkpoint')).to.equal('0\n2\nfoo 0 2\nbar 0 1\n');
    expect(read('recovery-point-offset-checkpoint')).to.equal('0\n2\nfoo 0 2\nbar 0 0\n');
    expect(read('log-start-offset-checkpoint')).to.equal('0\n1\nbar 0 1\n');
  });

  it('serves a trimmed log from its start after a crash', async () => {
    await open();
    for (let i = 0; i < 3; i++) await storage.append('bar', buildBatch([{ value: 'x' }], { timestamp: startMs }));
    storage.partition('bar').log.trim(2);
    storage.advance(60000);
    await settled();
    const after = await storage.crash();
    expect(after.partition('bar').logStartOffset).to.equal(2);
    await after.remove();
  });

  it('forgets producers that have gone', async () => {
    await open();
    await storage.append(
      'bar',
      buildBatch([{ value: 'x' }], { timestamp: startMs, producerId: 1, producerEpoch: 0, baseSequence: 0 }),
    );
    storage.advance(dayMs - 1000);
    expect(storage.partition('bar').log.producers.size).to.equal(1);
    storage.advance(1000 + 600000);
    expect(storage.partition('bar').log.producers.size).to.equal(0);
  });

  it('has no timers left once it is stopped', async () => {
    await open();
    await storage.topics.close();
    storage.advance(10 * dayMs);
    expect(existsSync(join(storage.dir, 'foo-0'))).to.equal(true);
    expect(storage.scheduler.actions.filter((action) => !action.closed)).to.deep.equal([]);
  });
});
