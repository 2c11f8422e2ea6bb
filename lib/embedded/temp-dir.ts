/**
 * Directories that live as long as their broker. One that is left over when the process ends (a test that never closed
 * its broker) is removed then.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDir {
  /** Absolute. */
  readonly path: string;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

const present = new Set<string>();

/** Makes an empty directory among the system's temporary ones. Throws the system's error. */
export function makeTempDir(): TempDir {
  const path = mkdtempSync(join(tmpdir(), 'millrace-'));
  if (present.size === 0) process.on('exit', removePresent);
  present.add(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      present.delete(path);
      if (present.size === 0) process.off('exit', removePresent);
    },
  };
}

function removePresent(): void {
  for (const path of present) rmSync(path, { recursive: true, force: true });
}
