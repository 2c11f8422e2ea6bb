import { expect } from 'chai';
import {
  type ConsumerGroup,
  type ConsumerMember,
  newConsumerGroup,
  newConsumerMember,
} from '../../../lib/coordinators/groups/consumer-group';
import {
  checkConsumerCommit,
  checkConsumerFetch,
  consumerGroupState,
  consumerSubscribes,
  describeConsumer,
} from '../../../lib/coordinators/groups/consumer-queries';
import type { CommitRequest } from '../../../lib/coordinators/groups/requests';
import { zeroUuid } from '../../../lib/uuid';
import { cluster, topicIdOf } from '../../support/consumer-table';
import { aCommit } from '../../support/group-table';

const id = topicIdOf('a');
const member: ConsumerMember = {
  ...newConsumerMember('m'),
  memberEpoch: 5,
  previousMemberEpoch: 4,
  subscribedTopicNames: ['a'],
  subscribedTopicRegex: 'b.*',
  assigned: new Map([
    [
      id,
      new Map([
        [0, 3],
        [1, 5],
      ]),
    ],
  ]),
  pendingRevocation: new Map([[id, new Map([[2, 2]])]]),
};
const classic: ConsumerMember = {
  ...newConsumerMember('old'),
  memberEpoch: 5,
  classic: { sessionTimeoutMs: 1, supportedProtocols: [] },
};
const group: ConsumerGroup = {
  ...newConsumerGroup('group'),
  groupEpoch: 5,
  assignmentEpoch: 5,
  members: new Map([
    ['m', member],
    ['old', classic],
  ]),
  targetAssignment: new Map([
    [
      'm',
      new Map([
        [id, [0, 1]],
        [topicIdOf('gone'), [0]],
      ]),
    ],
  ]),
  regexes: new Map([['b.*', { topics: new Set(['bb']), version: 1, timestampMs: 1 }]]),
};
const empty = newConsumerGroup('group');
const image = cluster({ a: 3 });

const offset = (partition: number, topicId = id) => {
  return { topic: 'a', topicId, partition, offset: 1, leaderEpoch: -1, metadata: '' };
};

describe('checkConsumerCommit', () => {
  const check = (request: Partial<CommitRequest>, of: ConsumerGroup = group) =>
    checkConsumerCommit(of, { ...aCommit, ...request }, image)?.name ?? 'NONE';
  const by = (generationIdOrMemberEpoch: number, ...partitions: number[]) =>
    check({ memberId: 'm', generationIdOrMemberEpoch, offsets: partitions.map((partition) => offset(partition)) });

  it('lets those commit who are no members while there are none', () => {
    expect(check({}, empty)).to.equal('NONE');
    expect(check({})).to.equal('UNKNOWN_MEMBER_ID');
    expect(check({ memberId: 'm' })).to.equal('STALE_MEMBER_EPOCH');
    expect(check({ memberId: 'x', generationIdOrMemberEpoch: 5 }, empty)).to.equal('UNKNOWN_MEMBER_ID');
  });

  it('lets members commit in their epoch, and not ahead of it', () => {
    expect(by(5, 0, 7)).to.equal('NONE');
    expect(by(6, 0)).to.equal('STALE_MEMBER_EPOCH');
  });

  it('lets a member be behind for what it has had since', () => {
    expect(by(4, 0)).to.equal('NONE');
    expect(by(3, 0, 2)).to.equal('NONE');
    expect(by(2, 0)).to.equal('STALE_MEMBER_EPOCH');
    expect(by(4, 0, 1)).to.equal('STALE_MEMBER_EPOCH');
    expect(by(4, 9)).to.equal('STALE_MEMBER_EPOCH');
  });

  it('finds topics by name where the request does not say their ids', () => {
    const request = { memberId: 'm', generationIdOrMemberEpoch: 4 };
    expect(check({ ...request, offsets: [offset(0, zeroUuid)] })).to.equal('NONE');
    expect(check({ ...request, offsets: [{ ...offset(0, zeroUuid), topic: 'b' }] })).to.equal('STALE_MEMBER_EPOCH');
    expect(checkConsumerCommit(group, { ...aCommit, ...request, offsets: [offset(0, zeroUuid)] })?.name).to.equal(
      'STALE_MEMBER_EPOCH',
    );
  });

  it('asks members of the consumer protocol for a version that knows of epochs', () => {
    const request = { generationIdOrMemberEpoch: 5, knowsMemberEpochs: false };
    expect(check({ ...request, memberId: 'm' })).to.equal('UNSUPPORTED_VERSION');
    expect(check({ ...request, memberId: 'old' })).to.equal('NONE');
  });

  it('speaks to classic members of generations', () => {
    expect(check({ memberId: 'old', generationIdOrMemberEpoch: 4, offsets: [offset(0)] })).to.equal(
      'ILLEGAL_GENERATION',
    );
  });
});

