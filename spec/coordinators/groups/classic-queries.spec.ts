import { expect } from 'chai';
import {
  checkClassicCommit,
  classicSubscribes,
  describeClassic,
  keepAlive,
} from '../../../lib/coordinators/groups/classic-queries';
import type { CommitRequest, JoinRequest } from '../../../lib/coordinators/groups/requests';
import { writeSubscription } from '../../../lib/protocol/consumer-protocol';
import { ClassicTable, protocols, settleMs } from '../../support/classic-table';
import { aCommit } from '../../support/group-table';

describe('checkClassicCommit', () => {
  const checked = (table: ClassicTable, request: Partial<CommitRequest>) =>
    checkClassicCommit(table.classic, { ...aCommit, ...request })?.name ?? null;

  it('lets anybody commit while the group is empty', () => {
    const table = new ClassicTable();
    table.join();
    expect(checked(table, {})).to.equal(null);
    expect(checked(table, { memberId: 'anybody' })).to.equal(null);
    expect(checked(table, { generationIdOrMemberEpoch: 0 })).to.equal('UNKNOWN_MEMBER_ID');
  });

  it('lets only members of this generation commit otherwise', () => {
    const table = new ClassicTable();
    const [memberId] = table.stabilise({ groupInstanceId: 'one' });
    const good = { memberId, generationIdOrMemberEpoch: 1 };
    expect(checked(table, good)).to.equal(null);
    expect(checked(table, { ...good, groupInstanceId: 'one' })).to.equal(null);
    expect(checked(table, {})).to.equal('UNKNOWN_MEMBER_ID');
    expect(checked(table, { ...good, memberId: '' })).to.equal('UNKNOWN_MEMBER_ID');
    expect(checked(table, { ...good, memberId: 'other' })).to.equal('UNKNOWN_MEMBER_ID');
    expect(checked(table, { ...good, memberId: 'other', groupInstanceId: 'one' })).to.equal('FENCED_INSTANCE_ID');
    expect(checked(table, { ...good, groupInstanceId: 'two' })).to.equal('UNKNOWN_MEMBER_ID');
    expect(checked(table, { groupInstanceId: 'one' })).to.equal('FENCED_INSTANCE_ID');
    expect(checked(table, { ...good, generationIdOrMemberEpoch: 0 })).to.equal('ILLEGAL_GENERATION');
    expect(checked(table, { memberId })).to.equal('ILLEGAL_GENERATION');
  });

  it('takes commits while members join again, but not while assignments are awaited', () => {
    const table = new ClassicTable();
    const [leader, follower] = table.stabilise({}, {});
    table.join({ memberId: leader });
    expect(checked(table, { memberId: follower, generationIdOrMemberEpoch: 1 })).to.equal(null);
    table.join({ memberId: follower });
    expect(checked(table, { memberId: follower, generationIdOrMemberEpoch: 1 })).to.equal('ILLEGAL_GENERATION');
    expect(checked(table, { memberId: follower, generationIdOrMemberEpoch: 2 })).to.equal('REBALANCE_IN_PROGRESS');
  });
});

describe('keepAlive', () => {
  it('gives a member its session timeout anew', () => {
    const table = new ClassicTable();
    const [memberId] = table.stabilise({ sessionTimeoutMs: 7000 });
    expect(keepAlive(table.classic, memberId!)).to.deep.equal([
      { do: 'arm', timer: { kind: 'session', member: memberId }, ms: 7000 },
    ]);
    expect(keepAlive(table.classic, '')).to.deep.equal([]);
  });
});

describe('describeClassic', () => {
  it('says everything of a stable group', () => {
    const table = new ClassicTable();
    const client = { clientId: 'c', clientHost: '/10.0.0.1' };
    const [memberId] = table.stabilise({ client, groupInstanceId: 'one', protocols: protocols('range', 'sticky') });
    expect(describeClassic(table.classic)).to.deep.equal({
      groupId: 'group',
      state: 'Stable',
      protocolType: 'consumer',
      protocolData: 'range',
      members: [
        {
          ...client,
          memberId,
          groupInstanceId: 'one',
          memberMetadata: Buffer.from('range'),
          memberAssignment: Buffer.from(`${memberId} of 1`),
        },
      ],
    });
  });

  it('says of a rebalancing one who is in it and what they were assigned', () => {
    const table = new ClassicTable();
    const [leader, follower] = table.stabilise({}, {});
    table.join({ memberId: leader });
    const described = describeClassic(table.classic);
    expect(described).to.deep.include({ state: 'PreparingRebalance', protocolType: 'consumer', protocolData: '' });
    expect(described.members.map((member) => member.memberMetadata.length)).to.deep.equal([0, 0]);
    expect(described.members.map((member) => String(member.memberAssignment))).to.have.members([
      `${leader} of 1`,
      `${follower} of 1`,
    ]);
  });

  it('says little of one that nobody has joined yet', () => {
    const table = new ClassicTable();
    table.join();
    expect(describeClassic(table.classic)).to.deep.equal({
      groupId: 'group',
      state: 'Empty',
      protocolType: '',
      protocolData: '',
      members: [],
    });
  });
});

describe('classicSubscribes', () => {
  const subscribing = (...topics: string[]): Partial<JoinRequest> => ({
    protocols: [{ name: 'range', metadata: writeSubscription({ topics, userData: null }, 1) }],
  });

  it('knows the topics of all members', () => {
    const table = new ClassicTable();
    table.stabilise(subscribing('a', 'b'), subscribing('c'));
    const topics = ['a', 'b', 'c', 'd'].filter((topic) => classicSubscribes(table.classic, topic));
    expect(topics).to.deep.equal(['a', 'b', 'c']);
    table.reload();
    expect(classicSubscribes(table.classic, 'c')).to.equal(true);
  });

  it('takes a member that says it in bytes of its own to read any topic', () => {
    const table = new ClassicTable();
    table.stabilise(subscribing('a'), { protocols: protocols(['range', '\u0000\u0000\u007F']) });
    expect(classicSubscribes(table.classic, 'anything')).to.equal(true);
  });

  it('takes members to read any topic as long as nothing is chosen', () => {
    const table = new ClassicTable();
    table.joinAnew(subscribing('a'));
    expect(classicSubscribes(table.classic, 'b')).to.equal(true);
    table.pass(settleMs);
    expect(classicSubscribes(table.classic, 'b')).to.equal(false);
  });

  it('is false for groups without members, and for those that are not of consumers', () => {
    const table = new ClassicTable();
    const [memberId] = table.stabilise(subscribing('a'));
    table.leave([{ memberId }]);
    expect(classicSubscribes(table.classic, 'a')).to.equal(false);
    const connect = new ClassicTable();
    connect.stabilise({ ...subscribing('a'), protocolType: 'connect' });
    expect(classicSubscribes(connect.classic, 'a')).to.equal(false);
  });
});
