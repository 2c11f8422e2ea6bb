import { expect } from 'chai';
import fc from 'fast-check';
import { buildBatch } from '../../lib/records/build';
import { Storage } from '../support/storage';
import { rejected } from '../support/thrown';

/** Batches of records with these timestamps. */
const batches = (times: readonly (readonly number[])[], codec: 0 | 1 | 4 = 0) =>
  times.map((batch) =>
    buildBatch(
      batch.map((timestamp) => ({ value: 'v'.repeat(50), timestamp })),
      { codec },
    ),
  );

describe('findByTimestamp and findMaxTimestamp', () => {
  let storage: Storage;
  const open = async (...built: Buffer[]) => {
    storage = await Storage.open({ topics: [{ name: 'foo', configs: { 'index.interval.bytes': '200' } }] });
    await Promise.all(built.map((one) => storage.append('foo', one)));
  };
  const log = () => storage.partition('foo');
  afterEach(() => storage.discard());

  it('find the record within a batch, compressed or not', async () => {
    for (const codec of [0, 1, 4] as const) {
      await open(...batches([[10, 20, 30], [25, 40], [35]], codec));
      expect(await log().offsetForTimestamp(21)).to.deep.equal({ offset: 2, timestamp: 30, leaderEpoch: 0 });
      expect(await log().offsetForTimestamp(31)).to.deep.equal({ offset: 4, timestamp: 40, leaderEpoch: 0 });
      expect(await log().offsetOfMaxTimestamp()).to.deep.equal({ offset: 4, timestamp: 40, leaderEpoch: 0 });
      if (codec !== 4) storage.discard();
    }
  });

  it('find nothing in an empty log, and nothing later than all', async () => {
    await open();
    expect(await log().offsetForTimestamp(0)).to.equal(null);
    expect(await log().offsetOfMaxTimestamp()).to.equal(null);
    await storage.append('foo', batches([[10]])[0]!);
    expect(await log().offsetForTimestamp(11)).to.equal(null);
  });

  it('find no record that has no timestamp', async () => {
    await open(...batches([[-1, -1]]));
    expect(await log().offsetForTimestamp(0)).to.equal(null);
    expect(await log().offsetOfMaxTimestamp()).to.equal(null);
  });

  it('take the append time where the batch has one', async () => {
    await open(
      buildBatch(
        [
          { value: 'a', timestamp: 5 },
          { value: 'b', timestamp: 6 },
        ],
        { logAppendTimeMs: 99 },
      ),
    );
    expect(await log().offsetForTimestamp(7)).to.deep.equal({ offset: 0, timestamp: 99, leaderEpoch: 0 });
  });

  it('find nothing before the log start', async () => {
    await open(...batches([[50, 60, 70], [10]]));
    log().log.trim(2);
    expect((await log().offsetForTimestamp(20))?.offset).to.equal(2);
  });

  it('find nothing in a batch that the file no longer holds as a whole, and say so', async () => {
    await open(...batches([Array.from({ length: 1000 }, (_, i) => i)]));
    log().log.active.log.truncate(20_000);
    const failures = [rejected(log().offsetForTimestamp(999)), rejected(log().offsetOfMaxTimestamp())];
    for (const failure of await Promise.all(failures))
      expect(String(failure)).to.match(/KAFKA_STORAGE_ERROR.* ends at 20000/);
  });

  it('find what a scan of all records finds', async () => {
    const times = fc.array(fc.array(fc.nat(50), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(times, fc.boolean(), async (drafts, isReopened) => {
        await open(...batches(drafts));
        if (isReopened) storage = await storage.reopen();
        const all = drafts.flat();
        for (const target of [0, 7, 23, 42, 51]) {
          const at = all.findIndex((time) => time >= target);
          const found = await log().offsetForTimestamp(target);
          expect(found?.offset ?? -1).to.equal(at);
          expect(found?.timestamp ?? -1).to.equal(at < 0 ? -1 : all[at]);
        }
        // Of equals the first batch that has the largest, and in it the first record.
        expect((await log().offsetOfMaxTimestamp())?.offset).to.equal(all.indexOf(Math.max(...all)));
        storage.discard();
      }),
      { numRuns: 25 },
    );
  }).timeout(30000);
});
