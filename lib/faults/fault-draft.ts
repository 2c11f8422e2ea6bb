/**
 * A fault while it is being said: which requests, how many of them, and at last what happens to them, which sets it.
 *
 *     broker.faults.on(produce, { topic: 'orders' }).times(3).fail(errors.NOT_ENOUGH_REPLICAS)
 */
import type { SchedulerLike } from 'rxjs';
import { type Duration, durationMs } from '../duration';
import { errors, KafkaError } from '../errors';
import type { Api } from '../protocol/api';
import { UsageError } from '../usage';
import { type Act, delay, drop, fail, failAfterwards, loseReply, throttle } from './acts';
import type { Fault } from './fault';
import { checkTimes } from './fault-disk';

/** What a draft says once it is complete. */
export interface Said {
  readonly times: number;
  readonly passing: number;
  /** What happens, for a person: `fail NOT_ENOUGH_REPLICAS`. */
  readonly does: string;
  readonly act: Act;
}

interface Drafted {
  readonly apis: readonly Api[] | null;
  readonly what: string;
  readonly scheduler: SchedulerLike;
  readonly times: number;
  readonly passing: number;
  readonly set: (said: Said) => Fault;
}

export class FaultDraft {
  private readonly drafted: Drafted;

  constructor(drafted: Drafted) {
    this.drafted = drafted;
  }

  /** How many requests it happens to; one if nothing is said. */
  times(times: number): FaultDraft {
    checkTimes('faults: times', times);
    return new FaultDraft({ ...this.drafted, times });
  }

  /** It happens to every request, until it is removed. */
  always(): FaultDraft {
    return this.times(Number.POSITIVE_INFINITY);
  }

  /** Lets so many requests pass before. */
  afterRequest(count: number): FaultDraft {
    if (!Number.isInteger(count) || count < 0)
      throw new UsageError(`faults: afterRequest: ${count}, expected a whole number of at least 0`);
    return new FaultDraft({ ...this.drafted, passing: count });
  }

  /** Answers with an error, in the API's own shape. What is meant is not carried out. */
  fail(error: KafkaError): Fault {
    return this.set(`fail ${nameOf(error)}`, fail(error));
  }

  /** Carries the request out and then answers with an error, as if that had happened later. */
  failAfterwards(error: KafkaError): Fault {
    return this.set(`carry out and fail ${nameOf(error)}`, failAfterwards(error));
  }

  /** Ends the connection, behind everything asked on it before. The request is not carried out. */
  drop(): Fault {
    return this.set('drop the connection', drop(`connection dropped at ${this.drafted.what}`));
  }

  /** Carries the request out; the answer never comes, and the connection ends. */
  loseReply(): Fault {
    return this.set('lose the reply', loseReply(`reply lost to ${this.drafted.what}`));
  }

  /**
   * Carries the request out; its answer comes so much later, by the broker's clock. Answers to what was asked behind it on
   * the same connection come later still.
   */
  delay(duration: Duration): Fault {
    const ms = durationMs(duration);
    return this.set(`delay by ${ms} ms`, delay(ms, this.drafted.scheduler));
  }

  /** Carries the request out, and tells the client in the answer to wait for so long (`throttleTimeMs`). */
  throttle(duration: Duration): Fault {
    const ms = durationMs(duration);
    for (const { name, response } of this.drafted.apis ?? []) {
      if (!('throttleTimeMs' in response)) throw new UsageError(`faults: throttle: ${name} has no throttleTimeMs`);
    }
    if (this.drafted.apis === null) throw new UsageError('faults: throttle: say of which API, for not all can tell it');
    return this.set(`throttle by ${ms} ms`, throttle(ms));
  }

  /** As a line for a person. A draft that nothing was done with is no fault. */
  toString(): string {
    return this.drafted.what;
  }

  private set(does: string, act: Act): Fault {
    const { times, passing } = this.drafted;
    return this.drafted.set({ times, passing, does, act });
  }
}

function nameOf(error: KafkaError): string {
  if (!(error instanceof KafkaError)) throw new UsageError('faults: fail: expected one of `errors`');
  if (error.is(errors.NONE)) throw new UsageError('faults: fail: NONE is no error');
  return error.name;
}
