import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import {
  type ConsumerGroup,
  type ConsumerMember,
  newConsumerGroup,
  newConsumerMember,
} from '../../../lib/coordinators/groups/consumer-group';
import { assignIfDue, follow, reconcileMember } from '../../../lib/coordinators/groups/consumer-member';
import { ConsumerTurn } from '../../../lib/coordinators/groups/consumer-turn';
import { hashTopics } from '../../../lib/coordinators/groups/metadata-hash';
import { cluster, shown, topicIdOf } from '../../support/consumer-table';

const id = topicIdOf('a');
const image = cluster({ a: 2 });
const world = { nowMs: 1_000_000, config: loadConfig({}), image };
const partitions = (...numbers: number[]) => new Map([[id, new Map(numbers.map((partition) => [partition, 2]))]]);

const member: ConsumerMember = {
  ...newConsumerMember('m'),
  subscribedTopicNames: ['a'],
  rebalanceTimeoutMs: 9000,
  memberEpoch: 2,
  assigned: partitions(0, 1),
};

/** A turn of a group in which m has all of topic a, as it should; the cluster was seen. */
function turnOf(change: Partial<ConsumerGroup> = {}, one: Partial<ConsumerMember> = {}, nowMs = world.nowMs) {
  const group: ConsumerGroup = {
    ...newConsumerGroup('group'),
    groupEpoch: 2,
    assignmentEpoch: 2,
    metadataHash: hashTopics(['a'], image),
    members: new Map([['m', { ...member, ...one }]]),
    targetAssignment: new Map([['m', new Map([[id, [0, 1]]])]]),
    seen: image,
    ...change,
  };
  return new ConsumerTurn(group, { ...world, nowMs });
}

/** What is to be done, in short. */
function done(turn: ConsumerTurn): string[] {
  return turn.end().effects.map((effect) => {
    if (effect.do === 'write') return `write ${effect.records.map(({ name }) => name).join(' ')}`;
    if (effect.do === 'arm') return `arm ${effect.timer.kind} ${effect.timer.member} ${effect.ms}`;
    return effect.do === 'disarm' ? `disarm ${effect.timer.kind} ${effect.timer.member}` : effect.do;
  });
}

describe('follow', () => {
  it('does nothing without news', () => {
    const turn = turnOf();
    expect(follow(turn, false, false)).to.equal(false);
    expect(done(turn)).to.deep.equal([]);
  });

  it('looks at the topics for a new member, and for another cluster, and begins no epoch where they are the same', () => {
    for (const [turn, isNew] of [
      [turnOf(), true],
      [turnOf({ seen: null }), false],
    ] as const) {
      expect(follow(turn, false, isNew)).to.equal(true);
      expect(turn.group.seen).to.equal(image);
      expect(done(turn)).to.deep.equal([]);
    }
  });

  it('begins an epoch where a subscription has changed, or a topic', () => {
    for (const [turn, hasChanged] of [
      [turnOf(), true],
      [turnOf({ seen: null, metadataHash: 1 }), false],
    ] as const) {
      expect(follow(turn, hasChanged, false)).to.equal(true);
      expect(turn.group.groupEpoch).to.equal(3);
      expect(done(turn)).to.deep.equal(['write ConsumerGroupMetadata']);
    }
  });
});

describe('assignIfDue', () => {
  const two = new Map([member, { ...newConsumerMember('n'), subscribedTopicNames: ['a'] }].map((m) => [m.memberId, m]));

  it('does nothing as long as the group has not moved on', () => {
    const turn = turnOf();
    assignIfDue(turn);
    expect(done(turn)).to.deep.equal([]);
  });

  it('makes a target for each member in the epoch of the group, once the interval of the group is over', () => {
    const before = { groupEpoch: 3, members: two, assignmentTimestampMs: world.nowMs };
    const intervalMs = world.config['group.consumer.assignment.interval.ms'];
    const early = turnOf(before, {}, world.nowMs + intervalMs - 1);
    assignIfDue(early);
    expect(done(early)).to.deep.equal([]);
    const turn = turnOf(before, {}, world.nowMs + intervalMs);
    assignIfDue(turn);
    expect(turn.group.assignmentEpoch).to.equal(3);
    expect([...turn.group.targetAssignment.values()].map(shown)).to.have.members(['a:0', 'a:1']);
  });
});

describe('reconcileMember', () => {
  const less = { groupEpoch: 3, assignmentEpoch: 3, targetAssignment: new Map([['m', new Map([[id, [0]]])]]) };
  const revoking = {
    state: 'UNREVOKED_PARTITIONS',
    assigned: partitions(0),
    pendingRevocation: partitions(1),
  } as const;

  it('gives the very member where it has what it should have', () => {
    const turn = turnOf();
    const before = turn.group.members.get('m');
    expect(reconcileMember(turn, 'm', null, false)).to.equal(before);
    expect(done(turn)).to.deep.equal([]);
  });

  it('gives a member its rebalance timeout to give up what it should not have', () => {
    const turn = turnOf(less);
    const after = reconcileMember(turn, 'm', null, false);
    expect(after).to.equal(turn.group.members.get('m'));
    expect([after.state, shown(after.assigned), shown(after.pendingRevocation)]).to.deep.equal([
      'UNREVOKED_PARTITIONS',
      'a:0',
      'a:1',
    ]);
    expect(done(turn)).to.deep.equal(['write ConsumerGroupCurrentMemberAssignment', 'arm revoke m 9000']);
  });

  it('waits no more for a member that has given it up, and goes on waiting for one that has not', () => {
    const turn = turnOf(less, revoking);
    const after = reconcileMember(turn, 'm', [{ topicId: id, partitions: [0] }], false);
    expect([after.state, after.memberEpoch, shown(after.assigned)]).to.deep.equal(['STABLE', 3, 'a:0']);
    expect(done(turn)).to.deep.equal(['write ConsumerGroupCurrentMemberAssignment', 'disarm revoke m']);
    const slow = turnOf(less, revoking);
    expect(reconcileMember(slow, 'm', [{ topicId: id, partitions: [0, 1] }], false).state).to.equal(revoking.state);
    expect(done(slow)).to.deep.equal([]);
  });
});
