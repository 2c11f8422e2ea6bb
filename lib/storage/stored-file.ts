/**
 * Files that are opened when they are needed: `StoredFile` is one file, `OpenFiles` bounds how many of them hold a
 * descriptor at a time. Segments and index files are StoredFiles; ten thousand partitions cost no descriptor until
 * somebody reads or writes them.
 *
 * A descriptor is never closed under an asynchronous operation; whole reads and writes are made of partial ones here.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk';

/** Keeps at most `maxOpen` descriptors, closing those that were not used lately (second chance). */
export class OpenFiles {
  readonly disk: Disk;
  private readonly maxOpen: number;
  private readonly holders: StoredFile[] = [];
  private hand = 0;

  constructor(disk: Disk, maxOpen: number) {
    this.disk = disk;
    this.maxOpen = maxOpen;
  }

  /** Descriptors held now. */
  get count(): number {
    return this.holders.length;
  }

  /** For StoredFile: a new descriptor, for which another file's may be closed. */
  open(path: string, create: boolean): number {
    if (this.holders.length >= this.maxOpen) this.evict();
    try {
      return this.disk.open(path, create);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
      for (let n = this.holders.length / 2; n > 0; n--) this.evict();
      return this.disk.open(path, create);
    }
  }

  /** For StoredFile: takes note of a file that was opened. */
  admit(file: StoredFile): void {
    this.holders.push(file);
  }

  /** For StoredFile: forgets a file that was closed. */
  forget(file: StoredFile): void {
    const at = this.holders.indexOf(file);
    if (at < 0) return;
    const last = this.holders.pop()!;
    if (last !== file) this.holders[at] = last;
  }

  /** Closes one file: the first that was not used since the hand last passed it. Busy files are left alone. */
  private evict(): void {
    for (let steps = this.holders.length * 2; steps > 0; steps--) {
      this.hand = (this.hand + 1) % this.holders.length;
      const file = this.holders[this.hand]!;
      if (file.busy) continue;
      if (!file.used) {
        file.close();
        return;
      }
      file.used = false;
    }
  }
}

/** A directory that may get another name while files in it are in use. */
export interface Directory {
  readonly path: string;
}

export class StoredFile {
  /** Set by every use, cleared by the sweep that looks for a descriptor to close. */
  used = false;
  private readonly files: OpenFiles;
  private readonly directory: Directory;
  private name: string;
  private fd = -1;
  private running = 0;
  private closing = false;

  constructor(files: OpenFiles, directory: Directory, name: string) {
    this.files = files;
    this.directory = directory;
    this.name = name;
  }

  get path(): string {
    return join(this.directory.path, this.name);
  }

  /** Whether an asynchronous operation is under way. */
  get busy(): boolean {
    return this.running > 0;
  }

  private descriptor(create: boolean): number {
    this.used = true;
    if (this.fd < 0) {
      this.fd = this.files.open(this.path, create);
      this.files.admit(this);
    }
    return this.fd;
  }

  /** Reads up to `length` bytes; fewer come back only at the end of the file. */
  readSync(buffer: Buffer, offset: number, length: number, position: number): number {
    const fd = this.descriptor(false);
    let done = 0;
    while (done < length) {
      const bytes = this.files.disk.readSync(fd, buffer, offset + done, length - done, position + done);
      if (bytes === 0) break;
      done += bytes;
    }
    return done;
  }

  async read(buffer: Buffer, offset: number, length: number, position: number): Promise<number> {
    const fd = this.descriptor(false);
    this.running++;
    try {
      let done = 0;
      while (done < length) {
        const bytes = await this.files.disk.read(fd, buffer, offset + done, length - done, position + done);
        if (bytes === 0) break;
        done += bytes;
      }
      return done;
    } finally {
      this.settled();
    }
  }

  /** Writes all of it, creating the file if need be. */
  writeSync(buffer: Buffer, offset: number, length: number, position: number): void {
    const fd = this.descriptor(true);
    let done = 0;
    while (done < length) {
      const bytes = this.files.disk.writeSync(fd, buffer, offset + done, length - done, position + done);
      if (bytes <= 0) throw new Error(`wrote ${done} of ${length} bytes`);
      done += bytes;
    }
  }

  /** Writes all of the buffers one behind the other, creating the file if need be. */
  async write(buffers: readonly Buffer[], position: number): Promise<void> {
    const fd = this.descriptor(true);
    this.running++;
    try {
      let rest = buffers;
      for (let at = position; rest.length > 0; ) {
        const bytes = await this.files.disk.writev(fd, rest, at);
        if (bytes <= 0) throw new Error(`wrote nothing at ${at}`);
        at += bytes;
        rest = behind(rest, bytes);
      }
    } finally {
      this.settled();
    }
  }

  /** Resolves once everything written so far is on the device. */
  async flush(): Promise<void> {
    const fd = this.descriptor(true);
    this.running++;
    try {
      await this.files.disk.flush(fd);
    } finally {
      this.settled();
    }
  }

  truncate(size: number): void {
    this.files.disk.truncate(this.descriptor(true), size);
  }

  /** Gives the file another name in its directory, if it is there; an open descriptor stays good. */
  rename(name: string): void {
    try {
      fs.renameSync(this.path, join(this.directory.path, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    this.name = name;
  }

  /** Removes the file, if it is there. */
  remove(): void {
    this.close();
    fs.rmSync(this.path, { force: true });
  }

  /** Gives the descriptor back, if there is one, as soon as nothing is under way. The next use opens it anew. */
  close(): void {
    if (this.fd < 0) return;
    if (this.running > 0) {
      this.closing = true;
      return;
    }
    const fd = this.fd;
    this.fd = -1;
    this.closing = false;
    this.files.forget(this);
    this.files.disk.close(fd);
  }

  private settled(): void {
    this.running--;
    if (this.closing && this.running === 0) this.close();
  }
}

/** What is left of the buffers behind their first `bytes` bytes. */
function behind(buffers: readonly Buffer[], bytes: number): readonly Buffer[] {
  let skip = bytes;
  let first = 0;
  while (first < buffers.length && skip >= buffers[first]!.length) skip -= buffers[first++]!.length;
  if (skip === 0) return buffers.slice(first);
  return [buffers[first]!.subarray(skip), ...buffers.slice(first + 1)];
}
