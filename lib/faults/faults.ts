/**
 * Faults: what a test wants to go wrong, said in a line and counted. `broker.faults` is one of these; embedded/open-with-faults.ts makes it
 * and says how to reach what is deeper than requests: coordinators, leaders, memory, disks.
 *
 * What always holds: what cannot be meant is refused when it is said; every wait is on the broker's clock; what was not
 * set costs nothing (but a call for each operation on a file).
 */
import type { SchedulerLike } from 'rxjs';
import { findCoordinator } from '../apis/find-coordinator';
import { metadata } from '../apis/metadata';
import { errors, type KafkaError } from '../errors';
import type { LiveTaps } from '../pipeline/live-taps';
import type { Request } from '../pipeline/seams';
import type { Api } from '../protocol/api';
import type { Schema } from '../protocol/schema';
import { UsageError } from '../usage';
import { fail } from './acts';
import { CallFaults } from './call-faults';
import { CountedFault, type Fault } from './fault';
import type { DiskFaultOptions, FaultDisk } from './fault-disk';
import { FaultDraft } from './fault-draft';
import { names, type Parts, partsOf } from './parts';
import { checkSelector, described, type Selector, select } from './selector';

/** What a test moves of a broker that no client can. */
export interface Levers {
  /** Another coordinator would look after the group now: what it remembers is read anew, and who waits is told. */
  moveCoordinator(groupId: string): void;
  /** Begins a new leader epoch; rejects with a KafkaError where there is no such partition. */
  moveLeader(topic: string, partition: number): Promise<void>;
  /** Uses up the memory for requests; `heldBack` is called for each that waits for some. Returns how to give it back. */
  exhaustMemory(heldBack: () => void): () => void;
}

/** What Faults reaches of a broker. */
export interface Reach extends Levers {
  readonly taps: Pick<LiveTaps, 'add'>;
  readonly disk: FaultDisk;
  readonly scheduler: SchedulerLike;
  readonly apis: ReadonlyMap<number, Api>;
  topicName(id: string): string | undefined;
}

/** APIs that ask the leader of a partition. */
const leaderApis = ['Produce', 'Fetch', 'ListOffsets', 'OffsetForLeaderEpoch'];

export class Faults {
  private readonly reach: Reach;
  private readonly calls = new CallFaults();
  private readonly set = new Set<CountedFault>();
  private isInstalled = false;

  constructor(reach: Reach) {
    this.reach = reach;
  }

  /** Something is to happen to requests of an API, or of several. */
  on<Q extends Schema, R extends Schema>(api: Api<Q, R>, selector?: Selector<Q>): FaultDraft;
  on(apis: readonly Api[], selector?: Selector): FaultDraft;
  /** Something is to happen to requests of any API. */
  on(selector: Selector): FaultDraft;
  on(first: Api | readonly Api[] | Selector, second: Selector = {}): FaultDraft {
    const apis = apisOf(first);
    const selector = apis === null ? (first as Selector) : second;
    for (const { key, name } of apis ?? []) {
      if (!this.reach.apis.has(key)) throw new UsageError(`faults.on: this broker does not serve ${name}`);
    }
    checkSelector(selector, apis);
    const what = described(apis, selector);
    return new FaultDraft({
      ...{ apis, what, scheduler: this.reach.scheduler, times: 1, passing: 0 },
      set: ({ times, passing, does, act }) => {
        const fault = this.count(`${what}: ${does}`, times, (one) => this.calls.delete(one));
        const topicName = (id: string) => this.reach.topicName(id);
        this.install();
        this.calls.add({ fault, passing, act, select: (request) => select(request, apis, selector, topicName) });
        return fault;
      },
    });
  }

  /**
   * Operations on files fail. What a partition cannot write takes it offline until the broker starts anew, as a broken disk
   * does.
   */
  disk(options: DiskFaultOptions): Fault {
    const fault = this.reach.disk.add(options, (one) => this.set.delete(one));
    this.set.add(fault);
    return fault;
  }