describe('checkConsumerFetch', () => {
  it('lets those read who say nothing, and members in their epoch', () => {
    const check = (memberId: string | null, memberEpoch: number) =>
      checkConsumerFetch(group, { memberId, memberEpoch })?.name ?? 'NONE';
    expect(check(null, -1)).to.equal('NONE');
    expect(check('m', 5)).to.equal('NONE');
    expect(check('m', 4)).to.equal('STALE_MEMBER_EPOCH');
    expect(check('old', 4)).to.equal('ILLEGAL_GENERATION');
    expect(check('x', 5)).to.equal('UNKNOWN_MEMBER_ID');
    expect(check(null, 5)).to.equal('UNKNOWN_MEMBER_ID');
  });
});

describe('consumerGroupState', () => {
  it('says how far the group is', () => {
    expect(consumerGroupState(empty)).to.equal('Empty');
    expect(consumerGroupState(group)).to.equal('Stable');
    expect(consumerGroupState({ ...group, groupEpoch: 6 })).to.equal('Assigning');
    expect(consumerGroupState({ ...group, groupEpoch: 6, assignmentEpoch: 6 })).to.equal('Reconciling');
    const unreleased = { ...member, state: 'UNRELEASED_PARTITIONS' as const };
    expect(consumerGroupState({ ...group, members: new Map([['m', unreleased]]) })).to.equal('Reconciling');
  });
});

describe('consumerSubscribes', () => {
  it('finds topics by name and by what expressions stand for', () => {
    expect(['a', 'bb', 'b', 'x'].map((topic) => consumerSubscribes(group, topic))).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('consumerSubscribes, asked for every topic of a large group', () => {
  it('looks at the members once', () => {
    const names = Array.from({ length: 200 }, (_, i) => `name-${i}`);
    const members = names.map((name) => [name, { ...member, memberId: name, subscribedTopicNames: names }] as const);
    const large = { ...group, members: new Map(members) };
    const begun = performance.now();
    for (let i = 0; i < 100_000; i++) consumerSubscribes(large, 'nobody-reads-this');
    expect(performance.now() - begun).to.be.below(1000);
  });
});

describe('describeConsumer', () => {
  it('shows the group as it is, without topics that are gone', () => {
    const { members, ...rest } = describeConsumer(group, image);
    expect(rest).to.deep.equal({
      groupId: 'group',
      state: 'Stable',
      groupEpoch: 5,
      assignmentEpoch: 5,
      assignorName: 'uniform',
    });
    expect(members.map(({ memberId, memberType }) => [memberId, memberType])).to.deep.equal([
      ['m', 1],
      ['old', 0],
    ]);
    const [{ assignment, targetAssignment, subscribedTopicRegex }] = members as [(typeof members)[number]];
    expect([assignment, targetAssignment]).to.deep.equal([new Map([[id, [0, 1]]]), new Map([[id, [0, 1]]])]);
    expect(subscribedTopicRegex).to.equal('b.*');
    expect(members[1]).to.deep.include({ subscribedTopicRegex: '', targetAssignment: new Map() });
  });

  it('names the assignor that most members ask for', () => {
    const asking = new Map([['m', { ...member, serverAssignor: 'range' }]]);
    expect(describeConsumer({ ...group, members: asking }, image).assignorName).to.equal('range');
    expect(describeConsumer(empty, image, 'range').assignorName).to.equal('range');
  });
});
