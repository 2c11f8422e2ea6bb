/**
 * Where recordings are written: files by their path, numbered where there are several, or one stream.
 */
import { createWriteStream } from 'node:fs';
import { join, parse } from 'node:path';
import type { Writable } from 'node:stream';
import type { Target } from './recorder';

/** More files of one name than anybody keeps. */
const numberMax = 100_000;

/**
 * Opens the files of a recording: `traffic.mrcap`, then `traffic.1.mrcap`, and so on. A file that is there already is left
 * alone, and the next number taken.
 */
export function filesAt(path: string): () => Promise<Target> {
  const { dir, name, ext } = parse(path);
  let number = 0;
  return async () => {
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
