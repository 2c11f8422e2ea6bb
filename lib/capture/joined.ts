/**
 * Recordings one after another as one: connections are numbered anew, and those that a recording leaves open end with it.
 */
import type { CaptureEvent } from './event';

export async function* joined(
  recordings: Iterable<AsyncIterable<CaptureEvent> | Iterable<CaptureEvent>>,
): AsyncGenerator<CaptureEvent> {
  let before = 0;
  for (const recording of recordings) {
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
