/**
 * Where recordings are written: files by their path, numbered where there are several, or one stream.
 */
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import type { Writable } from 'node:stream';
import type { Target } from './recorder';

/** More files of one name than anybody keeps. */
const numberMax = 100_000;

/**
 * Whether a recording can be written to a path, as far as that can be told before it begins.
 * @throws Error with the system's code (the promise rejects): EISDIR for a directory, ENOENT where there is none for the file
 */
export async function checkPlace(path: string): Promise<void> {
  const isDirectory = (place: string) =>
    stat(place).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (/[\\/]$/.test(path) || (await isDirectory(path))) {
    const example = join(path, 'traffic.mrcap');
    throw refusal('EISDIR', `${path} is a directory: expected the path of a file, such as ${example}`);
  }
  const dir = dirname(path);
  if (!(await isDirectory(dir))) throw refusal('ENOENT', `cannot record to ${path}: there is no directory ${dir}`);
}

function refusal(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/**
 * Opens the files of a recording: `traffic.mrcap`, then `traffic.1.mrcap`, and so on. A file that is there already is left
 * alone, and the next number taken.
 */
export function filesAt(path: string): () => Promise<Target> {
  const { dir, name, ext } = parse(path);
  let number = 0;
  return async () => {
    if (number === 0) await checkPlace(path);
    for (; number < numberMax; number++) {
      const file = number === 0 ? path : join(dir, `${name}.${number}${ext}`);
      try {
        const stream = createWriteStream(file, { flags: 'wx' });
        await opened(stream);
        number++;
        return new StreamTarget(stream, file, true);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    throw new Error(`${path}: there are ${numberMax} recordings of this name`);
  };
}

function opened(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', reject);
  });
}

/** Writes to a stream, which it ends. */
export class StreamTarget implements Target {
  readonly name: string;
  readonly isDoneWithBytes: boolean;
  private readonly stream: Writable;
  private error: Error | null = null;

  /** @param isDoneWithBytes a stream that passes on what is written to it is never done with it */
  constructor(stream: Writable, name: string, isDoneWithBytes = false) {
    this.isDoneWithBytes = isDoneWithBytes;
    this.stream = stream;
    this.name = name;
    stream.on('error', (error) => (this.error = error));
  }

  /** Resolves when the stream has taken all of it. */
  write(chunks: readonly Buffer[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.error !== null) return reject(this.error);
      const done = (error?: Error | null) => (error ? reject(error) : resolve());
      this.stream.cork();
      for (const [i, chunk] of chunks.entries()) this.stream.write(chunk, i === chunks.length - 1 ? done : undefined);
      this.stream.uncork();
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.error !== null) return reject(this.error);
      this.stream.once('error', reject);
      this.stream.end(() => resolve());
    });
  }
}
