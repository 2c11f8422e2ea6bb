/**
 * The options of an embedded broker: refused where they cannot be meant, with the nearest name that there is, and
 * completed by what a program expects that says nothing. Called by create-broker.ts; pure.
 */
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { type Logger, quietLogger } from '../logger';
import type { Taps } from '../pipeline/seams';
import type { Api } from '../protocol/api';
import { checkNames, checkRules, UsageError } from '../usage';
import type { GivenConfig } from './given-config';
import type { WantedTopic } from './topics';

export interface BrokerOptions {
  /**
   * Kafka's keys, such as `{ 'log.dirs': dir, 'num.partitions': 3 }`; or entries of a file (`parseProperties`), or a
   * whole Config (`loadConfig`), which is taken as it is. Where keys do not say otherwise, data is in a directory of its
   * own that `close` removes, and the broker listens on a free port of 127.0.0.1.
   */
  readonly config?: GivenConfig;
  /** Topics to create at the start; one that `log.dirs` holds already is left as it is. */
  readonly topics?: readonly (string | WantedTopic)[];
  /** The broker's clock, such as `virtualClock()`; all its timers run on it. The real one if absent. */
  readonly scheduler?: SchedulerLike;
  /** A pino logger. If absent nothing but errors is told, or what MILLRACE_LOG_LEVEL asks for. */
  readonly logger?: Logger;
  /** Stages of one's own, by the seam where they sit; every connection gets them. */
  readonly taps?: Taps;
  /** What is served; everything if absent. */
  readonly apis?: readonly Api[];
}

export interface CheckedOptions extends BrokerOptions {
  readonly topics: readonly (string | WantedTopic)[];
  readonly scheduler: SchedulerLike;
  readonly logger: Logger;
}

const optionNames = ['config', 'topics', 'scheduler', 'logger', 'taps', 'apis'] satisfies (keyof BrokerOptions)[];

/** @throws UsageError that names what cannot be meant and what is expected */
export function checkOptions(options: BrokerOptions): CheckedOptions {
  checkNames('createBroker', options, optionNames);
  const { topics = [], scheduler = asyncScheduler, logger = quietLogger() } = options;
  if (!Array.isArray(topics)) throw new UsageError('createBroker: topics: expected a list of names or of topics');
  checkRules('createBroker', { scheduler, logger });
  return { ...options, topics, scheduler, logger };
}
