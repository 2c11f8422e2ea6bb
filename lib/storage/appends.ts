/**
 * THE Subject: every append to any partition goes through one RxJS Subject, is grouped by partition, and reaches that
 * partition's writer in groups. Called by produce and by the coordinators; made by broker.ts.
 *
 * Always: appends to one partition are written in the order of their `submit` calls; a failing append ends neither the
 * Subject nor the append of anybody else.
 */
import { groupBy, mergeMap, type SchedulerLike, Subject } from 'rxjs';
import { drain, endOfTurn } from './drain';
import type { Append, Appended, Appends } from './engine';
import { Partition } from './partition';
import { PartitionWriter } from './partition-writer';
import { PendingAppend } from './pending-append';

export interface LocalAppendsOptions {
  /** The broker's clock: segments roll and are flushed by it. */
  readonly scheduler: SchedulerLike;
  /** Runs a function when the present burst of appends is over; at the end of the turn if absent. */
  readonly soon?: (run: () => void) => void;
}

export class LocalAppends implements Appends {
  private readonly appends$ = new Subject<PendingAppend>();
  private bytes = 0;

  constructor({ scheduler, soon = endOfTurn() }: LocalAppendsOptions) {
    this.appends$
      .pipe(
        groupBy((append) => append.partition, { duration: (group) => group.key.ended$ }),
        mergeMap((group) => {
          const writer = new PartitionWriter(group.key, scheduler);
          return group.pipe(drain((appends) => writer.write(appends), soon));
        }),
      )
      .subscribe();
  }

  /** Bytes of appends that are queued or being written. Their memory is bounded by those who submit. */
  get queuedBytes(): number {
    return this.bytes;
  }

  submit(append: Append): Promise<Appended> {
    const partition = append.log;
    if (!(partition instanceof Partition)) throw new TypeError('only partitions of local topics can be appended to');
    if (partition.refusal !== null) return Promise.reject(partition.refusal);
    return new Promise((resolve, reject) => {
      this.bytes += append.batch.length;
      partition.countPending(1);
      this.appends$.next(new PendingAppend(partition, append, resolve, reject, this.settled));
    });
  }

  private readonly settled = (append: PendingAppend): void => {
    this.bytes -= append.batch.length;
    append.partition.countPending(-1);
  };
}
