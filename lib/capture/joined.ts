/**
 * Recordings one after another as one: connections are numbered anew, and those that a recording leaves open end with it.
 */
import type { CaptureEvent } from './event';
import { type CaptureEvents, checkEvents } from './events';

/**
 * @param recordings each is asked for when the one before has ended
 * @throws UsageError for what has no events, such as the path of a recording: at once, or (from `next`) for one of them
 */
export function joined(
  recordings: Iterable<CaptureEvents> | AsyncIterable<CaptureEvents>,
): AsyncGenerator<CaptureEvent> {
  if (typeof recordings === 'string') checkEvents('joined', recordings);
  return oneBehindAnother(recordings);
}

async function* oneBehindAnother(
  recordings: Iterable<CaptureEvents> | AsyncIterable<CaptureEvents>,
): AsyncGenerator<CaptureEvent> {
  let before = 0;
  for await (const recording of recordings) {
    checkEvents('joined', recording);
    let last = before;
    let atMs = 0;
    const open = new Set<number>();
    for await (const event of recording) {
      atMs = event.atMs;
      if (event.connection === null) {
        yield event;
        continue;
      }
      const connection = before + event.connection;
      last = Math.max(last, connection);
      if (event.is === 'closed') open.delete(connection);
      else open.add(connection);
      yield { ...event, connection };
    }
    for (const connection of open) yield { is: 'closed', connection, atMs, by: null };
    before = last;
  }
}
