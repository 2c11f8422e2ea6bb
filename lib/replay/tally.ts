/**
 * Counts what came of the requests of a replay: as a whole, by API, and what was not played or not recorded.
 */
import type { CallEvent } from '../capture/calls';
import type { Outcome, Verdict } from './outcome';
import { hasTopicAlready, lacksTopic } from './unprepared';

/** Counts of one API. */
export type ApiTally = Readonly<Record<Verdict, number>>;

/** An API that the target does not serve, or not in a version that was asked. */
export interface UnservedApi {
  readonly name: string;
  readonly versions: readonly number[];
  readonly requests: number;
  readonly why: string;
}

const lostWhyMax = 3;
const verdicts: readonly Verdict[] = [
  'same',
  'may differ',
  'differs',
  'no answer',
  'unserved',
  'unknown',
  'not recorded',
  'left out',
  'locked out',
];

export class Tally {
  /** Connections that were opened, requests, and what of the recording was lost or is no message. */
  connections = 0;
  requests = 0;
  lost = 0;
  strays = 0;
  /** How often requests were asked again. */
  retries = 0;
  /** Requests about topics that the target does not have, while the recorded broker had them. */
  topicless = 0;
  /** Requests that make topics which the target has already, while the recorded broker had not. */
  repeated = 0;
  /** Requests from one broker to another, which are not played. */
  amongBrokers = 0;
  /** Why something of the recording was lost, each reason once; the first few. */
  readonly lostWhy: string[] = [];
  /** Recorded time from the first to the last event, ms. */
  recordedMs = 0;
  private readonly byApi = new Map<string, Record<Verdict, number>>();
  private readonly lacking = new Map<string, { versions: Set<number>; requests: number; why: string }>();
  private readonly reasons = new Map<string, number>();
  private readonly unplayed = new Map<string, number>();
  private firstMs: number | null = null;

  take(event: CallEvent): void {
    if (event.is === 'opened') this.connections++;
    else if (event.is === 'asked') this.requests++;
    else if (event.is === 'stray') this.strays++;
    else if (event.is === 'lost') {
      this.lost++;
      this.tell(event.why);
    }
    const atMs = atOf(event);
    this.firstMs ??= atMs;
    this.recordedMs = Math.max(this.recordedMs, atMs - this.firstMs);
  }

  add({ request, verdict, differences, retries, why }: Outcome): void {
    this.countsOf(request.name)[verdict]++;
    this.retries += retries;
    if (verdict === 'differs' && lacksTopic(differences)) this.topicless++;
    if (verdict === 'differs' && hasTopicAlready(differences)) this.repeated++;
    for (const reason of new Set(differences.map((one) => one.reason)))
      if (reason !== null) count(this.reasons, reason);
    if (verdict === 'unserved') this.lack(request.name, [request.header.apiVersion], 1, why ?? '');
    if (verdict === 'left out' && why === null) this.amongBrokers++;
    if ((verdict === 'left out' || verdict === 'locked out') && why !== null) count(this.unplayed, why);
  }

  /** Counts what came of another recording as well. */
  include(other: Tally): void {
    this.connections += other.connections;
    this.requests += other.requests;
    this.lost += other.lost;
    this.strays += other.strays;
    this.retries += other.retries;
    this.topicless += other.topicless;
    this.repeated += other.repeated;
    this.amongBrokers += other.amongBrokers;
    this.recordedMs += other.recordedMs;
    for (const why of other.lostWhy) this.tell(why);
    for (const [name, counts] of other.byApi) {
      const sum = this.countsOf(name);
      for (const verdict of verdicts) sum[verdict] += counts[verdict];
    }
    for (const [reason, times] of other.reasons) count(this.reasons, reason, times);
    for (const [why, times] of other.unplayed) count(this.unplayed, why, times);
    for (const [name, { versions, requests, why }] of other.lacking) this.lack(name, versions, requests, why);
  }

  /** Requests of which this came. */
  count(verdict: Verdict): number {
    let sum = 0;
    for (const counts of this.byApi.values()) sum += counts[verdict];
    return sum;
  }

  /** Answers that were held against recorded ones. */
  get compared(): number {
    return this.count('same') + this.count('may differ') + this.count('differs') + this.count('no answer');
  }

  /** Answers that differ where they must not, or are missing. */
  get differences(): number {
    return this.count('differs') + this.count('no answer');
  }

  get apis(): ReadonlyMap<string, ApiTally> {
    return this.byApi;
  }

  get unserved(): readonly UnservedApi[] {
    return [...this.lacking].map(([name, { versions, requests, why }]) => ({
      name,
      versions: [...versions].sort((a, b) => a - b),
      requests,
      why,
    }));
  }

  /** How many requests were not played, for each of the reasons that can be done something about. */
  get notPlayed(): ReadonlyMap<string, number> {
    return this.unplayed;
  }

  /** How many answers differed for each of the reasons for which they may. */
  get allowed(): ReadonlyMap<string, number> {
    return this.reasons;
  }

  private countsOf(name: string): Record<Verdict, number> {
    let counts = this.byApi.get(name);
    if (counts === undefined) this.byApi.set(name, (counts = emptyCounts()));
    return counts;
  }

  private lack(name: string, versions: Iterable<number>, requests: number, why: string): void {
    let api = this.lacking.get(name);
    if (api === undefined) this.lacking.set(name, (api = { versions: new Set(), requests: 0, why }));
    for (const version of versions) api.versions.add(version);
    api.requests += requests;
  }

  private tell(why: string): void {
    if (this.lostWhy.length < lostWhyMax && !this.lostWhy.includes(why)) this.lostWhy.push(why);
  }
}

function count(counts: Map<string, number>, what: string, times = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + times);
}

function emptyCounts(): Record<Verdict, number> {
  return Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
}

function atOf(event: CallEvent): number {
  if (event.is === 'asked') return event.request.sentAtMs;
  if (event.is === 'answered') return event.answer.atMs;
  return event.is === 'stray' ? event.frame.atMs : event.atMs;
}
