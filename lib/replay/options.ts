/**
 * Options of replays and differential runs, checked.
 */
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { exchanges as kafka } from '../apis/exchanges';
import type { Exchanges, RecordedRequest } from '../capture/recorded';
import { nearestOf } from '../config/hint';
import { checkNames, UsageError } from '../usage';
import { type MayDiffer, mayDiffer, reasonsOf } from './compare/may-differ';
import { LearnedIds } from './ids/learned-ids';
import { Pace } from './pace';
import type { ReplayerOptions } from './replayer';

export interface ReplayOptions {
  /** 1 plays at the recorded times, 10 ten times as fast; as fast as answers allow if absent. */
  readonly speed?: number;
  /** How much longer than in the recording an answer may take, in ms; 10,000 if absent. */
  readonly answerMaxMs?: number;
  /** How long the target may take to be ready (coordinators, leaders) before that counts, in ms; 5,000 if absent. */
  readonly settleMaxMs?: number;
  /** More that may differ, such as `Metadata.topics.partitions.leaderEpoch` or `**.rack`; a reason may be given. */
  readonly ignore?: readonly (string | MayDiffer)[];
  /** Whether a request is not played; if absent those are left out that brokers send each other, by their client ids. */
  readonly leaveOut?: (request: RecordedRequest) => boolean;
  /** What an earlier replay to the same target has learned (`ids` of it), where this recording goes on from that one. */
  readonly ids?: LearnedIds;
  /** The APIs that are decoded, by key; all of Kafka's if absent. */
  readonly exchanges?: Exchanges;
  /** The clock on which it waits; the real one if absent. */
  readonly scheduler?: SchedulerLike;
}

const optionNames = [
  'speed',
  'answerMaxMs',
  'settleMaxMs',
  'ignore',
  'leaveOut',
  'ids',
  'exchanges',
  'scheduler',
] satisfies (keyof ReplayOptions)[];

/** Client ids with which Apache Kafka's brokers connect to each other, and to themselves. */
const brokerClients =
  /^(broker-\d+-(txn-marker-sender|fetcher-.*)|(AddPartitionsManager|Persister|NetworkPartitionMetadataClient)-client-\d+)$/;

/** @throws UsageError that names what cannot be meant */
export function checkReplayOptions(whose: string, options: ReplayOptions): ReplayerOptions {
  checkNames(whose, options, optionNames);
  const { speed, answerMaxMs = 10_000, settleMaxMs = 5_000, ignore = [], scheduler = asyncScheduler } = options;
  if (speed !== undefined && !(speed > 0 && Number.isFinite(speed)))
    throw new UsageError(`${whose}: speed ${speed}: expected a number above 0, such as 1 for the recorded times`);
  for (const [name, ms] of Object.entries({ answerMaxMs, settleMaxMs }))
    if (!(ms >= 0 && ms <= 0x7fffffff))
      throw new UsageError(`${whose}: ${name} ${ms}: expected milliseconds, 0 to 2147483647`);
  const own = ignore.map((one) => (typeof one === 'string' ? { path: one, reason: 'ignored' } : one));
  const reasonOf = reasonsOf([...own, ...mayDiffer]);
  if (own.length > 0) checkApis(whose, own, options.exchanges ?? kafka());
  return {
    ids: options.ids ?? new LearnedIds(),
    pace: new Pace(scheduler, speed ?? null),
    reasonOf,
    answerMaxMs,
    settleMaxMs,
    leavesOut: options.leaveOut ?? (({ header }) => brokerClients.test(header.clientId ?? '')),
  };
}

/** @throws UsageError for a path of an API that there is not */
function checkApis(whose: string, paths: readonly MayDiffer[], exchanges: Exchanges): void {
  const names = [...exchanges.values()].map(({ name }) => name);
  for (const { path } of paths) {
    const [api] = /^\w+/.exec(path) ?? [];
    if (api === undefined || names.includes(api)) continue;
    const nearest = nearestOf(api, names);
    const hint =
      nearest === null ? 'a path begins with an API, such as Metadata, or with **' : `did you mean ${nearest}?`;
    throw new UsageError(`${whose}: ignore: ${path}: there is no API ${api}: ${hint}`);
  }
}
