/**
 * Looking over an index file that is about to be used: how many entries it really has. Called by log-load.ts.
 *
 * Kafka preallocates the indexes of active segments, so zeros may follow the entries; they are cut off here.
 */
import fs from 'node:fs';

export interface CheckedIndex {
  readonly entries: number;
  /** Bytes of the last entry, null if there is none. */
  readonly last: Buffer | null;
}

/**
 * Counts the entries of an index file; null if its size is none of an index. An entry of zeros is no entry, unless it is
 * the only one (the first record of a log may have timestamp 0).
 * @param size size of the file in bytes
 * @throws system errors
 */
export function checkIndexFile(path: string, size: number, entryBytes: number): CheckedIndex | null {
  if (size % entryBytes !== 0) return null;
  if (size === 0) return { entries: 0, last: null };
  const fd = fs.openSync(path, 'r+');
  try {
    const entry = Buffer.alloc(entryBytes);
    const isEntry = (i: number) => {
      fs.readSync(fd, entry, 0, entryBytes, i * entryBytes);
      return entry.some((byte) => byte !== 0);
    };
    const stored = size / entryBytes;
    if (stored === 1 || isEntry(stored - 1)) {
      isEntry(stored - 1);
      return { entries: stored, last: entry };
    }
    // Entries, then zeros: find where they meet.
    let low = 0;
    let high = stored - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isEntry(middle)) low = middle + 1;
      else high = middle;
    }
    fs.ftruncateSync(fd, low * entryBytes);
    if (low === 0) return { entries: 0, last: null };
    isEntry(low - 1);
    return { entries: low, last: entry };
  } finally {
    fs.closeSync(fd);
  }
}
