/**
 * Several recordings as one, in the order in which they begin. Files of one that was rolled are read as what they are, one
 * recording, in whatever order they are given; connections of different ones are kept apart (joined.ts).
 */
import { resolve } from 'node:path';
import type { CaptureEvent, ReadCaptureOptions } from './event';
import { joined } from './joined';
import { readCapture } from './read-capture';

/** What goes for all of them; numbers of connections mean nothing before they are joined. */
export type SeveralOptions = Omit<ReadCaptureOptions, 'connection' | 'live' | 'scheduler' | 'follows'>;

/**
 * @param files their paths
 * @throws CaptureError (from `next`) for one that is no recording or cannot be opened, before anything is given
 */
export async function* readSeveral(
  files: readonly string[],
  options: SeveralOptions = {},
): AsyncGenerator<CaptureEvent> {
  const begun: { readonly file: string; readonly atMs: number }[] = [];
  for (const file of files) begun.push({ file, atMs: await beginOf(file, options) });
  const left = begun.sort((a, b) => a.atMs - b.atMs).map(({ file }) => file);
  const follows = (path: string): boolean => {
    const at = left.findIndex((file) => resolve(file) === resolve(path));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
  function* recordings() {
    for (let file = left.shift(); file !== undefined; file = left.shift())
      yield readCapture(file, { ...options, follows });
  }
  yield* joined(recordings());
}

/** When something is said first, in ms since 1970: a file of several tells anew what was opened long before. */
async function beginOf(file: string, options: SeveralOptions): Promise<number> {
  for await (const event of readCapture(file, options)) if (event.is === 'frame') return event.atMs;
  return Number.MAX_VALUE;
}
