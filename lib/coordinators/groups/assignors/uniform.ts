/**
 * The `uniform` assignor: everybody gets as many partitions as everybody else, but for one, as far as subscriptions
 * allow; what a member had it keeps wherever it can, and what it gets new lies in its rack where that is known
 * (what org.apache.kafka.coordinator.group.assignor.UniformAssignor is for). 1,000 members of one subscription take some
 * 10 ms for 10,000 partitions of 100 topics; where each subscribes to topics of its own choice, 100 to 300 ms (measured).
 *
 * Members that subscribe to the same topics are a class. How many partitions of which topic a class gets is settled first
 * (shares.ts), then each class shares them out among its members (deal.ts). Most groups are one class.
 *
 * Unlike Kafka's, it hands partitions out topic by topic in turns, so that each member gets its part of every topic, and
 * it balances classes to the optimum.
 *
 * Not done: racks are looked at within a class, not between classes. What moves is the least possible within a class;
 * between classes it may be a little more.
 */
import type { Assignment } from '../requests';
import type { Assignor, AssignorMember, AssignorTopic } from './assignor';
import { type Deck, deal, type Player } from './deal';
import { sameOr } from './same-or';
import { settleShares } from './shares';

export const assignUniform: Assignor = (members, topics) => new Uniform(members, topics).assign();

/** A member, and the partitions it has, by number. */
interface Seat extends Player {
  readonly member: AssignorMember;
}

interface Class {
  /** Indexes of the topics that its members subscribe to, ascending. */
  readonly topics: readonly number[];
  readonly seats: Seat[];
}

class Uniform {
  private readonly members: readonly AssignorMember[];
  /** In the order in which their partitions are numbered. */
  private readonly topics: readonly AssignorTopic[];
  private readonly indexes = new Map<string, number>();
  /** Number of each topic's partition 0, and of the one behind the last. */
  private readonly firsts: number[] = [0];
  private readonly topicOf: Int32Array;
  /** By partition number: whether a member has it. */
  private readonly taken: Uint8Array;
  private readonly seats: readonly Seat[];
  private readonly classes: readonly Class[];

  constructor(members: ReadonlyMap<string, AssignorMember>, topics: ReadonlyMap<string, AssignorTopic>) {
    this.members = [...members.values()].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    this.topics = [...topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const [index, topic] of this.topics.entries()) {
      this.indexes.set(topic.id, index);
      this.firsts.push(this.firsts[index]! + topic.partitions);
    }
    this.topicOf = new Int32Array(this.firsts[this.topics.length]!);
    for (const index of this.topics.keys()) this.topicOf.fill(index, this.firsts[index], this.firsts[index + 1]);
    this.taken = new Uint8Array(this.topicOf.length);
    this.seats = this.members.map((member) => ({ member, rackId: member.rackId, held: this.kept(member) }));
    this.classes = this.classify();
  }

  assign(): Map<string, Assignment> {
    const pools = this.settle();
    const deck: Deck = {
      topicOf: (partition) => this.topicOf[partition]!,
      racks: (partition) => {
        const topic = this.topicOf[partition]!;
        return this.topics[topic]!.racks(partition - this.firsts[topic]!);
      },
    };
    for (const [i, { seats }] of this.classes.entries()) deal(seats, pools[i]!, deck);
    return new Map(this.seats.map((seat) => [seat.member.memberId, this.assignmentOf(seat)]));
  }

  /** What a member had and may keep: of two that claim the same partition the first one keeps it. */
  private kept({ assigned, topicIds }: AssignorMember): number[] {
    const held: number[] = [];
    for (const [topicId, partitions] of assigned) {
      const topic = topicIds.has(topicId) ? this.indexes.get(topicId) : undefined;
      if (topic === undefined) continue;
      const first = this.firsts[topic]!;
      for (const partition of partitions) {
        const isThere = partition >= 0 && partition < this.topics[topic]!.partitions;
        if (!isThere || this.taken[first + partition] !== 0) continue;
        this.taken[first + partition] = 1;
        held.push(first + partition);
      }
    }
    return held.sort((a, b) => a - b);
  }

