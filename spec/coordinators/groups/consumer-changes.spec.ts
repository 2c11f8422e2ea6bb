import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import {
  departure,
  followTopics,
  hasSameSubscription,
  mayHaveOtherTopics,
  memberChange,
  reconciliation,
  removal,
  replacement,
  updated,
} from '../../../lib/coordinators/groups/consumer-changes';
import { foldConsumer } from '../../../lib/coordinators/groups/consumer-fold';
import {
  type ConsumerGroup,
  type ConsumerMember,
  newConsumerGroup,
  newConsumerMember,
} from '../../../lib/coordinators/groups/consumer-group';
import { hashTopics } from '../../../lib/coordinators/groups/metadata-hash';
import { cluster, topicIdOf } from '../../support/consumer-table';

const id = topicIdOf('a');
const image = cluster({ a: 3, b: 1 });
const world = { nowMs: 1_000_000, config: loadConfig({}), image };
const hash = hashTopics(['a'], image);
const member: ConsumerMember = {
  ...newConsumerMember('m'),
  clientId: 'c',
  clientHost: '/h',
  subscribedTopicNames: ['a'],
  memberEpoch: 2,
  assigned: new Map([[id, new Map([[0, 2]])]]),
};
const group: ConsumerGroup = {
  ...newConsumerGroup('group'),
  groupEpoch: 2,
  assignmentEpoch: 2,
  metadataHash: hash,
  members: new Map([['m', member]]),
  targetAssignment: new Map([['m', new Map([[id, [0]]])]]),
  seen: image,
};
const nothing = {
  instanceId: null,
  rackId: null,
  clientId: 'c',
  clientHost: '/h',
  rebalanceTimeoutMs: -1,
  subscribedTopicNames: null,
  subscribedTopicRegex: null,
  serverAssignor: null,
  classic: null,
};

describe('updated', () => {
  it('is the very member where it says nothing new', () => {
    expect(updated(member, nothing)).to.equal(member);
    expect(updated(member, { ...nothing, subscribedTopicNames: ['a', 'a'], subscribedTopicRegex: '' })).to.equal(
      member,
    );
  });

  it('takes what is new, sorts names, and takes an empty expression for none', () => {
    const next = updated(member, {
      ...nothing,
      subscribedTopicNames: ['c', 'b', 'c'],
      subscribedTopicRegex: 'x',
      rackId: 'r',
    });
    expect(next).to.deep.equal({ ...member, subscribedTopicNames: ['b', 'c'], subscribedTopicRegex: 'x', rackId: 'r' });
    expect(updated(next, { ...nothing, subscribedTopicRegex: '' }).subscribedTopicRegex).to.equal(null);
    expect(updated(next, { ...nothing, rebalanceTimeoutMs: 5 }).rebalanceTimeoutMs).to.equal(5);
  });
});

describe('hasSameSubscription', () => {
  it('compares names and expression', () => {
    expect(hasSameSubscription(member, { ...member, subscribedTopicNames: ['a'], rackId: 'r' })).to.equal(true);
    expect(hasSameSubscription(member, { ...member, subscribedTopicNames: ['a', 'b'] })).to.equal(false);
    expect(hasSameSubscription(member, { ...member, subscribedTopicRegex: 'a' })).to.equal(false);
  });
});

describe('memberChange', () => {
  it('writes members that are new, or say something new', () => {
    expect(memberChange(group, member)).to.deep.equal([]);
    expect(memberChange(group, updated(member, { ...nothing, rackId: 'r' }))).to.have.length(1);
    expect(memberChange(group, newConsumerMember('n'))).to.have.length(1);
  });
});

describe('mayHaveOtherTopics', () => {
  it('says so when the cluster is another than the one that was looked at', () => {
    expect(mayHaveOtherTopics(group, world)).to.equal(false);
    expect(mayHaveOtherTopics({ ...group, seen: null }, world)).to.equal(true);
    expect(mayHaveOtherTopics(group, { ...world, image: cluster({ a: 3, b: 1 }) })).to.equal(true);
  });
});

