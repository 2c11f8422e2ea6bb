/**
 * Appends to partition logs: one in flight, many in flight on one partition, many over a hundred partitions.
 *
 * To compare with, measured on the same machine with nothing but the system call (fast-path figures): a write of 200 B,
 * 16 KB, 1 MB that is waited for takes 1.6, 6.5 and 190 µs; the same in one `writev` of everything queued takes 0.35,
 * 3.4 and 190–420 µs; a promise for each adds 0.2 µs. `ratio` is that figure divided by ours: 1 is as good.
 */
import { asapScheduler } from 'rxjs';
import { buildBatch } from '../../lib/records/build';
import { LocalAppends } from '../../lib/storage/appends';
import type { Partition } from '../../lib/storage/partition';
import { Storage } from '../support/storage';
import { nanosecondsAsync, type Print } from './bench';

const sizes = [
  { what: '200 B', bytes: 200, inFlight: 100, aloneUs: 1.6, queuedUs: 0.55 },
  { what: '16 KB', bytes: 16 * 1024, inFlight: 20, aloneUs: 6.5, queuedUs: 3.6 },
  { what: '1 MB', bytes: 1024 * 1024, inFlight: 4, aloneUs: 190, queuedUs: 300 },
];
const partitions = 100;
/** The log begins anew now and then: the bench is not about the size of the disk, nor about pages never touched. */
const logMaxBytes = 256 * 1024 * 1024;

export async function bench(print: Print): Promise<void> {
  for (const { what, bytes, inFlight, aloneUs, queuedUs } of sizes) {
    const storage = await Storage.open({ topics: [{ name: 'one' }, { name: 'many', partitions }] });
    const appends = new LocalAppends({ scheduler: asapScheduler });
    const batch = buildBatch([{ value: Buffer.alloc(bytes - 80, 'x') }], { timestamp: Date.now() });
    const one = storage.partition('one');
    const many = Array.from({ length: partitions }, (_, i) => storage.partition('many', i));

    const alone = await nanosecondsAsync(async () => {
      await appends.submit({ log: one, batch });
      trim(one);
    });
    print({ what: `${what}, one in flight`, 'µs per append': alone / 1000, ratio: (aloneUs * 1000) / alone });

    const queued =
      (await nanosecondsAsync(async () => {
        await Promise.all(Array.from({ length: inFlight }, () => appends.submit({ log: one, batch })));
        trim(one);
      })) / inFlight;
    print({
      what: `${what}, ${inFlight} in flight`,
      'µs per append': queued / 1000,
      ratio: (queuedUs * 1000) / queued,
    });

    if (bytes < 1024 * 1024) {
      const spread =
        (await nanosecondsAsync(async () => {
          await Promise.all(many.map((log) => appends.submit({ log, batch })));
          for (const log of many) trim(log);
        })) / partitions;
      const row = { 'µs per append': spread / 1000, ratio: (aloneUs * 1000) / spread };
      print({ what: `${what}, one on each of ${partitions} partitions`, ...row });
    }
    await storage.remove();
  }
}

function trim({ log }: Partition): void {
  if (log.active.size < logMaxBytes) return;
  log.active.reset();
}
