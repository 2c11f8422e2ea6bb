/**
 * Makes the asynchronous file calls of lib (small whole files, removals) happen at once while a simulation runs, so that
 * nothing in it waits for the machine: how many turns of the event loop a thread takes, nobody knows.
 */
import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

const { promises } = fs;

/** Until the function that it returns is called. */
export function stillFiles(): () => void {
  const { open, rename, rm } = promises;
  promises.open = async (path, flags) => {
    const fd = fs.openSync(path as string, flags as string);
    const handle: Pick<FileHandle, 'writeFile' | 'sync' | 'close'> = {
      writeFile: async (content) => fs.writeFileSync(fd, content as string),
      sync: async () => {},
      close: async () => fs.closeSync(fd),
    };
    return handle as FileHandle;
  };
  promises.rename = async (from, to) => fs.renameSync(from, to);
  promises.rm = async (path, options) => fs.rmSync(path, options);
  return () => {
    Object.assign(promises, { open, rename, rm });
  };
}
