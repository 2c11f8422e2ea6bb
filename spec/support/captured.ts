/**
 * Captures as short texts, so that a spec shows a whole conversation at a glance.
 */

import type { CaptureEvent, ReadCaptureOptions } from '../../lib/capture/event';
import { readCapture } from '../../lib/capture/read-capture';

/** `1 client #7` is a request of connection 1 with correlation id 7, `1 broker #7` its answer. */
export function textOfEvent(event: CaptureEvent): string {
  const { connection } = event;
  switch (event.is) {
    case 'opened':
      return `${connection} ${event.client} > ${event.server}`;
    case 'frame':
      return `${connection} ${event.from} #${event.bytes.readInt32BE(event.from === 'client' ? 4 : 0)}`;
    case 'closed':
      return `${connection} closed by ${event.by}`;
    case 'lost':
      return `${connection ?? '-'} ${event.from ?? '-'} lost ${event.bytes}: ${event.why}`;
  }
}

/** All events of a file's bytes, as texts. */
export async function eventsOf(file: Buffer, options: ReadCaptureOptions = {}): Promise<string[]> {
  return (await readCapture(inChunks(file), options).toArray()).map(textOfEvent);
}

export async function* inChunks(bytes: Buffer, chunkBytes = 1 << 20): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}
