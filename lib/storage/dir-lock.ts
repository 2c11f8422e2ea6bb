/**
 * Keeps a log directory to one broker at a time: another Millrace, or an Apache Kafka, must not write to it as well.
 *
 * Two locks, because Node has no call for the first. (1) Kafka holds an fcntl lock on `.lock`; SQLite, which comes with
 * Node 22 and later, locks its files the same way, so an empty `.lock` that is open as a database in an exclusive
 * transaction keeps Kafka out, is refused while Kafka runs, and goes with the process however that ends. Without SQLite,
 * Linux at least says in /proc/locks whether Kafka runs. (2) `.millrace.lock` names the process that owns the directory,
 * for Node 20 and for the message; one that is left behind by a crash is recognised by its owner being gone.
 *
 * What always holds: the owner file appears under its name with its content in it, never half written.
 *
 * Not done: on Node 20, and on file systems without fcntl locks, nothing keeps Kafka from starting on a directory that
 * Millrace has in use; an owner on another host (a shared disk) is taken to be gone.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readIfThere, removeIfThere } from './small-file';

/** The directory is in use; the message says by whom, as far as that can be told. */
export class DirInUse extends Error {
  override readonly name = 'DirInUse';
}

/** A directory that is ours until `release`. */
export interface DirLock {
  release(): void;
}

interface Owner {
  readonly pid: number;
  /** When the process began, in a form that only compares; null where the system does not say. */
  readonly started: string | null;
  readonly host: string;
}

const kafkaLockName = '.lock';
const ownerName = '.millrace.lock';

/** Directories that brokers of this process have. */
const held = new Set<string>();

/**
 * Takes the directory, which must exist.
 * @throws DirInUse when another broker has it; system errors when it cannot be written
 */
export function lockDir(dir: string): DirLock {
  const path = fs.realpathSync(dir);
  if (held.has(path)) throw new DirInUse(`${dir} is in use by another broker of this process`);
  const kafkaLock = lockAsKafka(path, dir);
  try {
    takeOwnership(path, dir);
  } catch (error) {
    kafkaLock.release();
    throw error;
  }
  held.add(path);
  return {
    release: () => {
      if (!held.delete(path)) return;
      removeIfThere(join(path, ownerName));
      kafkaLock.release();
    },
  };
}

/** The part of node:sqlite that is used here; Node 20 has none. */
interface Sqlite {
  readonly DatabaseSync: new (path: string) => { exec(sql: string): void; close(): void };
}

function sqlite(): Sqlite | undefined {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => {}; // that the module is experimental concerns nobody who runs a broker
  try {
    return process.getBuiltinModule?.('node:sqlite') as Sqlite | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function lockAsKafka(path: string, dir: string): DirLock {
  const file = join(path, kafkaLockName);
  const module = sqlite();
  if (module === undefined) {
    const pid = lockHolder(file);
    if (pid !== null) throw new DirInUse(`${dir} is in use: process ${pid} holds ${kafkaLockName}, as Kafka does`);
    return { release: () => {} };
  }
  // SQLite makes the file. Nobody else in this process may open it: closing it would end the lock, as fcntl has it.
  const database = new module.DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) return { release: () => {} }; // no such locks on this file system, or no empty file
    const owner = readOwner(path);
    const by = owner === null ? ': another process holds .lock, as Kafka does' : ` by ${described(owner)}`;
    throw new DirInUse(`${dir} is in use${by}`);
  }
  return { release: () => database.close() };
}

const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === sqliteBusy;
}

/** Process that holds an fcntl lock on the file, by what Linux says; null if none does, or nobody can tell. */
function lockHolder(file: string): number | null {
  try {
    const { dev, ino } = fs.statSync(file);
    const hex = (n: number) => n.toString(16).padStart(2, '0');
    const inode = `${hex((dev >>> 8) & 0xfff)}:${hex((dev & 0xff) | ((dev >>> 12) & 0xfff00))}:${ino}`;
    for (const line of fs.readFileSync('/proc/locks', 'utf8').split('\n')) {
      const match = /^\d+: POSIX +ADVISORY +WRITE +(\d+) (\S+) /.exec(line);
      if (match?.[2] === inode) return Number(match[1]);
    }
  } catch {
    // No lock file, or no /proc/locks.
  }
  return null;
}

/** Puts the owner file in place, moving away one whose owner is gone. */
function takeOwnership(path: string, dir: string): void {
  const file = join(path, ownerName);
  const own: Owner = { pid: process.pid, started: startOf(process.pid), host: hostname() };
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, JSON.stringify(own));
  try {
    for (let tries = 0; tries < 3; tries++) {
      if (linked(draft, file)) return;
      const owner = readOwner(path);
      if (owner !== null && isAlive(owner)) throw new DirInUse(`${dir} is in use by ${described(owner)}`);
      moveAway(file, owner);
    }
    throw new DirInUse(`${dir} is in use: another process is taking ${file}`);
  } finally {
    removeIfThere(draft);
  }
}

function linked(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return copied(from, to); // a file system without links
  }
}

function copied(from: string, to: string): boolean {
  try {
    fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the file that was found stale; gives it back if another process has put a new one there meanwhile. */
function moveAway(file: string, stale: Owner | null): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    fs.renameSync(file, aside);
  } catch {
    return; // another process was faster
  }
  if (JSON.stringify(parseOwner(fs.readFileSync(aside, 'utf8'))) !== JSON.stringify(stale)) linked(aside, file);
  removeIfThere(aside);
}

function readOwner(path: string): Owner | null {
  const text = readIfThere(join(path, ownerName))?.toString();
  return text === undefined ? null : parseOwner(text);
}

function parseOwner(text: string): Owner | null {
  try {
    const { pid, started, host } = JSON.parse(text);
    return { pid: Number(pid), started: started === null ? null : String(started), host: String(host) };
  } catch {
    return null;
  }
}

function described(owner: Owner): string {
  return `process ${owner.pid} on ${owner.host}`;
}

/** Whether the very process that wrote the file still runs; another one with the same id does not count. */
function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname() || !Number.isSafeInteger(owner.pid) || owner.pid <= 0) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = startOf(owner.pid);
  return started === null || owner.started === null || started === owner.started;
}

/**
 * When a process began: boot and clock ticks on Linux, the time that `ps` gives elsewhere; null if neither says. One that
 * has ended and still has its id, because nobody asked how it ended, began at no time.
 */
function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return 'ended';
      return `${fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[19]}`;
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { LC_ALL: 'C' } })
      .toString()
      .trim();
  } catch {
    return null;
  }
}
