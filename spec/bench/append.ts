/**
 * Appends to partition logs: one in flight, many in flight on one partition, one each on a hundred partitions.
 *
 * Beside each stands what the bare system call takes on this machine now, for the same bytes, and the ratio of the two:
 * 1 would be as good as nothing around it. `figure` is what the same call took when the design was made, in µs: 1.6, 6.5
 * and 190 for a write of 200 B, 16 KB, 1 MB that is waited for; 0.35, 3.4 and 190 to 420 each in one writev of everything
 * queued; a promise for each adds 0.2.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { asapScheduler } from 'rxjs';
import { buildBatch } from '../../lib/records/build';
import { LocalAppends } from '../../lib/storage/appends';
import { nodeDisk } from '../../lib/storage/disk';
import type { Partition } from '../../lib/storage/partition';
import { Storage } from '../support/storage';
import { nanosecondsAsync, type Print } from './bench';

const sizes = [
  { what: '200 B', bytes: 200, inFlight: 100, aloneUs: 1.6, queuedUs: 0.55 },
  { what: '16 KB', bytes: 16 * 1024, inFlight: 20, aloneUs: 6.5, queuedUs: 3.6 },
  { what: '1 MB', bytes: 1024 * 1024, inFlight: 4, aloneUs: 190, queuedUs: 300 },
];
const partitions = 100;
/** Larger writes are asynchronous, here as in the log. */
const syncMaxBytes = 32 * 1024;
/** A log begins anew now and then: the bench is not about the size of the disk, nor about pages never touched. */
const logMaxBytes = 64 * 1024 * 1024;

export async function bench(print: Print): Promise<void> {
  for (const { what, bytes, inFlight, aloneUs, queuedUs } of sizes) {
    const storage = await Storage.open({ topics: [{ name: 'one' }, { name: 'many', partitions }] });
    const appends = new LocalAppends({ scheduler: asapScheduler });
    const batch = buildBatch([{ value: Buffer.alloc(bytes - 80, 'x') }], { timestamp: Date.now() });
    const one = storage.partition('one');
    const many = Array.from({ length: partitions }, (_, i) => storage.partition('many', i));
    const bare = bareWrites(join(storage.dir, 'bare'), batch);
    const row = (how: string, us: number, bareUs: number, figure: number) =>
      print({ what: `${what}, ${how}`, 'µs per append': us, 'bare µs': bareUs, ratio: bareUs / us, figure });

    const alone = await microseconds(1, async () => {
      await appends.submit({ log: one, batch });
      trim(one);
    });
    const bareAlone = await microseconds(1, () => bare(1));
    row('one in flight', alone, bareAlone, aloneUs);

    const queued = await microseconds(inFlight, async () => {
      await Promise.all(Array.from({ length: inFlight }, () => appends.submit({ log: one, batch })));
      trim(one);
    });
    row(`${inFlight} in flight`, queued, await microseconds(inFlight, () => bare(inFlight)), queuedUs);

    if (bytes < 1024 * 1024) {
      const spread = await microseconds(partitions, async () => {
        await Promise.all(many.map((log) => appends.submit({ log, batch })));
        for (const log of many) trim(log);
      });
      row(`one on each of ${partitions} partitions`, spread, bareAlone, aloneUs);
    }
    await storage.remove();
  }
}

async function microseconds(calls: number, work: () => Promise<unknown>): Promise<number> {
  return (await nanosecondsAsync(work)) / calls / 1000;
}

/** Writes the bytes so many times in one call, as the log would, with nothing around it. */
function bareWrites(path: string, bytes: Buffer): (times: number) => Promise<void> {
  const fd = fs.openSync(path, 'w');
  let position = 0;
  return async (times) => {
    const total = times * bytes.length;
    if (position + total > logMaxBytes) position = 0;
    const buffers: Buffer[] = Array(times).fill(bytes);
    if (total <= syncMaxBytes) fs.writevSync(fd, buffers, position);
    else await nodeDisk.writev(fd, buffers, position);
    position += total;
  };
}

function trim({ log }: Partition): void {
  if (log.active.size > logMaxBytes) log.active.reset();
}
