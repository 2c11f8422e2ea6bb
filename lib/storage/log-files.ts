/**
 * What lies in a partition directory when a log is opened, after putting it in order: files that were being deleted or
 * cleaned go, a compaction that was cut off is finished, indexes without a log go. Called by log-load.ts.
 *
 * How Kafka's cleaner replaces segments: it writes `.cleaned` files, renames them all to `.swap`, renames the segments
 * they replace to `.deleted`, and drops the suffix `.swap`. So whatever is left tells how far it got. (Kafka's LogLoader)
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { BatchScan } from './batch-scan';
import { segmentSuffixes } from './segment';
import { type Directory, type OpenFiles, StoredFile } from './stored-file';

/** Sizes in bytes by file name, of everything that belongs to segments. */
export interface LogFiles {
  readonly sizes: ReadonlyMap<string, number>;
  /** Base offsets of the segments, ascending. */
  readonly baseOffsets: readonly number[];
  /** Offsets of the producer snapshots, ascending. */
  readonly snapshots: readonly number[];
}

const offsetOf = (name: string): number => Number(name.slice(0, 20));
const isSegmentFile = (name: string): boolean => /^\d{20}\.(log|index|timeindex|txnindex|snapshot)$/.test(name);

/**
 * Lists the directory and leaves in it only what belongs to the log.
 * @param window memory to scan with
 * @throws system errors
 */
export function tidyLogFiles(directory: Directory, files: OpenFiles, window: Buffer): LogFiles {
  let names = fs.readdirSync(directory.path);
  if (names.some((name) => /\.(deleted|cleaned|swap|tmp)$/.test(name))) {
    finishCompaction(directory, names, files, window);
    names = fs.readdirSync(directory.path);
  }
  const logs = new Set(names.filter((name) => isSegmentFile(name) && name.endsWith('.log')));
  const sizes = new Map<string, number>();
  const snapshots: number[] = [];
  for (const name of names) {
    if (!isSegmentFile(name)) continue;
    if (name.endsWith('.snapshot')) snapshots.push(offsetOf(name));
    else if (logs.has(`${name.slice(0, 20)}.log`)) sizes.set(name, fs.statSync(join(directory.path, name)).size);
    else fs.rmSync(join(directory.path, name), { force: true });
  }
  const ascending = (a: number, b: number) => a - b;
  return { sizes, baseOffsets: [...logs].map(offsetOf).sort(ascending), snapshots: snapshots.sort(ascending) };
}

function finishCompaction(directory: Directory, names: readonly string[], files: OpenFiles, window: Buffer): void {
  const remove = (name: string) => fs.rmSync(join(directory.path, name), { force: true });
  let cleanedFrom = Number.POSITIVE_INFINITY;
  for (const name of names) {
    if (name.endsWith('.cleaned')) cleanedFrom = Math.min(cleanedFrom, offsetOf(name));
    if (/\.(deleted|cleaned|tmp)$/.test(name)) remove(name);
  }
  // While any `.cleaned` is left the renaming to `.swap` was not complete: that round of cleaning never happened.
  const swaps: string[] = [];
  for (const name of names.filter((other) => other.endsWith('.swap'))) {
    if (offsetOf(name) >= cleanedFrom) remove(name);
    else swaps.push(name);
  }
  let from = Number.POSITIVE_INFINITY;
  let to = -1;
  for (const name of swaps.filter((other) => other.endsWith('.log.swap'))) {
    const log = new StoredFile(files, directory, name);
    const scan = new BatchScan(log, 0, fs.statSync(log.path).size, window);
    let next = offsetOf(name);
    while (scan.next()) next = scan.header.lastOffset + 1;
    log.close();
    from = Math.min(from, offsetOf(name));
    to = Math.max(to, next);
  }
  for (const name of names) {
    const replaced = segmentSuffixes.some((suffix) => name === name.slice(0, 20) + suffix);
    if (replaced && offsetOf(name) >= from && offsetOf(name) < to) remove(name);
  }
  for (const name of swaps) {
    fs.renameSync(join(directory.path, name), join(directory.path, name.slice(0, -'.swap'.length)));
  }
}
