import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import { type ClassicGroup, type ClassicMember, newClassicGroup } from '../../../lib/coordinators/groups/classic-group';
import type { GroupRecordDraft } from '../../../lib/coordinators/groups/group-records';
import { type Upgrade, upgrade } from '../../../lib/coordinators/groups/upgrade';
import { writeAssignment, writeSubscription } from '../../../lib/protocol/consumer-protocol';
import { cluster, shown, topicIdOf } from '../../support/consumer-table';
import { groupStartMs } from '../../support/group-table';

const image = cluster({ a: 3, b: 1 });
const assigned = (topics: Record<string, number[]>, userData: Buffer | null = null) =>
  writeAssignment(
    { assignedPartitions: Object.entries(topics).map(([topic, partitions]) => ({ topic, partitions })), userData },
    3,
  );
const range = { name: 'range', metadata: writeSubscription({ topics: ['b', 'a', 'b'], rackId: 'r' }, 3) };
const sticky = { name: 'sticky', metadata: writeSubscription({ topics: ['a'] }, 1) };

function member(memberId: string, more: Partial<ClassicMember> = {}): ClassicMember {
  return {
    memberId,
    groupInstanceId: null,
    clientId: 'client',
    clientHost: '/host',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    protocols: [range],
    assignment: Buffer.alloc(0),
    joining: null,
    syncing: null,
    hasSynced: true,
    ...more,
  };
}

function classic(members: readonly ClassicMember[], more: Partial<ClassicGroup> = {}): ClassicGroup {
  return {
    ...newClassicGroup('group', groupStartMs),
    state: 'Stable',
    protocolType: 'consumer',
    generationId: 7,
    protocolName: 'range',
    leader: members[0]!.memberId,
    members: new Map(members.map((one) => [one.memberId, one])),
    isRecorded: true,
    ...more,
  };
}

function upgraded(group: ClassicGroup, config: Record<string, string> = {}): Upgrade | string {
  return upgrade(group, { nowMs: groupStartMs, config: loadConfig(config), image });
}

const x = member('x', { groupInstanceId: 'i', assignment: assigned({ a: [2, 0], gone: [0] }) });
const y = member('y', { protocols: [sticky, range], assignment: assigned({ a: [0, 1, 9, -1], b: [0] }) });

describe('upgrade', () => {
  const { group, records, effects } = upgraded(classic([x, y])) as Upgrade;

  it('keeps members with what their leader assigned, in the epoch of the generation', () => {
    expect([group.groupEpoch, group.assignmentEpoch, [...group.members.keys()]]).to.deep.equal([8, 7, ['x', 'y']]);
    const [first, second] = [...group.members.values()];
    expect([first!.instanceId, first!.rackId, first!.rebalanceTimeoutMs]).to.deep.equal(['i', 'r', 60_000]);
    expect(first!.subscribedTopicNames).to.deep.equal(['a', 'b']);
    expect([first!.memberEpoch, first!.previousMemberEpoch, first!.state]).to.deep.equal([7, 7, 'STABLE']);
    expect([...first!.assigned.get(topicIdOf('a'))!]).to.deep.equal([
      [0, 7],
      [2, 7],
    ]);
    expect(second!.classic).to.deep.equal({ sessionTimeoutMs: 10_000, supportedProtocols: [sticky, range] });
  });

  it('gives no partition to two members, and none that is not there', () => {
    expect([...group.members.values()].map(({ assigned }) => shown(assigned))).to.deep.equal(['a:0,2', 'a:1 b:0']);
    expect([...group.targetAssignment.values()].map((target) => shown(target))).to.deep.equal(['a:0,2', 'a:1 b:0']);
  });

  it('writes what Kafka writes: the tombstone of the one, then the other', () => {
    const names = records.map(({ name, value }: GroupRecordDraft) => (value === null ? `${name} −` : name));
    expect(names).to.deep.equal([
      'GroupMetadata −',
      'ConsumerGroupMemberMetadata',
      'ConsumerGroupMemberMetadata',
      'ConsumerGroupMetadata',
      'ConsumerGroupTargetAssignmentMember',
      'ConsumerGroupTargetAssignmentMember',
      'ConsumerGroupTargetAssignmentMetadata',
      'ConsumerGroupCurrentMemberAssignment',
      'ConsumerGroupCurrentMemberAssignment',
    ]);
    expect(group.metadataHash).to.not.equal(0);
  });

  it('begins sessions, and ends the timers of a rebalance', () => {
    expect(
      effects.map((effect) => `${effect.do} ${'timer' in effect ? Object.values(effect.timer).join(' ') : ''}`),
    ).to.deep.equal([
      'disarm join ',
      'disarm sync ',
      'disarm pending x',
      'disarm pending y',
      'arm session x',
      'arm session y',
    ]);
  });

  it('tells those who wait to join again', () => {
    const waiting = [member('x', { joining: { number: 1 } }), member('y', { syncing: { number: 2 } })];
    const { effects: told } = upgraded(classic(waiting, { state: 'PreparingRebalance' })) as Upgrade;
    const answers = told.flatMap((effect) => (effect.do === 'answer' ? [effect] : []));
    expect(
      answers.map(({ ticket, answer }) => [ticket.number, String((answer as { error: unknown }).error)]),
    ).to.deep.equal([
      [1, 'REBALANCE_IN_PROGRESS'],
      [2, 'REBALANCE_IN_PROGRESS'],
    ]);
  });

  it('goes by a protocol that all have where one is still to be chosen', () => {
    const before = classic([member('x', { protocols: [sticky] }), y], { protocolName: null, generationId: 0 });
    const { group: after } = upgraded(before) as Upgrade;
    expect(after.members.get('y')!.subscribedTopicNames).to.deep.equal(['a']);
  });

  it('takes the user data of sticky assignors, as librdkafka sends it after its second rebalance', () => {
    const protocols = [{ ...sticky, name: 'cooperative-sticky' }];
    // No topics, generation 2
    const userData = Buffer.from('0000000000000002', 'hex');
    const before = classic([member('x', { protocols, assignment: assigned({ a: [0] }, userData) })], {
      protocolName: 'cooperative-sticky',
    });
    const { group: after } = upgraded(before) as Upgrade;
    expect(shown(after.members.get('x')!.assigned)).to.equal('a:0');
  });

  const bad = { name: 'range', metadata: Buffer.from('no subscription') };
  const faults: readonly (readonly [string, ClassicGroup, Record<string, string>, RegExp])[] = [
    ['the policy forbids it', classic([x]), { 'group.consumer.migration.policy': 'downgrade' }, /policy/],
    ['it is none of consumers', classic([x], { protocolType: 'connect' }), {}, /'connect'/],
    ['it is too large', classic([x, y]), { 'group.consumer.max.size': '1' }, /2 members.* 1 at most/],
    ['a subscription cannot be read', classic([member('x', { protocols: [bad] })]), {}, /subscription of member 'x'/],
    ['an assignment cannot be read', classic([member('x', { assignment: Buffer.from('?') })]), {}, /assignment of/],
    [
      'an assignor of its own is in use',
      classic([member('x', { assignment: assigned({ a: [0] }, Buffer.from('mine')) })]),
      {},
      /user data/,
    ],
    [
      'two members share no protocol',
      classic([member('x', { protocols: [sticky] }), member('y', { protocols: [range] })], { protocolName: null }),
      {},
      /subscription of/,
    ],
  ];
  for (const [what, before, config, why] of faults)
    it(`says why not where ${what}`, () => {
      expect(upgraded(before, config)).to.match(why);
    });
});
