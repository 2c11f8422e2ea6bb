/** A disk for specs that can break, fill up and hang, in front of the machine's own. */
import { type Disk, nodeDisk } from '../../lib/storage/disk';

export class FaultyDisk implements Disk {
  /** Error code of every write from now on, to files whose path contains `failing`; null: none. */
  writeError: string | null = null;
  readError: string | null = null;
  openError: string | null = null;
  failing = '';
  /** Bytes that still fit when `writeError` is set: the write that crosses it is cut short. */
  room = 0;
  /** Writes and flushes, by kind. */
  readonly calls = { writeSync: 0, writev: 0, flush: 0, truncate: 0, read: 0, readSync: 0 };
  /** Asynchronous writes wait for it. */
  hold: Promise<void> = Promise.resolve();
  private readonly paths = new Map<number, string>();

  /** Makes asynchronous writes wait until the function that it returns is called. */
  hang(): () => void {
    let go = () => {};
    this.hold = new Promise((resolve) => {
      go = resolve;
    });
    return go;
  }

  open(path: string, create: boolean): number {
    this.refuse(this.openError, path, 'open');
    const fd = nodeDisk.open(path, create);
    this.paths.set(fd, path);
    return fd;
  }

  close(fd: number): void {
    nodeDisk.close(fd);
  }

  readSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number {
    this.calls.readSync++;
    this.refuse(this.readError, this.paths.get(fd)!, 'read');
    return nodeDisk.readSync(fd, buffer, offset, length, position);
  }

  async read(fd: number, buffer: Buffer, offset: number, length: number, position: number): Promise<number> {
    this.calls.read++;
    this.refuse(this.readError, this.paths.get(fd)!, 'read');
    return nodeDisk.read(fd, buffer, offset, length, position);
  }

  writeSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number {
    this.calls.writeSync++;
    return nodeDisk.writeSync(fd, buffer, offset, this.fits(fd, length), position);
  }

  async writev(fd: number, buffers: readonly Buffer[], position: number): Promise<number> {
    this.calls.writev++;
    await this.hold;
    const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    const fits = this.fits(fd, length);
    return fits === length
      ? nodeDisk.writev(fd, buffers, position)
      : nodeDisk.writeSync(fd, Buffer.concat(buffers), 0, fits, position);
  }

  async flush(fd: number): Promise<void> {
    this.calls.flush++;
    this.refuse(this.writeError, this.paths.get(fd)!, 'fdatasync');
    await nodeDisk.flush(fd);
  }

  truncate(fd: number, size: number): void {
    this.calls.truncate++;
    nodeDisk.truncate(fd, size);
  }

  /** How much of a write goes through; throws when nothing does. */
  private fits(fd: number, length: number): number {
    if (this.writeError === null || !this.paths.get(fd)!.includes(this.failing)) return length;
    if (this.room === 0) this.refuse(this.writeError, this.paths.get(fd)!, 'write');
    const fits = Math.min(length, this.room);
    this.room -= fits;
    return fits;
  }

  private refuse(code: string | null, path: string, call: string): void {
    if (code === null || !path.includes(this.failing)) return;
    throw Object.assign(new Error(`${code}: ${call} '${path}'`), { code });
  }
}