  /**
   * The group has another coordinator: what is asked about it fails with NOT_COORDINATOR until somebody has looked for its
   * coordinator again, and finds this broker, which has read what it knows of the group anew.
   */
  moveCoordinator(groupId: string): Fault {
    if (typeof groupId !== 'string' || groupId === '') throw new UsageError('faults.moveCoordinator: of which group?');
    const isAsked = ({ api }: Request) => api.key !== findCoordinator.key && names(api.name, api.request).groups;
    const fault = this.untilFound(
      `coordinator of group ${groupId}: moved`,
      errors.NOT_COORDINATOR,
      (request) => (isAsked(request) ? partsOf(request, { group: groupId }, () => undefined) : null),
      ({ api, body }) => {
        if (api.key !== findCoordinator.key) return false;
        const { key, coordinatorKeys } = body as { key: string; coordinatorKeys: readonly string[] };
        return key === groupId || coordinatorKeys.includes(groupId);
      },
    );
    this.reach.moveCoordinator(groupId);
    return fault;
  }

  /**
   * The partition has another leader, which is this broker in a new leader epoch: Produce, Fetch, ListOffsets and
   * OffsetForLeaderEpoch fail with NOT_LEADER_OR_FOLLOWER until somebody has asked for metadata after one of them did.
   * Resolves when the epoch has begun.
   * @throws UsageError (the promise rejects) where there is no such partition
   */
  async moveLeader(topic: string, partition = 0): Promise<Fault> {
    if (typeof topic !== 'string' || topic === '') throw new UsageError('faults.moveLeader: of which topic?');
    await this.reach.moveLeader(topic, partition).catch((error: unknown) => {
      throw new UsageError(`faults.moveLeader: ${topic}-${partition}: ${error}`);
    });
    const topicName = (id: string) => this.reach.topicName(id);
    return this.untilFound(
      `leader of ${topic}-${partition}: moved`,
      errors.NOT_LEADER_OR_FOLLOWER,
      (request) => (leaderApis.includes(request.api.name) ? partsOf(request, { topic, partition }, topicName) : null),
      ({ api }) => api.key === metadata.key,
    );
  }

  /** Requests find no memory: the broker reads none until the fault is removed. Counts those that wait. */
  exhaustMemory(): Fault {
    let giveBack = () => {};
    const fault = this.count('memory for requests: used up', Number.POSITIVE_INFINITY, () => giveBack());
    giveBack = this.reach.exhaustMemory(() => fault.fire());
    return fault;
  }

  /** Every fault that can still happen, in the order in which they were set. */
  get all(): readonly Fault[] {
    return [...this.set];
  }

  /** Faults that have not happened as often as they were to; one that may happen any number of times should once. */
  get unfired(): readonly Fault[] {
    return [...this.set].filter((fault) => fault.isUnfired);
  }

  /** Removes every fault. */
  clear(): void {
    for (const fault of [...this.set]) fault.remove();
  }

  /** Fails what is selected until, after that, a request has come that looks for the right place. */
  private untilFound(
    what: string,
    error: KafkaError,
    selected: (request: Request) => Parts | null,
    looks: (request: Request) => boolean,
  ): Fault {
    this.install();
    const unwatch = this.calls.watch((request) => {
      if (fault.fired > 0 && looks(request)) fault.remove();
    });
    const fault = this.count(what, Number.POSITIVE_INFINITY, (one) => {
      this.calls.delete(one);
      unwatch();
    });
    this.calls.add({ fault, passing: 0, act: fail(error), select: selected });
    return fault;
  }

  private count(what: string, times: number, ended: (fault: CountedFault) => void): CountedFault {
    const fault = new CountedFault(what, times, (one) => {
      this.set.delete(one);
      ended(one);
    });
    this.set.add(fault);
    return fault;
  }

  private install(): void {
    if (!this.isInstalled) this.reach.taps.add('calls', this.calls.stage);
    this.isInstalled = true;
  }
}

function apisOf(first: Api | readonly Api[] | Selector): readonly Api[] | null {
  if (Array.isArray(first)) {
    if (first.length === 0 || !first.every(isApi)) throw new UsageError('faults.on: expected APIs, such as [produce]');
    return first;
  }
  return isApi(first) ? [first] : null;
}

function isApi(value: unknown): value is Api {
  return typeof value === 'object' && value !== null && 'key' in value && 'refuse' in value;
}
