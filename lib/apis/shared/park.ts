/**
 * Parks a call until its partitions have enough records. Called by APIs that wait for them.
 *
 * A parked call listens to its own partitions only. It always has a deadline: a client that went away behind unread input
 * is not noticed in any other way.
 */
import { type SchedulerLike, Subscription } from 'rxjs';
import type { Isolation } from '../../storage/engine';
import type { PartitionRead } from './partition-reads';

export interface ParkOptions {
  readonly wantedBytes: number;
  readonly isolation: Isolation;
  readonly waitMs: number;
  readonly scheduler: SchedulerLike;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** Bytes that a read would give, in about; never touches the disk. */
export function availableBytes({ log, offset, maxBytes }: PartitionRead, isolation: Isolation): number {
  // The one batch that is always answered counts for at least a byte.
  return Math.min(Math.max(1, maxBytes), log.availableBytes(offset, isolation));
}

/**
 * Resolves when the partitions have what is wanted, when one of them has an error to tell (records deleted, disk failed,
 * log closed), at the deadline, or when nobody waits any more. Nothing stays behind. Never rejects.
 */
export function parkForBytes(reads: readonly PartitionRead[], options: ParkOptions): Promise<void> {
  const { wantedBytes, isolation, waitMs, scheduler, signal } = options;
  const available = reads.map((read) => availableBytes(read, isolation));
  let bytes = available.reduce((sum, each) => sum + each, 0);

  return new Promise((resolve) => {
    const parked = new Subscription();
    const wake = () => {
      parked.unsubscribe();
      resolve();
    };
    if (signal.aborted) return wake();
    signal.addEventListener('abort', wake, { once: true });
    parked.add(() => signal.removeEventListener('abort', wake));
    parked.add(scheduler.schedule(wake, waitMs));

    for (let i = 0; i < reads.length && !parked.closed; i++) {
      const read = reads[i]!;
      const next = () => {
        const now = availableBytes(read, isolation);
        bytes += now - available[i]!;
        available[i] = now;
        if (bytes >= wantedBytes || read.offset < read.log.logStartOffset || read.log.offline !== null) wake();
      };
      parked.add(read.log.advanced$.subscribe({ next, complete: wake, error: wake }));
    }
  });
}
