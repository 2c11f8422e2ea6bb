/**
 * Several recordings, in the order in which they begin. Files of one that was rolled are read as what they are, one recording,
 * in whatever order they are given.
 */
import { resolve } from 'node:path';
import type { CaptureEvent, ReadCaptureOptions } from './event';
import { joined } from './joined';
import { readCapture } from './read-capture';

/** What goes for all of them; numbers of connections mean nothing beyond one. */
export type SeveralOptions = Omit<ReadCaptureOptions, 'connection' | 'live' | 'scheduler' | 'follows'>;

/** One of them. */
export interface GivenRecording {
  /** With which it begins. */
  readonly file: string;
  /** What is in it, its further files included where they are given. To be read once, to its end. */
  readonly events: AsyncIterable<CaptureEvent>;
}

/**
 * The recordings that are in some files, one after another: each is to be read before the next is asked for.
 * @param files their paths
 * @throws CaptureError (from `next`) for one that is no recording or cannot be opened, before anything is given
 */
export async function* recordingsOf(
  files: readonly string[],
  options: SeveralOptions = {},
): AsyncGenerator<GivenRecording> {
  const begun: { readonly file: string; readonly atMs: number }[] = [];
  // Of a single one nobody needs to know, and a pipe can be read but once.
  for (const file of files) begun.push({ file, atMs: files.length === 1 ? 0 : await beginOf(file, options) });
  const left = begun.sort((a, b) => a.atMs - b.atMs).map(({ file }) => file);
  const follows = (path: string): boolean => {
    const at = left.findIndex((file) => resolve(file) === resolve(path));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
  for (let file = left.shift(); file !== undefined; file = left.shift())
    yield { file, events: readCapture(file, { ...options, follows }) };
}

/**
 * All of them as one, with connections apart (joined.ts).
 * @throws CaptureError (from `next`) as `recordingsOf`
 */
export async function* readSeveral(
  files: readonly string[],
  options: SeveralOptions = {},
): AsyncGenerator<CaptureEvent> {
  yield* joined(eventsOf(recordingsOf(files, options)));
}

async function* eventsOf(recordings: AsyncIterable<GivenRecording>): AsyncGenerator<GivenRecording['events']> {
  for await (const { events } of recordings) yield events;
}

/** When something is said first, in ms since 1970: a file of several tells anew what was opened long before. */
async function beginOf(file: string, options: SeveralOptions): Promise<number> {
  for await (const event of readCapture(file, options)) if (event.is === 'frame') return event.atMs;
  return Number.MAX_VALUE;
}
