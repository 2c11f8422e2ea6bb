import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { errors } from '../../lib/errors';
import { buildBatch } from '../../lib/records/build';
import type { Log } from '../../lib/storage/log';
import { FaultyDisk } from '../support/faulty-disk';
import { Storage, startMs } from '../support/storage';

const large = () => buildBatch([{ value: Buffer.alloc(600000) }], { timestamp: startMs });

describe('Log', () => {
  let storage: Storage;
  let disk: FaultyDisk;
  let log: Log;
  /** A log of four segments with one record each. */
  beforeEach(async () => {
    disk = new FaultyDisk();
    storage = await Storage.open({ disk, topics: [{ name: 'foo', configs: { 'segment.bytes': '1048576' } }] });
    log = storage.partition('foo').log;
    for (let i = 0; i < 4; i++) await storage.append('foo', large());
  });
  afterEach(() => storage.remove());
  const bases = () => log.segments.map(({ baseOffset }) => baseOffset);
  const files = (pattern: RegExp) => readdirSync(log.directory.path).filter((name) => pattern.test(name));

  it('knows which segment holds an offset', () => {
    expect(bases()).to.deep.equal([0, 1, 2, 3]);
    expect([-5, 0, 1, 2, 3, 99].map((offset) => log.segmentIndex(offset))).to.deep.equal([0, 0, 1, 2, 3, 3]);
    expect(log.size).to.equal(4 * large().length);
  });

  it('has on the device what a roll has left behind, without anybody waiting for it', async () => {
    await log.flush(3);
    expect(log.recoveryPoint).to.equal(3);
    expect(disk.calls.flush).to.be.greaterThan(0);
    expect(storage.partition('foo').offline).to.equal(null);
  });

  it('keeps its recovery point where a flush fails', async () => {
    await log.flush(3);
    disk.writeError = 'EIO';
    expect(await log.flush().catch((error) => error.code)).to.equal('EIO');
    expect(log.recoveryPoint).to.equal(3);
    disk.writeError = null;
    await log.flush();
    expect(log.recoveryPoint).to.equal(4);
  });

  it('begins later once it is trimmed', () => {
    log.trim(2);
    expect(log.logStartOffset).to.equal(2);
    expect(log.epochs.earliest).to.deep.equal({ epoch: 0, startOffset: 2 });
    for (const offset of [1, 5])
      expect(() => log.trim(offset))
        .to.throw()
        .with.property('name', errors.OFFSET_OUT_OF_RANGE.name);
  });

  it('drops its oldest segments, and their snapshots with them', () => {
    expect(files(/snapshot/)).to.have.length(3);
    const dropped = log.dropOldest(2, startMs);
    expect(dropped.map(({ baseOffset }) => baseOffset)).to.deep.equal([0, 1]);
    expect(bases()).to.deep.equal([2, 3]);
    expect(log.logStartOffset).to.equal(2);
    expect(files(/deleted$/)).to.have.length(6);
    expect(files(/snapshot/).map((name) => Number(name.slice(0, 20)))).to.deep.equal([2, 3]);
  });

  it('goes on with an empty segment when all are dropped', async () => {
    log.dropOldest(4, startMs);
    expect(bases()).to.deep.equal([4]);
    expect([log.logStartOffset, log.nextOffset, log.size]).to.deep.equal([4, 4, 0]);
    expect(await storage.append('foo', large())).to.include({ baseOffset: 4, logStartOffset: 4 });
  });

  it('serves what is left after a restart', async () => {
    log.dropOldest(2, startMs);
    storage = await storage.reopen();
    const partition = storage.partition('foo');
    expect([partition.logStartOffset, partition.highWatermark]).to.deep.equal([2, 4]);
  });
});
