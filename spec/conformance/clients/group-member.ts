/**
 * A member of a group as a spec sees it: what it owns and what it has read, put together from what its crew tells.
 */
import type { Command, Committed, Crew, Event, JoinOptions, Told } from './member';

export interface Read {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

/** Somebody who had a partition from one time to another, both in ms; to the end of time if it never gave it up. */
export interface Tenure {
  readonly member: string;
  readonly partition: string;
  readonly fromMs: number;
  untilMs: number;
}

export class GroupMember {
  readonly name: string;
  readonly crew: Crew;
  private constructor(crew: Crew, name: string) {
    this.crew = crew;
    this.name = name;
  }

  /** Has a member of this crew join; members of a crew have different names, whichever groups they are in. */
  static join(crew: Crew, name: string, bootstrap: string, options: JoinOptions): GroupMember {
    const all = {
      protocol: 'classic',
      assignor: '',
      instanceId: '',
      sessionTimeoutMs: 0,
      heartbeatIntervalMs: 0,
    } as const;
    crew.send({ do: 'join', member: name, bootstrap, ...all, commits: true, plain: false, ...options });
    return new GroupMember(crew, name);
  }

  get events(): Event[] {
    return this.crew.events.filter((event) => event.member === this.name);
  }

  /** What it told of one kind. */
  told<K extends Told['event']>(kind: K): Extract<Event, { event: K }>[] {
    return this.events.filter((event): event is Extract<Event, { event: K }> => event.event === kind);
  }

  /** Partitions that it owns by what it has told so far, in order. */
  get owned(): string[] {
    return this.tenures
      .filter(({ untilMs }) => untilMs === Number.POSITIVE_INFINITY)
      .map(({ partition }) => partition)
      .sort();
  }

  /** How often it told of partitions that came or went. */
  get changes(): number {
    const told = [...this.told('assigned'), ...this.told('revoked'), ...this.told('lost')];
    return told.filter(({ partitions }) => partitions.length > 0).length;
  }

  /** Whether it has told of any assignment, be it an empty one. */
  get isIn(): boolean {
    return this.told('assigned').length > 0;
  }

  /** Records in the order in which it told them; some may be there twice. */
  get read(): Read[] {
    return this.told('records').flatMap(({ records }) =>
      records.map(([topic, partition, offset, value]) => ({ topic, partition, offset, value })),
    );
  }

  /** Every time that it had a partition. */
  get tenures(): Tenure[] {
    const all: Tenure[] = [];
    const open = new Map<string, Tenure>();
    const give = (partition: string, atMs: number) => {
      const tenure = open.get(partition);
      if (tenure) tenure.untilMs = atMs;
      open.delete(partition);
    };
    for (const event of this.events) {
      if (event.event === 'assigned') {
        for (const partition of event.partitions) {
          if (open.has(partition)) continue;
          const tenure = { member: this.name, partition, fromMs: event.at, untilMs: Number.POSITIVE_INFINITY };
          open.set(partition, tenure);
          all.push(tenure);
        }
      } else if (event.event === 'revoked' || event.event === 'lost') {
        for (const partition of event.partitions) give(partition, event.at);
      } else if (event.event === 'left') {
        for (const partition of [...open.keys()]) give(partition, event.at);
      }
    }
    for (const tenure of open.values()) tenure.untilMs = this.crew.killedMs;
    return all;
  }

  /** Waits until it owns that many partitions. */
  async untilOwns(count: number, timeoutMs?: number): Promise<void> {
    const what = `${this.name} that owns ${count}`;
    await this.crew.until(what, () => this.isIn && this.owned.length === count, timeoutMs);
  }

  /** Waits until it has read that many different records. */
  async untilRead(count: number, timeoutMs?: number): Promise<void> {
    const what = `${count} records of ${this.name}`;
    await this.crew.until(what, () => different(this.read).length >= count, timeoutMs);
  }

  async leave(): Promise<void> {
    this.crew.send({ do: 'leave', member: this.name });
    await this.crew.until(`leaving of ${this.name}`, () => this.told('left').length > 0);
  }

  async commit(offsets: Committed[]): Promise<void> {
    await this.ask({ do: 'commit', member: this.name, offsets }, 'committed');
  }

  /** What is committed for those of the partitions that have something. */
  async committed(partitions: [topic: string, partition: number][]): Promise<Committed[]> {
    return (await this.ask({ do: 'fetch', member: this.name, partitions }, 'offsets')).offsets;
  }

  private async ask<K extends 'committed' | 'offsets'>(command: Command, kind: K) {
    const [before, errors] = [this.told(kind).length, this.told('error').length];
    this.crew.send(command);
    return await this.crew.until(`${kind} of ${this.name}`, () => {
      const error = this.told('error')[errors];
      if (error) throw new Error(error.message);
      return this.told(kind)[before];
    });
  }
}

/** Each record once, by partition and offset. */
export function different(records: readonly Read[]): Read[] {
  return [...new Map(records.map((read) => [`${read.topic}-${read.partition} ${read.offset}`, read])).values()];
}

/** Where two members had the same partition at a time; empty is as it should be. A tie within a millisecond is none. */
export function overlaps(members: readonly GroupMember[]): string[] {
  const byPartition = new Map<string, Tenure[]>();
  for (const tenure of members.flatMap(({ tenures }) => tenures))
    byPartition.set(tenure.partition, [...(byPartition.get(tenure.partition) ?? []), tenure]);
  const found: string[] = [];
  for (const [partition, tenures] of byPartition) {
    tenures.sort((a, b) => a.fromMs - b.fromMs || a.untilMs - b.untilMs);
    for (const [i, later] of tenures.entries()) {
      const earlier = tenures.slice(0, i).find(({ untilMs }) => untilMs > later.fromMs);
      if (earlier) {
        const both = [earlier, later].map((one) => `${one.member} ${one.fromMs}..${one.untilMs}`);
        found.push([`${partition}: ${both.join(', ')}`, ...around(members, earlier.member, later.fromMs)].join('\n  '));
      }
    }
  }
  return found;
}

/** What a member told around a time, but for its records: where to look when something went wrong. */
function around(members: readonly GroupMember[], name: string, atMs: number): string[] {
  const events = members.find((member) => member.name === name)?.events ?? [];
  return events
    .filter(({ event, at }) => event !== 'records' && Math.abs(at - atMs) < 10_000)
    .map((event) => JSON.stringify(event));
}
