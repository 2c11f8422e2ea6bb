import { expect } from 'chai';
import { asapScheduler } from 'rxjs';
import { errors } from '../../lib/errors';
import { buildBatch } from '../../lib/records/build';
import { LocalAppends } from '../../lib/storage/appends';
import type { PartitionLog } from '../../lib/storage/engine';
import { FaultyDisk } from '../support/faulty-disk';
import { imageWith, Storage, startMs } from '../support/storage';

const one = (bytes = 1) => buildBatch([{ value: Buffer.alloc(bytes) }], { timestamp: startMs });

describe('LocalAppends', () => {
  let storage: Storage;
  let disk: FaultyDisk;
  beforeEach(async () => {
    disk = new FaultyDisk();
    storage = await Storage.open({ disk, topics: [{ name: 'foo', partitions: 3 }] });
  });
  afterEach(() => storage.remove());

  it('keeps the order of the calls in each partition', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => storage.append('foo', one(i * 3000), i % 3)),
    );
    expect(answers.map(({ baseOffset }) => baseOffset)).to.deep.equal(
      Array.from({ length: 30 }, (_, i) => Math.floor(i / 3)),
    );
  });

  it('lets no partition wait for another', async () => {
    const go = disk.hang();
    const slow = storage.append('foo', one(100000), 0);
    expect(await storage.append('foo', one(), 1)).to.include({ baseOffset: 0 });
    expect(storage.partition('foo', 0).logEndOffset).to.equal(0);
    go();
    expect(await slow).to.include({ baseOffset: 0 });
  });

  it('goes on after an append that failed', async () => {
    const bad = storage.append('foo', Buffer.alloc(10)).catch((error) => error.name);
    const good = storage.append('foo', one());
    expect(await bad).to.equal(errors.CORRUPT_MESSAGE.name);
    expect(await good).to.include({ baseOffset: 0 });
  });

  it('counts the bytes that wait, until they are answered', async () => {
    const bytes = one().length;
    const pending = [storage.append('foo', one()), storage.append('foo', Buffer.alloc(3)).catch(() => {})];
    expect(storage.appends.queuedBytes).to.equal(bytes + 3);
    await Promise.all(pending);
    expect(storage.appends.queuedBytes).to.equal(0);
  });

  it('ends the group of a partition with the partition', async () => {
    await storage.append('foo', one());
    const log = storage.partition('foo');
    await storage.topics.update(imageWith([]));
    expect(log.ended$.observed).to.equal(false);
  });

  it('takes no log of somebody else', () => {
    const appends = new LocalAppends({ scheduler: asapScheduler });
    expect(() => appends.submit({ log: {} as PartitionLog, batch: one() })).to.throw(TypeError);
  });
});
