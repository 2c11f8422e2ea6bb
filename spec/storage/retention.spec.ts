import { utimesSync } from 'node:fs';
import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { expiredSegments } from '../../lib/storage/retention';
import { Storage, startMs } from '../support/storage';

describe('expiredSegments', () => {
  let storage: Storage;
  /** A log with a segment for each of the timestamps. */
  const open = async (configs: Record<string, string>, ...timestamps: number[]) => {
    storage = await Storage.open({ topics: [{ name: 'foo', configs: { 'segment.bytes': '1048576', ...configs } }] });
    for (const timestamp of timestamps) {
      await storage.append('foo', buildBatch([{ value: Buffer.alloc(600000) }], { timestamp }));
    }
  };
  const expired = (nowMs = startMs) => {
    const { log, topic } = storage.partition('foo');
    return expiredSegments(log, topic.config, nowMs);
  };
  afterEach(() => storage.discard());
  const old = startMs - 7 * 86400000 - 1;

  it('lets segments go whose newest record is older than retention.ms', async () => {
    await open({}, old, old, startMs, old);
    expect(expired()).to.equal(2);
  });

  it('lets even the last one go', async () => {
    await open({}, old, old);
    expect(expired()).to.equal(2);
  });

  it('keeps everything with retention.ms -1, and what is from the future', async () => {
    await open({ 'retention.ms': '-1' }, old, old);
    expect(expired()).to.equal(0);
    storage.discard();
    await open({}, startMs + 86400000, old);
    expect(expired()).to.equal(0);
  });

  it('goes by the time of the file where records have no timestamp', async () => {
    await open({}, -1, startMs);
    expect(expired(Date.parse('2100-01-01'))).to.equal(2);
    const { path } = storage.partition('foo').log.segments[0]!.log;
    utimesSync(path, startMs / 1000, startMs / 1000);
    expect(expired(startMs + 1)).to.equal(0);
  });

  it('lets segments go as long as retention.bytes are left', async () => {
    await open({ 'retention.bytes': '1300000' }, startMs, startMs, startMs, startMs);
    expect(expired()).to.equal(1);
    storage.discard();
    await open({ 'retention.bytes': '1200000' }, startMs, startMs, startMs, startMs);
    expect(expired()).to.equal(2);
    storage.discard();
    await open({ 'retention.bytes': '0' }, startMs, startMs);
    expect(expired()).to.equal(2);
  });

  it('lets segments go that end before the log start, whatever the policy', async () => {
    await open({ 'cleanup.policy': 'compact' }, old, old, old, old);
    expect(expired()).to.equal(0);
    storage.partition('foo').log.trim(2);
    expect(expired()).to.equal(2);
    storage.partition('foo').log.trim(4);
    expect(expired()).to.equal(3);
  });

  it('keeps an empty log', async () => {
    await open({});
    expect(expired(startMs + 1e12)).to.equal(0);
  });
});
