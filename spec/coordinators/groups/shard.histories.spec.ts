/**
 * The invariant of coordinators: what is in memory is what the log says. Random histories of all that can happen to
 * groups of either type run on a shard; after every event another shard reads the same log and must know the same.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { classicRecord } from '../../../lib/coordinators/groups/classic-record';
import { offsetsIn } from '../../../lib/coordinators/groups/committed-offsets';
import { consumerRecords } from '../../../lib/coordinators/groups/consumer-records';
import type { Group } from '../../../lib/coordinators/groups/group';
import { storedGroupRecord } from '../../../lib/coordinators/groups/group-record-codec';
import { deleteGroup, expire } from '../../../lib/coordinators/groups/group-removal';
import { Shard } from '../../../lib/coordinators/groups/shard';
import type { EventOf, GroupEvent } from '../../../lib/coordinators/groups/step';
import { KafkaError } from '../../../lib/errors';
import { aCommit, aConsumerHeartbeat, aJoin, aSync } from '../../support/group-table';
import { pass } from '../../support/in-process';
import { TestBroker } from '../../support/services';

const groupIds = ['a', 'b'];

/** What somebody does; `who` picks a member that is known by then. */
const act = fc.record({
  group: fc.constantFrom(...groupIds),
  who: fc.nat(5),
  does: fc.constantFrom(
    'join',
    'rejoin',
    'sync',
    'leave',
    'consume',
    'beat',
    'stop',
    'pause',
    'commit',
    'wait',
    'delete',
    'expire',
  ),
});
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** What must be the same after a restart; null where only a member's memory could say it: while a rebalance goes on. */
function durable(group: Group): unknown {
  // Members of a map have no order that means anything.
  if (group.type === 'consumer')
    return new Set(consumerRecords(group).map((record) => JSON.stringify(storedGroupRecord(record), exact)));
  if (group.type !== 'classic') return group;
  if (group.state !== 'Stable' && group.state !== 'Empty') return null;
  const { value } = classicRecord(group);
  // Of a group that only commits nothing is written; since when it is there starts with the load.
  return { ...value, currentStateTimestamp: 0 };
}

