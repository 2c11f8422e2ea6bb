/**
 * `drain`: an RxJS operator that hands values on in groups. While one group is being worked on, whatever arrives queues
 * up and becomes the next group. Appends go through it, one drain per partition: what queued while the last write ran is
 * written in one.
 *
 * Unlike concatMap it neither loses the order nor pays a promise per value, and the work of one value never waits for
 * another's beyond its own group.
 */
import { Observable, type OperatorFunction } from 'rxjs';

/**
 * @param work takes everything that arrived since it last finished, in order; must not throw or reject
 * @param soon runs a function when the present burst of arrivals is over
 */
export function drain<T>(
  work: (group: T[]) => void | Promise<void>,
  soon: (run: () => void) => void,
): OperatorFunction<T, never> {
  return (source) =>
    new Observable((subscriber) => {
      let queue: T[] = [];
      let busy = false;
      let ended = false;

      const finish = () => {
        busy = false;
        if (queue.length > 0) begin();
        else if (ended) subscriber.complete();
      };
      const run = () => {
        const group = queue;
        queue = [];
        const working = work(group);
        if (working === undefined) finish();
        // Everything that came during the write is one burst already.
        else working.then(() => (queue.length > 0 ? run() : finish()));
      };
      const begin = () => {
        busy = true;
        soon(run);
      };

      return source.subscribe({
        next: (value) => {
          queue.push(value);
          if (!busy) begin();
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          ended = true;
          if (!busy) subscriber.complete();
        },
      });
    });
}

/**
 * A `soon` that many drains share: runs everything that was asked for at the end of this turn of the event loop, when
 * all connections that had something to say have been read.
 */
export function endOfTurn(): (run: () => void) => void {
  let waiting: (() => void)[] = [];
  const runAll = () => {
    const runs = waiting;
    waiting = [];
    for (const run of runs) run();
  };
  return (run) => {
    if (waiting.push(run) === 1) setImmediate(runAll);
  };
}
