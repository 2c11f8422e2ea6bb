/**
 * How many partitions of each topic go to the members of each class, where a class is all members that subscribe to the
 * same topics: the part of the `uniform` assignor that is about who may read what. Which member gets which partition is
 * then decided in each class on its own (deal.ts). Pure but for `held`, which it changes.
 *
 * The outcome is as even as subscriptions allow: no chain of moves (from one class to the next by a topic that both
 * subscribe to) could take a partition from a member to one that has at least two fewer. Partitions move only along such
 * chains, the shortest first, so what members have stays as far as it can.
 */

export interface Subscribers {
  /** Indexes of the topics that the members subscribe to. */
  readonly topics: readonly number[];
  /** How many members there are; at least one. */
  readonly size: number;
  /** Partitions of each of `topics` that the class has, in the same order. */
  readonly held: number[];
}

/** A class as a reader of a topic: which class, and where the topic is in its list. */
interface Reader {
  readonly index: number;
  readonly at: number;
}

/** How a class was reached: from which reader of a topic, and as which one. */
interface Hop {
  readonly from: Reader;
  readonly to: Reader;
}

/**
 * Gives out what nobody has, then evens out. Afterwards the `held` of all classes add up to all partitions of every topic
 * that somebody subscribes to.
 * @param free partitions of each topic that nobody has, by topic index
 */
export function settleShares(classes: readonly Subscribers[], free: readonly number[]): void {
  new Shares(classes, free.length).settle(free);
}

class Shares {
  private readonly classes: readonly Subscribers[];
  /** By topic index. */
  private readonly readers: readonly Reader[][];
  /** Partitions that each class has. */
  private readonly loads: number[];

  constructor(classes: readonly Subscribers[], topics: number) {
    this.classes = classes;
    this.readers = Array.from({ length: topics }, () => []);
    for (const [index, { topics }] of classes.entries())
      for (const [at, topic] of topics.entries()) this.readers[topic]!.push({ index, at });
    this.loads = classes.map(({ held }) => held.reduce((sum, n) => sum + n, 0));
  }

  settle(free: readonly number[]): void {
    // Those with few readers first: the others can still make up for it.
    const order = free.map((_, topic) => topic).sort((a, b) => this.readers[a]!.length - this.readers[b]!.length);
    for (const topic of order) for (let n = free[topic]!; n > 0; n--) this.give(topic);
    this.evenOut();
  }

  private give(topic: number): void {
    let best: Reader | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const reader of this.readers[topic]!) {
      const load = this.loads[reader.index]! / this.classes[reader.index]!.size;
      if (load < least) [best, least] = [reader, load];
    }
    if (best !== null) this.add(best, 1);
  }

  private add({ index, at }: Reader, n: number): void {
    this.classes[index]!.held[at]! += n;
    this.loads[index]! += n;
  }

  /** What the member of a class has that has most, and the one that has least. */
  private most(index: number): number {
    return Math.ceil(this.loads[index]! / this.classes[index]!.size);
  }

  private least(index: number): number {
    return Math.floor(this.loads[index]! / this.classes[index]!.size);
  }

  /**
   * Takes from the class that has most until nothing can be taken from it. Wherever its partitions could go then has at
   * most one fewer, so that nothing can go there from a class that has less either: all of that is done with.
   */
  private evenOut(): void {
    const done = new Set<number>();
    const doneTopics = new Set<number>();
    for (;;) {
      let source = -1;
      for (const index of this.classes.keys())
        if (!done.has(index) && (source < 0 || this.most(index) > this.most(source))) source = index;
      if (source < 0) return;
      const reached = new Map<number, Hop | null>([[source, null]]);
      const topics = new Set<number>();
      const sink = this.search(source, reached, topics, (index) => done.has(index), doneTopics);
      if (sink !== null) this.shift(source, sink, reached);
      else {
        for (const index of reached.keys()) done.add(index);
        for (const topic of topics) doneTopics.add(topic);
      }
    }
  }

  /**
   * One of the nearest classes whose least member has at least two fewer than the source's most; of the readers of one
   * topic the one that has least. Fills `reached` and `topics`.
   */
  private search(
    source: number,
    reached: Map<number, Hop | null>,
    topics: Set<number>,
    isDone: (index: number) => boolean,
    doneTopics: ReadonlySet<number>,
  ): number | null {
    const queue = [source];
    for (let i = 0; i < queue.length; i++) {
      const index = queue[i]!;
      const { topics: own, held } = this.classes[index]!;
      for (const [at, topic] of own.entries()) {
        if (held[at] === 0 || topics.has(topic) || doneTopics.has(topic)) continue;
        topics.add(topic);
        let sink: number | null = null;
        for (const to of this.readers[topic]!) {
          if (reached.has(to.index) || isDone(to.index)) continue;
          reached.set(to.index, { from: { index, at }, to });
          if (this.least(to.index) < this.least(sink ?? to.index) || sink === null) sink = to.index;
          queue.push(to.index);
        }
        if (sink !== null && this.least(sink) <= this.most(source) - 2) return sink;
      }
    }
    return null;
  }

  /** Moves as many partitions along the chain as still even out. */
  private shift(source: number, sink: number, reached: ReadonlyMap<number, Hop | null>): void {
    const hops: Hop[] = [];
    for (let hop = reached.get(sink)!; hop !== null; hop = reached.get(hop.from.index)!) hops.push(hop);
    const most = Math.min(...hops.map(({ from }) => this.classes[from.index]!.held[from.at]!));
    let n = 0;
    do {
      for (const { from, to } of hops) {
        this.add(from, -1);
        this.add(to, 1);
      }
      n++;
    } while (n < most && this.most(source) >= this.least(sink) + 2);
  }
}