describe('followTopics', () => {
  it('begins no epoch where nothing is new', () => {
    expect(followTopics(group, false, world)).to.deep.equal([]);
    expect(followTopics(group, false, { ...world, image: cluster({ a: 3, b: 2 }) })).to.deep.equal([]);
  });

  it('begins one where a subscription, or a topic that is subscribed to, is another', () => {
    const epoch = (metadataHash: number) => {
      return { name: 'ConsumerGroupMetadata', key: { groupId: 'group' }, value: { epoch: 3, metadataHash } };
    };
    expect(followTopics(group, true, world)).to.deep.equal([epoch(hash)]);
    const larger = cluster({ a: 4 });
    expect(followTopics(group, false, { ...world, image: larger })).to.deep.equal([epoch(hashTopics(['a'], larger))]);
    expect(followTopics(group, false, { ...world, image: cluster({}) })).to.deep.equal([epoch(0)]);
  });

  it('takes away with it what Kafka wrote up to 4.0', () => {
    const names = followTopics({ ...group, hasPartitionMetadata: true }, true, world).map(({ name }) => name);
    expect(names).to.deep.equal(['ConsumerGroupMetadata', 'ConsumerGroupPartitionMetadata']);
  });

  it('begins one where an expression stands for other topics, even if the group as a whole follows the same', () => {
    const regexes = new Map([['a|b', { topics: new Set(['a']), version: 1, timestampMs: world.nowMs }]]);
    const members = new Map<string, ConsumerMember>([
      ['m', { ...member, subscribedTopicRegex: 'a|b' }],
      ['n', { ...newConsumerMember('n'), subscribedTopicNames: ['b'] }],
    ]);
    const both = { ...group, members, regexes, seen: null, metadataHash: hashTopics(['a', 'b'], image) };
    const names = followTopics(both, false, world).map(({ name }) => name);
    expect(names).to.deep.equal(['ConsumerGroupRegularExpression', 'ConsumerGroupMetadata']);
  });
});

describe('reconciliation', () => {
  it('writes where the member is next, and nothing if it stays', () => {
    expect(reconciliation(group, member, null, false, image)).to.deep.equal([]);
    const next = { ...group, assignmentEpoch: 3 };
    expect(reconciliation(next, member, null, false, image)[0]!.value).to.deep.include({ memberEpoch: 3, state: 0 });
  });

  it('sees what others have, or have yet to give up', () => {
    const newcomer = { ...newConsumerMember('n'), subscribedTopicNames: ['a'] };
    const holding = { ...member, pendingRevocation: new Map([[id, new Map([[1, 2]])]]) };
    const members = new Map<string, ConsumerMember>([
      ['m', holding],
      ['n', newcomer],
    ]);
    const targetAssignment = new Map([['n', new Map([[id, [0, 1, 2]]])]]);
    const [record] = reconciliation({ ...group, members, targetAssignment }, newcomer, [], false, image);
    expect(record!.value).to.deep.include({
      state: 2,
      assignedPartitions: [{ topicId: id, partitions: [2], assignmentEpochs: [2] }],
    });
  });
});

describe('replacement', () => {
  it('gives all that a member had to one of another id, at epoch 0', () => {
    const next = foldConsumer(group, replacement(group, member, 'n'))!;
    expect([...next.members.keys()]).to.deep.equal(['n']);
    expect(next.members.get('n')).to.deep.equal({ ...member, memberId: 'n', memberEpoch: 0, previousMemberEpoch: 0 });
    expect([...next.targetAssignment]).to.deep.equal([['n', new Map([[id, [0]]])]]);
  });

  it('works with the same id as well', () => {
    const next = foldConsumer(group, replacement(group, member, 'm'))!;
    expect(next.members.get('m')).to.deep.include({ memberEpoch: 0, assigned: member.assigned });
  });
});

describe('departure', () => {
  it('leaves a member what it has, as if it had always had it', () => {
    const pending = { ...member, pendingRevocation: new Map([[id, new Map([[1, 2]])]]) };
    const away = foldConsumer(group, departure(group, pending))!.members.get('m')!;
    expect(away).to.include({ memberEpoch: -2 });
    expect(away.assigned).to.deep.equal(new Map([[id, new Map([[0, 0]])]]));
    expect(away.pendingRevocation.size).to.equal(0);
  });
});

describe('removal', () => {
  it('takes members out with the expressions that only they had, and begins an epoch', () => {
    const resolved = { topics: new Set(['b']), version: 1, timestampMs: 1 };
    const members = new Map<string, ConsumerMember>([
      ['m', member],
      ['n', { ...newConsumerMember('n'), subscribedTopicRegex: 'b' }],
      ['o', { ...newConsumerMember('o'), subscribedTopicRegex: 'b?' }],
    ]);
    const regexes = new Map([
      ['b', resolved],
      ['b?', resolved],
    ]);
    const many = { ...group, members, regexes };
    const left = foldConsumer(many, removal(many, ['n'], world))!;
    expect([[...left.members.keys()], [...left.regexes.keys()]]).to.deep.equal([['m', 'o'], ['b?']]);
    expect([left.groupEpoch, left.metadataHash]).to.deep.equal([3, hashTopics(['a', 'b'], image)]);
    const none = foldConsumer(many, removal(many, ['m', 'n', 'o'], world))!;
    expect([none.groupEpoch, none.metadataHash, none.members.size, none.regexes.size]).to.deep.equal([3, 0, 0, 0]);
  });
});