  private classify(): Class[] {
    const classes: (Class & { topicIds: ReadonlySet<string> })[] = [];
    const bySize = new Map<number, typeof classes>();
    for (const seat of this.seats) {
      const topicIds = this.existing(seat.member.topicIds);
      const alike = bySize.get(topicIds.size) ?? [];
      const known = alike.find((one) => isSame(one.topicIds, topicIds));
      if (known !== undefined) known.seats.push(seat);
      else if (topicIds.size > 0) {
        const topics = [...topicIds].map((id) => this.indexes.get(id)!).sort((a, b) => a - b);
        const one = { topicIds, topics, seats: [seat] };
        alike.push(one);
        bySize.set(topicIds.size, alike);
        classes.push(one);
      }
    }
    return classes;
  }

  private existing(topicIds: ReadonlySet<string>): ReadonlySet<string> {
    for (const id of topicIds)
      if (!this.indexes.has(id)) return new Set([...topicIds].filter((one) => this.indexes.has(one)));
    return topicIds;
  }

  /** Settles what each class gets; takes away what is too much, and returns what is new to each. */
  private settle(): number[][] {
    const free = this.topics.map((_, topic) => this.freeOf(topic));
    if (this.classes.length <= 1) return this.classes.map(({ topics }) => topics.flatMap((topic) => free[topic]!));
    const shares = this.classes.map(({ topics, seats }) => {
      const counts = new Map<number, number>();
      for (const { held } of seats)
        for (const partition of held) {
          const topic = this.topicOf[partition]!;
          counts.set(topic, (counts.get(topic) ?? 0) + 1);
        }
      const before = topics.map((topic) => counts.get(topic) ?? 0);
      return { topics, size: seats.length, before, held: [...before] };
    });
    settleShares(
      shares,
      free.map((partitions) => partitions.length),
    );
    for (const [i, { topics, held, before }] of shares.entries())
      for (const [at, topic] of topics.entries())
        if (held[at]! < before[at]!)
          free[topic]!.push(...this.release(this.classes[i]!.seats, topic, before[at]! - held[at]!));
    return shares.map(({ topics, held, before }) =>
      topics.flatMap((topic, at) => free[topic]!.splice(0, Math.max(0, held[at]! - before[at]!))),
    );
  }

  private freeOf(topic: number): number[] {
    const free: number[] = [];
    for (let partition = this.firsts[topic]!; partition < this.firsts[topic + 1]!; partition++)
      if (this.taken[partition] === 0) free.push(partition);
    return free;
  }

  /** Takes `n` partitions of a topic from a class, each from whoever has most in all. */
  private release(seats: readonly Seat[], topic: number, n: number): number[] {
    const released: number[] = [];
    const isIts = (partition: number) => this.topicOf[partition] === topic;
    const givers = seats
      .map((seat) => ({ seat, left: seat.held.length, its: seat.held.filter(isIts) }))
      .filter(({ its }) => its.length > 0);
    while (released.length < n) {
      let giver = givers[0]!;
      for (const one of givers)
        if (one.its.length > 0 && (giver.its.length === 0 || one.left > giver.left)) giver = one;
      released.push(giver.its.pop()!);
      giver.left--;
    }
    const gone = new Set(released);
    for (const { seat } of givers) seat.held = seat.held.filter((partition) => !gone.has(partition));
    return released;
  }

  private assignmentOf({ member, held }: Seat): Assignment {
    const assignment = new Map<string, number[]>();
    for (let i = 0; i < held.length; ) {
      const topic = this.topicOf[held[i]!]!;
      const [first, end] = [this.firsts[topic]!, this.firsts[topic + 1]!];
      const partitions: number[] = [];
      for (; i < held.length && held[i]! < end; i++) partitions.push(held[i]! - first);
      assignment.set(this.topics[topic]!.id, partitions);
    }
    return sameOr(member.assigned, assignment);
  }
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  if (a === b) return true;
  for (const one of a) if (!b.has(one)) return false;
  return true;
}
