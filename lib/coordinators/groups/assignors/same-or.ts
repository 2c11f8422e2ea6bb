/**
 * Lets an assignor hand back what a member had wherever nothing changed, so that whoever writes target assignments can
 * tell by identity. Called by the assignors.
 */
import type { Assignment } from '../requests';

/** `before` if `after` says the same, else `after`. Partitions of both are in ascending order. */
export function sameOr(before: Assignment, after: Assignment): Assignment {
  if (before.size !== after.size) return after;
  for (const [topicId, partitions] of after) {
    const had = before.get(topicId);
    if (had === undefined || had.length !== partitions.length) return after;
    for (let i = 0; i < partitions.length; i++) if (had[i] !== partitions[i]) return after;
  }
  return before;
}
