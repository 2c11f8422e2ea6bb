/**
 * The bytes of a file of which somebody wants only parts: what is passed over is not read. Called for `readCapture` with
 * `connection`.
 *
 * Behind each jump little is read at once, for the next may come soon, and then more and more.
 *
 * Not done: passing over by time. Blocks before a moment open connections and hold requests that are answered behind it;
 * behind a moment come answers to requests before it.
 */
import { open } from 'node:fs/promises';
import { chunksOf, unreadable } from './source';

/** Of an open file, what is needed. */
export interface PlainFile {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/** How many of the next bytes are not wanted, `most` at most; those are passed over. */
export type Skip = (most: number) => number;

const leastBytes = 4096;
const mostBytes = 1024 * 1024;

/** @param size of the file, in bytes */
export async function* partsOf(file: PlainFile, size: number, skip: Skip): AsyncGenerator<Buffer, undefined> {
  let position = 0;
  let atOnce = leastBytes;
  while (true) {
    const passed = skip(size - position);
    if (passed > 0) atOnce = leastBytes;
    position += passed;
    if (position >= size) return;
    // A new buffer for each chunk: frames are slices of it.
    const buffer = Buffer.allocUnsafe(Math.min(atOnce, size - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    atOnce = Math.min(2 * atOnce, mostBytes);
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * The same of a file by its path; of a pipe by its path, all bytes.
 * @throws CaptureError (from `next`) for what cannot be opened or read
 */
export async function* skipping(path: string, skip: Skip): AsyncGenerator<Buffer, undefined> {
  const file = await open(path).catch((error) => {
    throw unreadable(path, error);
  });
  try {
    const stat = await file.stat();
    yield* stat.isFile() ? partsOf(file, stat.size, skip) : chunksOf(file.createReadStream({ autoClose: false }));
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await file.close();
  }
  return undefined;
}
