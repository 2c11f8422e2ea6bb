/**
 * The file operations that a partition's log stands on, as one small seam: specs put a disk in its place that is full,
 * broken or slow. Called by stored-file.ts only; directories and small whole files go to node:fs directly.
 */
import fs from 'node:fs';
import { errors, type KafkaError } from '../errors';

/** Positions and lengths in bytes; every call may throw or reject with a system error (`code` such as ENOSPC). */
export interface Disk {
  /** Opens for reading and writing. */
  open(path: string, create: boolean): number;
  close(fd: number): void;
  /** Returns the number of bytes read, fewer than `length` only at the end of the file. */
  readSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number;
  read(fd: number, buffer: Buffer, offset: number, length: number, position: number): Promise<number>;
  /** Returns the number of bytes written, which may be fewer than asked for. */
  writeSync(fd: number, buffer: Buffer, offset: number, length: number, position: number): number;
  writev(fd: number, buffers: readonly Buffer[], position: number): Promise<number>;
  /** Resolves once the data of the file has reached the device. */
  flush(fd: number): Promise<void>;
  truncate(fd: number, size: number): void;
}

const { O_CREAT, O_RDWR } = fs.constants;

/** The machine's own file system. */
export const nodeDisk: Disk = {
  open: (path, create) => fs.openSync(path, create ? O_RDWR | O_CREAT : O_RDWR),
  close: (fd) => fs.closeSync(fd),
  readSync: (fd, buffer, offset, length, position) => fs.readSync(fd, buffer, offset, length, position),
  read: (fd, buffer, offset, length, position) =>
    new Promise((resolve, reject) => {
      fs.read(fd, buffer, offset, length, position, (error, bytes) => (error ? reject(error) : resolve(bytes)));
    }),
  writeSync: (fd, buffer, offset, length, position) => fs.writeSync(fd, buffer, offset, length, position),
  writev: (fd, buffers, position) =>
    new Promise((resolve, reject) => {
      fs.writev(fd, buffers, position, (error, bytes) => (error ? reject(error) : resolve(bytes)));
    }),
  flush: (fd) =>
    new Promise((resolve, reject) => {
      fs.fdatasync(fd, (error) => (error ? reject(error) : resolve()));
    }),
  truncate: (fd, size) => fs.ftruncateSync(fd, size),
};

/** The same without flushes, for data that nobody wants after this process: a crash of the machine may lose it. */
export const unflushedDisk: Disk = { ...nodeDisk, flush: () => Promise.resolve() };

/** KAFKA_STORAGE_ERROR that says what was being done and what the system answered. */
export function storageError(doing: string, error: unknown): KafkaError {
  return errors.KAFKA_STORAGE_ERROR.because(`${doing}: ${error instanceof Error ? error.message : String(error)}`);
}
