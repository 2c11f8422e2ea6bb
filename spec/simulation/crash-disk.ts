/**
 * A disk for simulations: what takes time elsewhere is done at once, so that nothing depends on the machine; and at a given
 * write the world stands still: the write gets through up to some byte, and `frozen` is called while the files are as they
 * are then.
 */
import fs from 'node:fs';
import { type Disk, unflushedDisk } from '../../lib/storage/disk';

interface Crash {
  /** Writes that still get through. */
  writes: number;
  /** Share of the bytes of the last write that do. */
  readonly share: number;
  readonly frozen: () => void;
}

export class CrashDisk implements Disk {
  readonly open = unflushedDisk.open;
  readonly close = unflushedDisk.close;
  readonly readSync = unflushedDisk.readSync;
  readonly truncate = unflushedDisk.truncate;
  readonly flush = unflushedDisk.flush;
  private crash: Crash | null = null;

  /** Freezes in the midst of the write that comes after `writes` others. */
  crashAfter(writes: number, share: number, frozen: () => void): void {
    this.crash = { writes, share, frozen };
  }

  async read(fd: number, buffer: Buffer, offset: number, length: number, position: number): Promise<number> {
    return fs.readSync(fd, buffer, offset, length, position);
  }

  writeSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number {
    const { crash } = this;
    if (crash === null || crash.writes-- > 0) return fs.writeSync(fd, buffer, offset, length, position);
    this.crash = null;
    const torn = Math.floor(length * crash.share);
    if (torn > 0) fs.writeSync(fd, buffer, offset, torn, position);
    crash.frozen();
    return fs.writeSync(fd, buffer, offset, length, position);
  }

  async writev(fd: number, buffers: readonly Buffer[], position: number): Promise<number> {
    const whole = Buffer.concat(buffers);
    return this.writeSync(fd, whole, 0, whole.length, position);
  }
}