/** Int64s may be bigints, behind the type of a number. */
function exact(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

class History {
  private readonly broker = new TestBroker({ 'group.initial.rebalance.delay.ms': 20, 'offsets.retention.minutes': 1 });
  private readonly log = this.broker.topic('__consumer_offsets').partitions[0]!;
  private readonly shard = this.open();
  private ids = 0;

  constructor() {
    this.broker.topic('t', { partitions: 3 });
  }

  private open(): Shard {
    const { appends, scheduler, config, logger, metadata } = this.broker.services;
    return new Shard({ log: this.log, appends, scheduler, config, logger, metadata, inTurn: (load) => load() });
  }

  async run(acts: readonly Act[]): Promise<void> {
    await this.shard.loaded;
    for (const one of acts) {
      this.perform(one);
      await this.settled();
      await this.check(JSON.stringify(one));
    }
    this.shard.close();
  }

  /** Appends and answers take turns of the event loop; the clock is virtual. */
  private async settled(): Promise<void> {
    await this.shard.written();
    await new Promise((resolve) => setImmediate(resolve));
  }

  private async check(after: string): Promise<void> {
    const replayed = this.open();
    await replayed.loaded;
    const [live, read] = [this.shard, replayed].map(
      (shard) => new Map([...shard.all].map((one) => [one.groupId, one])),
    );
    for (const [id, group] of live!) {
      const said = durable(group);
      const again = read!.get(id);
      if (said !== null) expect(again && durable(again), `${id} after ${after}`).to.deep.equal(said);
    }
    for (const id of read!.keys()) expect(live!.has(id), `${id} after ${after}`).to.equal(true);
    for (const id of groupIds)
      expect([...offsetsIn(replayed.offsetsOf(id))], `offsets of ${id} after ${after}`).to.have.deep.members([
        ...offsetsIn(this.shard.offsetsOf(id)),
      ]);
    replayed.close();
  }

  private perform({ group: groupId, who, does }: Act): void {
    const { shard } = this;
    const group = shard.group(groupId);
    const members =
      group === null || group.type === 'share' || group.type === 'streams' ? [] : [...group.members.keys()];
    const memberId = members[who % Math.max(1, members.length)] ?? 'nobody';
    const generationId = group?.type === 'classic' ? group.generationId : 1;
    const member = group?.type === 'consumer' ? group.members.get(memberId) : undefined;
    const memberEpoch = member?.memberEpoch ?? 0;
    const owned = [...(member?.assigned ?? [])].map(([topicId, epochs]) => ({
      topicId,
      partitions: [...epochs.keys()],
    }));
    const freshId = `id-${++this.ids}`;
    const beat = (change: Partial<EventOf<'consumerHeartbeat'>['request']>) =>
      this.tell(groupId, (ticket) => ({
        on: 'consumerHeartbeat',
        ticket,
        freshId,
        request: { ...aConsumerHeartbeat, groupId, memberId, ...change },
      }));
    const join = (id: string) => {
      const request = { ...aJoin, groupId, memberId: id, requiresKnownMemberId: who % 2 === 0 };
      this.tell(groupId, (ticket) => ({ on: 'join', ticket, freshId, request }));
    };
    switch (does) {
      case 'join':
        return join('');
      case 'rejoin':
        return join(memberId);
      case 'sync': {
        const assignments = members.map((id) => ({ memberId: id, assignment: Buffer.from(id) }));
        const request = { ...aSync, groupId, memberId, generationId, assignments };
        return this.tell(groupId, (ticket) => ({ on: 'sync', ticket, request }));
      }
      case 'leave': {
        const request = { groupId, members: [{ memberId, groupInstanceId: null, reason: null }] };
        return this.tell(groupId, (ticket) => ({ on: 'leave', ticket, request }));
      }
      case 'consume':
        return beat({ memberId: freshId, memberEpoch: 0, subscribedTopicNames: ['t'], topicPartitions: [] });
      case 'beat':
        return beat({ memberEpoch, topicPartitions: owned });
      case 'stop':
        return beat({ memberEpoch: -1 });
      case 'pause':
        return beat({
          memberId: `static-${who % 2}`,
          instanceId: `i-${who % 2}`,
          memberEpoch: who < 2 ? 0 : -2,
          subscribedTopicNames: ['t'],
          topicPartitions: [],
        });
      case 'commit': {
        const topicId = 'AAAAAAAAAAAAAAAAAAAAAA';
        const offset = { topic: 't', topicId, partition: who % 3, offset: this.ids, leaderEpoch: 0, metadata: '' };
        const epoch = group?.type === 'consumer' ? memberEpoch : generationId;
        const by = who % 2 === 0 ? { memberId, generationIdOrMemberEpoch: epoch } : {};
        const request = { ...aCommit, groupId, offsets: [offset], ...by };
        return this.tell(groupId, (ticket) => ({ on: 'commit', ticket, request }));
      }
      case 'wait':
        return pass(this.broker.scheduler, [1, 20, 100, 5_000, 46_000, 400_000][who]!);
      case 'delete':
        shard.remove(groupId, (found, offsets) => deleteGroup(found, groupId, offsets)).catch(refused);
        return;
      case 'expire':
        return shard.sweep(expire);
    }
  }

  private tell(groupId: string, event: (ticket: { number: number }) => GroupEvent): void {
    this.shard.ask(groupId, event).catch(refused);
  }
}

/** Only what Kafka has a name for. */
function refused(error: unknown): void {
  if (!(error instanceof KafkaError)) throw error;
}

describe('Shard, random histories', function () {
  this.timeout(60_000);

  it('is what its log says after every event', async () => {
    const histories = fc.asyncProperty(fc.array(act, { maxLength: 40 }), (acts) => new History().run(acts));
    await fc.assert(histories, { numRuns: 150 });
  });
});
