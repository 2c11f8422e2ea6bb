/**
 * What people are to know of a recording that has ended, besides its figures. Pure; called by whatever ends one.
 */
import type { Recorded } from './mrcap/recorder';

/** Sentences without a full stop. */
export function warningsOf({ droppedFrames, unknownRequests }: Recorded): string[] {
  const dropped = droppedFrames === 1 ? '1 frame was' : `${droppedFrames} frames were`;
  const unknown =
    unknownRequests === 1
      ? '1 request of an API that this version does not know was'
      : `${unknownRequests} requests of APIs that this version does not know were`;
  return [
    ...(droppedFrames === 0 ? [] : [`${dropped} left out: the disk was slower`]),
    ...(unknownRequests === 0 ? [] : [`${unknown} kept in full, with whatever secrets may be in there`]),
  ];
}
