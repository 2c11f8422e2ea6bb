/**
 * Random histories of consumer groups: clients come, go, fall silent, subscribe to something else, lose answers and
 * take their time; topics change; the broker starts again. What must hold after every event does, and once nothing
 * happens any more but heartbeats, everybody has its share of everything.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { type Cluster, ConsumerClient, ConsumerTable, cluster, topicIdOf } from '../../support/consumer-table';

const subscriptions = [
  { subscribedTopicNames: ['a'] },
  { subscribedTopicNames: ['a', 'b'] },
  { subscribedTopicRegex: '[ab]' },
  { subscribedTopicRegex: '.*', subscribedTopicNames: ['c'] },
  { subscribedTopicNames: ['b', 'c'], serverAssignor: 'range' },
  { subscribedTopicNames: [] },
];

const clusters: readonly Cluster[] = [{ a: 4, b: 3 }, { a: 4 }, { a: 7, b: 3, c: 1 }, { c: 5 }, { a: 4, b: 3, d: 2 }];

type Event =
  | { readonly on: 'heartbeat' | 'lose' | 'slow' | 'takeUp' | 'leave' | 'away' | 'crash'; readonly client: number }
  | { readonly on: 'subscribe'; readonly client: number; readonly to: number }
  | { readonly on: 'topics'; readonly are: number }
  | { readonly on: 'pass'; readonly ms: number }
  | { readonly on: 'reload' };

const clientCount = 4;
const client = fc.nat(clientCount - 1);
const passing = fc.constantFrom(1, 20, 50, 200, 5000, 30_000);

const events: fc.Arbitrary<Event> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ on: fc.constantFrom('heartbeat', 'heartbeat', 'slow'), client }) },
  {
    weight: 6,
    arbitrary: fc.record({
      on: fc.constantFrom('lose', 'takeUp', 'leave', 'away', 'crash'),
      client,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ on: fc.constant('subscribe' as const), client, to: fc.nat(subscriptions.length - 1) }),
  },
  { weight: 2, arbitrary: fc.record({ on: fc.constant('topics' as const), are: fc.nat(clusters.length - 1) }) },
  { weight: 5, arbitrary: fc.record({ on: fc.constant('pass' as const), ms: passing }) },
  { weight: 1, arbitrary: fc.constant({ on: 'reload' as const }) },
);

class History {
  readonly table = new ConsumerTable({ image: cluster(clusters[0]!) });
  readonly clients: ConsumerClient[];
  private topics: Cluster = clusters[0]!;
  private ids = clientCount;
  private before: Epochs = { group: 0, assignment: 0, members: new Map() };

  constructor() {
    this.clients = Array.from({ length: clientCount }, (_, i) => {
      // Two are static.
      const instanceId = i >= clientCount - 2 ? `instance-${i}` : null;
      return new ConsumerClient(this.table, `member-${i}`, subscriptions[i % subscriptions.length]!, instanceId);
    });
  }

  play(event: Event): void {
    if (event.on === 'pass') this.table.pass(event.ms);
    else if (event.on === 'reload') this.table.reload();
    else if (event.on === 'topics') this.change(clusters[event.are]!);
    else this.playClient(this.clients[event.client]!, event);
    this.check();
  }

  private playClient(one: ConsumerClient, event: Extract<Event, { client: number }>): void {
    switch (event.on) {
      case 'heartbeat':
        one.heartbeat();
        break;
      case 'lose':
        one.send();
        one.miss();
        break;
      case 'slow':
        one.hear(one.send());
        break;
      case 'takeUp':
        one.takeUp();
        break;
      case 'leave':
        one.leave();
        break;
      case 'away':
        if (one.instanceId === null) break;
        one.leave(-2);
        one.reset(`member-${this.ids++}`);
        break;
      case 'crash':
        one.reset(one.instanceId === null ? `member-${this.ids++}` : one.memberId);
        break;
      case 'subscribe':
        one.subscribe(subscriptions[event.to]!);
        break;
    }
  }

  private change(topics: Cluster): void {
    this.topics = topics;
    this.table.image = cluster(topics);
  }

  /** What holds after every event. */
  private check(): void {
    expect(this.table.isFolded, 'what is live is what was written').to.equal(true);
    this.checkOwners();
    this.checkEpochs();
  }

  /** Seen from the members, and from the group. */
  private checkOwners(): void {
    const owners = new Map<string, string>();
    const take = (topicId: string, partition: number, memberId: string) => {
      const other = owners.get(`${topicId} ${partition}`);
      expect(other ?? memberId, `${topicId}-${partition} has one owner`).to.equal(memberId);
      owners.set(`${topicId} ${partition}`, memberId);
    };
    // Who was taken out has not heard of it yet.
    for (const { memberId, owned } of this.clients)
      if (this.table.group?.members.has(memberId))
        for (const [topicId, partitions] of owned)
          for (const partition of partitions) take(topicId, partition, memberId);
    for (const { memberId, assigned, pendingRevocation } of this.table.group?.members.values() ?? [])
      for (const held of [assigned, pendingRevocation])
        for (const [topicId, epochs] of held) for (const partition of epochs.keys()) take(topicId, partition, memberId);
  }

  private checkEpochs(): void {
    const { group } = this.table;
    if (group === null) return;
    expect(group.groupEpoch).to.be.at.least(this.before.group);
    expect(group.assignmentEpoch).to.be.at.least(this.before.assignment);
    expect(group.assignmentEpoch).to.be.at.most(group.groupEpoch);
    const members = new Map<string, number>();
    for (const { memberId, memberEpoch } of group.members.values()) {
      const before = this.before.members.get(memberId) ?? 0;
      if (memberEpoch > 0) expect(memberEpoch).to.be.within(Math.max(before, 1), group.assignmentEpoch);
      members.set(memberId, memberEpoch);
    }
    this.before = { group: group.groupEpoch, assignment: group.assignmentEpoch, members };
  }

  /** Heartbeats until all is quiet, and looks whether everybody has its share. */
  settle(): void {
    // Those that crashed or went have to be missed first; members would not be, as they heartbeat meanwhile.
    for (let round = 0; round < 60; round++) {
      for (const one of this.clients) {
        one.heartbeat();
        this.check();
      }
      this.table.pass(round < 20 ? 20 : 4000);
      this.check();
    }
    const group = this.table.consumer;
    expect([...group.members.keys()].sort()).to.deep.equal(this.clients.map(({ memberId }) => memberId).sort());
    expect(group.assignmentEpoch).to.equal(group.groupEpoch);
    for (const { state, memberEpoch } of group.members.values())
      expect([state, memberEpoch]).to.deep.equal(['STABLE', group.groupEpoch]);
    for (const [regex, { topics }] of group.regexes)
      expect([...topics].sort()).to.deep.equal(Object.keys(this.topics).filter((name) => matches(regex, name)));
    for (const [name, partitions] of Object.entries(this.topics)) this.checkShares(name, partitions);
  }

  private checkShares(name: string, partitions: number): void {
    const id = topicIdOf(name);
    const all = this.clients.flatMap(({ owned }) => owned.get(id) ?? []);
    const isWanted = this.clients.some(
      ({ subscription: { subscribedTopicNames, subscribedTopicRegex } }) =>
        subscribedTopicNames?.includes(name) || matches(subscribedTopicRegex || '$', name),
    );
    const expected = isWanted ? Array.from({ length: partitions }, (_, i) => i) : [];
    expect(
      all.sort((a, b) => a - b),
      `partitions of ${name}`,
    ).to.deep.equal(expected);
  }
}

function matches(regex: string, name: string): boolean {
  return new RegExp(`^(${regex})$`).test(name);
}

interface Epochs {
  readonly group: number;
  readonly assignment: number;
  readonly members: ReadonlyMap<string, number>;
}

describe('stepConsumer in random histories', () => {
  it('never gives a partition two owners, never goes back, writes all that it knows, and comes to rest', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 60, size: 'max' }), (happened) => {
        const history = new History();
        for (const event of happened) history.play(event);
        history.settle();
      }),
      { numRuns: 25 },
    );
  }).timeout(60_000);
});
