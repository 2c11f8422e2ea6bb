/**
 * The bytes of a file that is still being written: what is there, and then what comes. Called for `readCapture(file, { live:
 * true })`, which knows when a recording ends or goes on in another file.
 *
 * What always holds: it ends when the signal says so, and when the file becomes shorter, for then it is another one.
 */
import { open } from 'node:fs/promises';
import { asyncScheduler, firstValueFrom, fromEvent, race, type SchedulerLike, timer } from 'rxjs';
import { unreadable } from './source';

export interface FollowOptions {
  /** Ends it, wherever it waits. */
  readonly signal: AbortSignal;
  readonly scheduler?: SchedulerLike;
}

/** How often the file is looked at. Being told of changes is not to be had on every file system. */
const lookMs = 200;
const chunkBytes = 1024 * 1024;

/** @throws CaptureError (from `next`) where the file cannot be opened; an error of Node where it cannot be read any further */
export async function* followed(path: string, options: FollowOptions): AsyncGenerator<Buffer, undefined> {
  const { signal, scheduler = asyncScheduler } = options;
  const file = await open(path).catch((error) => {
    throw unreadable(path, error);
  });
  try {
    let position = 0;
    while (!signal.aborted) {
      const { size } = await file.stat();
      if (size < position) return;
      if (size === position) {
        if (!signal.aborted) await firstValueFrom(race(timer(lookMs, scheduler), fromEvent(signal, 'abort')));
        continue;
      }
      // A new buffer for each chunk: frames are slices of it.
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size - position));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
