/**
 * Small whole files: checkpoints, snapshots, partition.metadata. Written beside the old one and renamed over it, so that
 * a reader finds the old content or the new, never half of it.
 */
import fs from 'node:fs';

/** The content, or null if there is no such file. */
export function readIfThere(path: string): Buffer | null {
  try {
    return fs.readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Replaces the file at once, without waiting for the device: for what recovery can build again. */
export function replaceFileSync(path: string, content: string | Buffer): void {
  fs.writeFileSync(`${path}.tmp`, content);
  fs.renameSync(`${path}.tmp`, path);
}

/** Replaces the file; resolves once the new content is on the device. */
export async function replaceFile(path: string, content: string | Buffer): Promise<void> {
  const handle = await fs.promises.open(`${path}.tmp`, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fs.promises.rename(`${path}.tmp`, path);
}

/** Removes the file if it is there. */
export function removeIfThere(path: string): void {
  fs.rmSync(path, { force: true });
}
