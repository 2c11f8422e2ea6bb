/**
 * A disk that fails on command, in front of the broker's own: what the storage under a broker of a test stands on. With no
 * fault set it costs a call more for each operation on a file.
 *
 * Not done: directories and small files (checkpoints, meta.properties) go past it.
 */
import { getSystemErrorMap } from 'node:util';
import type { Disk } from '../storage/disk';
import { checkNames, UsageError } from '../usage';
import { CountedFault } from './fault';

export type DiskOperation = 'read' | 'write' | 'flush';

/** A fault of the disk. */
export interface DiskFaultOptions {
  /** What the system says, such as `ENOSPC` or `EIO`. */
  readonly error: string;
  /** Which operation fails; a write of a file that has to be opened for it is one, too. */
  readonly on: DiskOperation;
  /** Files of this topic only. */
  readonly topic?: string;
  /** With `topic`: files of this partition only. */
  readonly partition?: number;
  /** Only files whose path contains this, such as `.index`. */
  readonly path?: string;
  /** How often it happens; 1 if absent. Infinity: until it is removed. */
  readonly times?: number;
  /** Bytes of the first write that still get through: what was written is cut short. None if absent. */
  readonly roomBytes?: number;
}

const names = ['error', 'on', 'topic', 'partition', 'path', 'times', 'roomBytes'] satisfies (keyof DiskFaultOptions)[];
const operations: readonly string[] = ['read', 'write', 'flush'] satisfies DiskOperation[];
/** Name → what the system says. */
const systemErrors = new Map([...getSystemErrorMap().values()]);

interface DiskFault {
  readonly fault: CountedFault;
  readonly options: DiskFaultOptions;
  roomBytes: number;
}

export class FaultDisk implements Disk {
  private readonly own: Disk;
  private readonly paths = new Map<number, string>();
  private readonly set = new Set<DiskFault>();

  constructor(own: Disk) {
    this.own = own;
  }

  /**
   * Sets a fault.
   * @param ended called once, when it is over
   * @throws UsageError for what cannot be meant
   */
  add(options: DiskFaultOptions, ended: (fault: CountedFault) => void): CountedFault {
    check(options);
    const { on, error, topic, partition, path, times = 1, roomBytes = 0 } = options;
    const of = topic === undefined ? '' : ` of topic ${topic}${partition === undefined ? '' : `-${partition}`}`;
    const where = path === undefined ? '' : ` at ${path}`;
    const one: DiskFault = {
      fault: new CountedFault(`disk ${on}${of}${where}: ${error}`, times, (fault) => {
        this.set.delete(one);
        ended(fault);
      }),
      options,
      roomBytes,
    };
    this.set.add(one);
    return one.fault;
  }

  open(path: string, create: boolean): number {
    const fd = this.own.open(path, create);
    this.paths.set(fd, path);
    return fd;
  }

  close(fd: number): void {
    this.paths.delete(fd);
    this.own.close(fd);
  }

  readSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number {
    this.meet('read', fd);
    return this.own.readSync(fd, buffer, offset, length, position);
  }

  async read(fd: number, buffer: Buffer, offset: number, length: number, position: number): Promise<number> {
    this.meet('read', fd);
    return this.own.read(fd, buffer, offset, length, position);
  }

  writeSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number {
    return this.own.writeSync(fd, buffer, offset, this.fitting(fd, length), position);
  }

  async writev(fd: number, buffers: readonly Buffer[], position: number): Promise<number> {
    if (this.set.size === 0) return this.own.writev(fd, buffers, position);
    const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    const fits = this.fitting(fd, length);
    if (fits === length) return this.own.writev(fd, buffers, position);
    return this.own.writeSync(fd, Buffer.concat(buffers), 0, fits, position);
  }

  async flush(fd: number): Promise<void> {
    this.meet('flush', fd);
    return this.own.flush(fd);
  }

  truncate(fd: number, size: number): void {
    this.own.truncate(fd, size);
  }

  /** How many bytes of a write get through; throws when none do. */
  private fitting(fd: number, length: number): number {
    for (const one of this.set) {
      if (one.roomBytes === 0 || !isMeant(one, 'write', this.paths.get(fd)!)) continue;
      const fits = Math.min(length, one.roomBytes);
      one.roomBytes -= fits;
      return fits;
    }
    this.meet('write', fd);
    return length;
  }

  private meet(on: DiskOperation, fd: number): void {
    if (this.set.size === 0) return;
    const path = this.paths.get(fd)!;
    for (const one of this.set) {
      if (!isMeant(one, on, path)) continue;
      one.fault.fire();
      const { error: code } = one.options;
      const syscall = on === 'flush' ? 'fdatasync' : on;
      throw Object.assign(new Error(`${code}: ${systemErrors.get(code)}, ${syscall} '${path}'`), {
        code,
        syscall,
        path,
      });
    }
  }
}

function isMeant(
  { options: { on, topic, partition, path } }: DiskFault,
  operation: DiskOperation,
  file: string,
): boolean {
  if (on !== operation || (path !== undefined && !file.includes(path))) return false;
  if (topic === undefined) return true;
  const directory = file.split(/[/\\]/).at(-2) ?? '';
  const at = directory.lastIndexOf('-');
  return directory.slice(0, at) === topic && (partition === undefined || directory.slice(at + 1) === String(partition));
}

function check(options: DiskFaultOptions): void {
  if (typeof options !== 'object' || options === null)
    throw new UsageError(`faults.disk: expected { ${names.join(', ')} }`);
  checkNames('faults.disk', options, names);
  const { error, on, topic, partition, times = 1, roomBytes = 0 } = options;
  if (!operations.includes(on)) throw new UsageError(`faults.disk: on: ${on}, expected ${operations.join(', ')}`);
  if (!systemErrors.has(error))
    throw new UsageError(`faults.disk: error: ${error}, expected an error of the system, such as ENOSPC or EIO`);
  if (partition !== undefined && topic === undefined) throw new UsageError('faults.disk: partition: of which topic?');
  checkTimes('faults.disk: times', times);
  if (!Number.isInteger(roomBytes) || roomBytes < 0 || (roomBytes > 0 && on !== 'write'))
    throw new UsageError(`faults.disk: roomBytes: ${roomBytes}, expected a whole number of bytes of a write`);
}

/** @throws UsageError for what is no number of times */
export function checkTimes(what: string, times: number): void {
  if (times !== Number.POSITIVE_INFINITY && (!Number.isInteger(times) || times < 1))
    throw new UsageError(`${what}: ${times}, expected a whole number of at least 1`);
}
