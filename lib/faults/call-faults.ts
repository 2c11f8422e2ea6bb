/**
 * The faults that requests meet, and the stage at the seam `calls` where they meet them.
 *
 * Each request meets one fault at most: of those that are about it the one that was set first, so that several of them are
 * a script. Requests are counted in their order on the connection. The stage is there as soon as a first fault was set,
 * and stays.
 */
import type { Request, Seams, Stage } from '../pipeline/seams';
import { stage } from '../pipeline/stage';
import type { Connection } from '../protocol/scope';
import type { Act } from './acts';
import type { CountedFault } from './fault';
import type { Body, Parts } from './parts';

/** A fault that is set. */
export interface CallFault {
  readonly fault: CountedFault;
  /** How many requests that it is about pass before the first one that it happens to. */
  passing: number;
  /** The part of a request that it is about, or null. */
  select(request: Request): Parts | null;
  readonly act: Act;
}

export class CallFaults {
  readonly stage: Stage<Seams['calls'], Seams['calls']>;
  private readonly set = new Set<CallFault>();
  /** Told of every request before it meets a fault. */
  private readonly onlookers = new Set<(request: Request) => void>();

  constructor() {
    this.stage = stage('faults', 'objects to objects', (connection) => ({
      each: (item, push, done) => {
        const met = item.is === 'call' ? this.meet(item.request, connection) : null;
        if (item.is === 'reply' || met === null) push(item);
        else push({ ...item, answer: (body = item.request.body) => met(body as Body, (given) => item.answer(given)) });
        done();
      },
    }));
  }

  add(fault: CallFault): void {
    this.set.add(fault);
  }

  delete(fault: CountedFault): void {
    for (const one of this.set) if (one.fault === fault) this.set.delete(one);
  }

  /** Tells of every request, until the result is called. */
  watch(onlooker: (request: Request) => void): () => void {
    this.onlookers.add(onlooker);
    return () => this.onlookers.delete(onlooker);
  }

  /** What happens to a request instead of its being carried out; null: nothing does. */
  private meet(
    request: Request,
    connection: Connection,
  ): ((body: Body, carryOut: (body: Body) => unknown) => unknown) | null {
    for (const onlooker of [...this.onlookers]) onlooker(request);
    for (const one of [...this.set]) {
      let parts: Parts | null;
      try {
        parts = one.select(request);
      } catch (error) {
        // A selector's function: a bug in it costs this request, as a bug in a stage does.
        return () => Promise.reject(error);
      }
      if (parts === null) continue;
      if (one.passing > 0) {
        one.passing--;
        continue;
      }
      one.fault.fire();
      return (body, carryOut) => one.act({ request: { ...request, body }, connection, parts, carryOut });
    }
    return null;
  }
}
