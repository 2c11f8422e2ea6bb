/**
 * The events of a recording as a function takes them, and the check that they are some: the path of a file is a mistake that
 * is easily made, and its letters could be iterated over as well.
 */
import { UsageError } from '../usage';
import type { CaptureEvent } from './event';

/** A recording: what `readCapture` gives, or what a stage of one's own made of it. */
export type CaptureEvents = AsyncIterable<CaptureEvent> | Iterable<CaptureEvent>;

/** @throws UsageError for a path, or whatever else has no events */
export function checkEvents(whose: string, recording: CaptureEvents): void {
  const isThere = typeof recording === 'object' && recording !== null;
  if (!isThere || !(Symbol.asyncIterator in recording || Symbol.iterator in recording) || ArrayBuffer.isView(recording))
    throw new UsageError(`${whose}: expected the events of a recording, as readCapture(file) gives them`);
}
