/**
 * Reads from a partition log: what a fetch costs before the socket. Consumers that follow the end, that go through a log
 * from its start, that jump about.
 *
 * To compare with (fast-path figures, on the same machine, each with the socket behind it): 1 MB replies from a readSync
 * into a pooled buffer 2,750 MB/s, asynchronously into a pooled buffer 2,300; 64 KB replies from readSync 3,160. What is
 * read here still has to be sent, so a ratio well above 1 is to be wished for.
 */
import { buildBatch } from '../../lib/records/build';
import type { ReadBatches } from '../../lib/storage/engine';
import type { Partition } from '../../lib/storage/partition';
import { Storage } from '../support/storage';
import { nanosecondsAsync, type Print } from './bench';

const mb = 1e6;
const logBytes = 128 * 1024 * 1024;

export async function bench(print: Print): Promise<void> {
  for (const [what, batchBytes] of [
    ['batches of 16 KB', 16 * 1024],
    ['batches of 300 B', 300],
  ] as const) {
    const storage = await Storage.open({ topics: [{ name: 'foo' }] });
    const log = storage.partition('foo');
    const batch = buildBatch([{ value: Buffer.alloc(batchBytes - 80) }], { timestamp: Date.now() });
    const count = Math.floor(logBytes / batch.length);
    for (let done = 0; done < count; done += 1000) {
      await Promise.all(Array.from({ length: Math.min(1000, count - done) }, () => storage.append('foo', batch)));
    }
    for (const [size, maxBytes, figure] of [
      ['1 MB', 1 << 20, 2750],
      ['64 KB', 1 << 16, 3160],
    ] as const) {
      await through(print, `${size}, ${what}, from the start on`, log, maxBytes, 0, figure);
      const tail = Math.floor((8 << 20) / batch.length);
      await through(print, `${size}, ${what}, near the end`, log, maxBytes, log.logEndOffset - tail, figure);
    }
    await random(print, `one batch, ${what}, anywhere`, log);
    await storage.remove();
  }
  await following(print);
}

/** One reader goes from an offset to the end, and begins anew. */
async function through(print: Print, what: string, log: Partition, maxBytes: number, from: number, figure: number) {
  let offset = from;
  let bytes = 0;
  let reads = 0;
  const ns = await nanosecondsAsync(async () => {
    const answer = log.read(offset, { maxBytes, atLeastOne: true, isolation: 'read_uncommitted' });
    const read = answer instanceof Promise ? await answer : answer;
    bytes += read.records.length;
    reads++;
    offset = read.nextOffset === log.logEndOffset ? from : read.nextOffset;
    read.release?.();
  });
  const rate = (bytes / reads / ns) * (1e9 / mb);
  print({ what, 'µs per read': ns / 1000, 'MB/s': rate, ratio: rate / figure });
}

/** Readers that want one batch, never the one behind the last they had. */
async function random(print: Print, what: string, log: Partition): Promise<void> {
  let bytes = 0;
  let reads = 0;
  const ns = await nanosecondsAsync(async () => {
    const offset = Math.floor(Math.random() * log.logEndOffset);
    const read = await log.read(offset, { maxBytes: 1, atLeastOne: true, isolation: 'read_uncommitted' });
    bytes += read.records.length;
    reads++;
    read.release?.();
  });
  print({ what, 'µs per read': ns / 1000, 'MB/s': (bytes / reads / ns) * (1e9 / mb), ratio: '' });
}

/** A consumer that waits at the end while 200 bytes are appended, and reads them: append and read together. */
async function following(print: Print): Promise<void> {
  const storage = await Storage.open({ topics: [{ name: 'foo' }] });
  const log = storage.partition('foo');
  const batch = buildBatch([{ value: Buffer.alloc(120) }], { timestamp: Date.now() });
  let read: ReadBatches = await log.read(0, { maxBytes: 1, atLeastOne: true, isolation: 'read_uncommitted' });
  log.advanced$.subscribe(() => {
    read = log.read(read.nextOffset, {
      maxBytes: 1 << 20,
      atLeastOne: true,
      isolation: 'read_uncommitted',
    }) as ReadBatches;
    read.release?.();
  });
  const ns = await nanosecondsAsync(() => storage.append('foo', batch));
  print({
    what: 'append 200 B, woken, read it',
    'µs per read': ns / 1000,
    'MB/s': (batch.length / ns) * 1000,
    ratio: '',
  });
  await storage.remove();
}
