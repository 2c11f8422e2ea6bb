import { expect } from 'chai';
import type { JoinRequest } from '../../../lib/coordinators/groups/requests';
import { ClassicTable, errorName, protocols, settleMs } from '../../support/classic-table';

/** A text of that many bytes when it is read, and three times as many when it is written: bytes that are no UTF-8. */
const brokenText = (bytes: number) => '\uFFFD'.repeat(bytes);

describe('join', () => {
  describe('by a new member', () => {
    it('tells a dynamic one its id, and writes the group at once', () => {
      const table = new ClassicTable();
      const { answer } = table.join();
      expect(answer).to.deep.include({ memberId: 'client-id-1', generationId: -1, leader: '', protocolName: null });
      expect(answer.error.name).to.equal('MEMBER_ID_REQUIRED');
      expect(table.records.map(({ key, value }) => ({ key, value }))).to.deep.equal([
        {
          key: { group: 'group' },
          value: {
            protocolType: '',
            generation: 0,
            protocol: null,
            leader: null,
            currentStateTimestamp: table.nowMs,
            members: [],
          },
        },
      ]);
      expect(table.classic.state).to.equal('Empty');
    });

    it('parks one that comes again with its id until the settle window is over', () => {
      const table = new ClassicTable();
      const joined = table.joinAnew({ protocols: protocols('range', 'roundrobin') });
      table.pass(settleMs - 1);
      expect(joined.isAnswered).to.equal(false);
      table.pass(1);
      expect(joined.answer).to.deep.equal({
        error: joined.answer.error,
        memberId: joined.memberId,
        generationId: 1,
        protocolType: 'consumer',
        protocolName: 'range',
        leader: joined.memberId,
        skipAssignment: false,
        members: [{ memberId: joined.memberId, groupInstanceId: null, metadata: Buffer.from('range') }],
      });
      expect(errorName(joined)).to.equal('NONE');
    });

    it('takes one in at once where its version knows no other way', () => {
      const table = new ClassicTable();
      const joined = table.join({ requiresKnownMemberId: false });
      expect(joined.isAnswered).to.equal(false);
      table.pass(settleMs);
      expect(joined.answer.memberId).to.equal('client-id-1');
    });

    it('takes a static one in at once, under an id that begins with its instance id', () => {
      const table = new ClassicTable();
      const joined = table.join({ groupInstanceId: 'left' });
      table.pass(settleMs);
      expect(joined.answer.memberId).to.equal('left-id-1');
      expect(joined.answer.members[0]).to.include({ groupInstanceId: 'left' });
    });

    it('does not give ids that are longer than anybody needs', () => {
      const table = new ClassicTable();
      const client = { clientId: `${'x'.repeat(999)}\u{1F600}`, clientHost: '/127.0.0.1' };
      expect(table.join({ client }).answer.memberId).to.equal(`${'x'.repeat(999)}-id-1`);
    });

    it('forgets one that does not come again within its session timeout', () => {
      const table = new ClassicTable();
      const { memberId } = table.join({ sessionTimeoutMs: 6000 }).answer;
      table.pass(6000);
      expect(table.classic.pendingMembers.size).to.equal(0);
      expect(errorName(table.join({ memberId }))).to.equal('UNKNOWN_MEMBER_ID');
    });

    it('lets one wait for five minutes at most, for it cannot send heartbeats', () => {
      const table = new ClassicTable();
      const [leader] = table.stabilise({ sessionTimeoutMs: 1_800_000, rebalanceTimeoutMs: 1_000_000 });
      const joined = table.joinAnew({ sessionTimeoutMs: 6000 });
      table.pass(299_999);
      expect(joined.isAnswered).to.equal(false);
      table.pass(1);
      expect(joined.answer).to.deep.include({ memberId: '', generationId: -1 });
      expect(errorName(joined)).to.equal('UNKNOWN_MEMBER_ID');
      expect([...table.classic.members.keys()]).to.deep.equal([leader]);
    });

    it('makes the group rebalance, and answers when the others have joined again', () => {
      const table = new ClassicTable();
      const [leader, follower] = table.stabilise({}, {});
      const joined = table.joinAnew();
      expect(table.classic.state).to.equal('PreparingRebalance');
      const followed = table.join({ memberId: follower });
      expect([joined.isAnswered, followed.isAnswered]).to.deep.equal([false, false]);
      const led = table.join({ memberId: leader });
      expect([joined, followed, led].map(({ answer }) => answer.generationId)).to.deep.equal([2, 2, 2]);
      expect(led.answer.members.map(({ memberId }) => memberId)).to.have.members([leader, follower, joined.memberId]);
      expect([joined.answer.members, followed.answer.members]).to.deep.equal([[], []]);
      expect(joined.answer.leader).to.equal(leader);
    });

    it('sends those back who wait for an assignment', () => {
      const table = new ClassicTable();
      const [one, other] = [table.joinAnew(), table.joinAnew()];
      table.pass(settleMs * 2);
      const waiting = table.sync({ memberId: other.memberId });
      table.joinAnew();
      expect(waiting.answer.error.name).to.equal('REBALANCE_IN_PROGRESS');
      expect(waiting.answer.assignment.length).to.equal(0);
      expect(table.classic.leader).to.equal(one.memberId);
    });
  });

  describe('by a member', () => {
    it('answers a follower that has nothing new at once, and the group stays stable', () => {
      const table = new ClassicTable();
      const [leader, follower] = table.stabilise({}, {});
      const again = table.join({ memberId: follower });
      expect(errorName(again)).to.equal('NONE');
      expect(again.answer).to.deep.include({ memberId: follower, generationId: 1, leader, members: [] });
      expect(table.classic.state).to.equal('Stable');
    });

    it('rebalances when a follower has something new', () => {
      const table = new ClassicTable();
      const [, follower] = table.stabilise({}, {});
      table.join({ memberId: follower, protocols: protocols(['range', 'of other topics']) });
      expect(table.classic.state).to.equal('PreparingRebalance');
    });

    it('rebalances whenever the leader joins again', () => {
      const table = new ClassicTable();
      const [leader] = table.stabilise({}, {});
      table.join({ memberId: leader });
      expect(table.classic.state).to.equal('PreparingRebalance');
    });

    it('repeats the answer to one that lost it', () => {
      const table = new ClassicTable();
      const [led, followed] = [table.joinAnew(), table.joinAnew()];
      table.pass(settleMs * 2);
      const again = table.join({ memberId: led.memberId });
      expect(again.answer).to.deep.equal(led.answer);
      table.pass(5);
      expect(table.join({ memberId: followed.memberId }).answer).to.deep.equal(followed.answer);
      expect(table.due).to.include({ [`session ${followed.memberId}`]: 45_000, [`session ${led.memberId}`]: 44_995 });
      expect(table.classic.state).to.equal('CompletingRebalance');
    });

    it('rebalances when one has something new while assignments are awaited', () => {
      const table = new ClassicTable();
      const [led, followed] = [table.joinAnew(), table.joinAnew()];
      table.pass(settleMs * 2);
      const changed = table.join({ memberId: followed.memberId, protocols: protocols(['range', 'changed']) });
      expect(table.classic.state).to.equal('PreparingRebalance');
      table.join({ memberId: led.memberId });
      expect(changed.answer.generationId).to.equal(2);
    });

    it('takes the place of an earlier join that still waits', () => {
      const table = new ClassicTable();
      const [, follower] = table.stabilise({}, {});
      const [first, second] = [1, 2].map(() =>
        table.join({ memberId: follower, protocols: protocols(['range', 'changed']) }),
      );
      expect(errorName(first!)).to.equal('REBALANCE_IN_PROGRESS');
      expect(second!.isAnswered).to.equal(false);
    });

    it('takes away what was assigned in the generation before the one that does not come about', () => {
      const table = new ClassicTable();
      const [leader, follower] = table.stabilise({}, {});
      table.join({ memberId: leader });
      table.join({ memberId: follower });
      expect(table.member(follower!).assignment.length).to.be.above(0);
      table.joinAnew();
      expect(table.member(follower!).assignment.length).to.equal(0);
    });

    it('counts as being heard of for as long as it waits', () => {
      const table = new ClassicTable();
      const [leader, follower] = table.stabilise({}, {});
      const waiting = table.join({ memberId: follower, protocols: protocols(['range', 'changed']) });
      for (let i = 0; i < 3; i++) {
        table.pass(40_000);
        table.heartbeat({ memberId: leader });
      }
      expect(waiting.isAnswered).to.equal(false);
      table.join({ memberId: leader });
      expect(errorName(waiting)).to.equal('NONE');
      expect(table.due).to.include({ [`session ${follower}`]: 45_000 });
    });
  });

  describe('is refused', () => {
    const refused = (table: ClassicTable, request: Partial<JoinRequest>) => {
      const { group } = table;
      const asked = table.join(request);
      expect(table.group).to.equal(group);
      expect(asked.answer).to.deep.include({ generationId: -1, leader: '', members: [] });
      return errorName(asked);
    };

    it('without leaving a group behind', () => {
      const table = new ClassicTable();
      expect(refused(table, { groupId: '' })).to.equal('INVALID_GROUP_ID');
      expect(refused(table, { memberId: 'somebody' })).to.equal('UNKNOWN_MEMBER_ID');
      expect(refused(table, { memberId: 'somebody', protocols: [] })).to.equal('UNKNOWN_MEMBER_ID');
      expect(refused(table, { protocols: [] })).to.equal('INCONSISTENT_GROUP_PROTOCOL');
      expect(refused(table, { protocolType: '' })).to.equal('INCONSISTENT_GROUP_PROTOCOL');
      expect(table.group).to.equal(null);
      expect(table.records).to.deep.equal([]);
    });

    it('with a session timeout beyond the limits', () => {
      const config = { 'group.min.session.timeout.ms': 10, 'group.max.session.timeout.ms': 20 };
      const table = new ClassicTable({ config });
      expect(refused(table, { sessionTimeoutMs: 9 })).to.equal('INVALID_SESSION_TIMEOUT');
      expect(refused(table, { sessionTimeoutMs: 21 })).to.equal('INVALID_SESSION_TIMEOUT');
      expect(errorName(table.join({ sessionTimeoutMs: 10 }))).to.equal('MEMBER_ID_REQUIRED');
      expect(errorName(table.join({ sessionTimeoutMs: 20 }))).to.equal('MEMBER_ID_REQUIRED');
    });

    it('with another protocol type, or without a protocol that all have', () => {
      const table = new ClassicTable();
      const [memberId] = table.stabilise(
        { protocols: protocols('range', 'sticky') },
        { protocols: protocols('range') },
      );
      expect(refused(table, { protocolType: 'connect' })).to.equal('INCONSISTENT_GROUP_PROTOCOL');
      expect(refused(table, { protocols: protocols('sticky') })).to.equal('INCONSISTENT_GROUP_PROTOCOL');
      expect(refused(table, { memberId, protocols: protocols('sticky') })).to.equal('INCONSISTENT_GROUP_PROTOCOL');
      expect(errorName(table.join({ protocols: protocols('range') }))).to.equal('MEMBER_ID_REQUIRED');
    });

    it('from somebody who is no member, or bears the instance id of another', () => {
      const table = new ClassicTable();
      const [memberId] = table.stabilise({ groupInstanceId: 'one' });
      expect(refused(table, { memberId: 'other' })).to.equal('UNKNOWN_MEMBER_ID');
      expect(refused(table, { memberId: 'other', groupInstanceId: 'one' })).to.equal('FENCED_INSTANCE_ID');
      expect(refused(table, { memberId, groupInstanceId: 'two' })).to.equal('UNKNOWN_MEMBER_ID');
      const { memberId: pending } = table.join().answer;
      expect(refused(table, { memberId: pending, groupInstanceId: 'two' })).to.equal('UNKNOWN_MEMBER_ID');
    });

    it('with texts that no record could hold', () => {
      const table = new ClassicTable();
      const long = brokenText(10_923);
      expect(refused(table, { client: { clientId: long, clientHost: '/::1' } })).to.equal('INVALID_REQUEST');
      expect(refused(table, { groupInstanceId: long })).to.equal('INVALID_REQUEST');
      expect(refused(table, { protocolType: long })).to.equal('INVALID_REQUEST');
      expect(refused(table, { protocols: protocols('range', long) })).to.equal('INVALID_REQUEST');
      expect(errorName(table.join({ protocolType: brokenText(10_922) }))).to.equal('MEMBER_ID_REQUIRED');
    });

    it('under an id that nobody can have been given', () => {
      expect(refused(new ClassicTable(), { memberId: 'x'.repeat(2001) })).to.equal('UNKNOWN_MEMBER_ID');
    });
  });

  describe('to a group that is full', () => {
    const config = { 'group.max.size': 2 };

    it('is refused, but not to who is in it', () => {
      const table = new ClassicTable({ config });
      const [, follower] = table.stabilise({}, { groupInstanceId: 'one' });
      const { answer } = table.join();
      expect(answer.error.name).to.equal('GROUP_MAX_SIZE_REACHED');
      expect(answer.memberId).to.equal('');
      expect(errorName(table.join({ memberId: follower, groupInstanceId: 'one' }))).to.equal('NONE');
      expect(errorName(table.join({ groupInstanceId: 'one' }))).to.equal('NONE');
    });

    it('is not refused to who waits in it already', () => {
      const table = new ClassicTable({ config });
      const [, { memberId }] = [table.joinAnew(), table.joinAnew()];
      const again = table.join({ memberId });
      table.pass(settleMs * 2);
      expect(again.answer.generationId).to.equal(1);
    });

    it('is refused to who was told its id but comes too late with it', () => {
      const table = new ClassicTable({ config });
      const late = table.join().answer.memberId;
      table.stabilise({}, {});
      expect(errorName(table.join({ memberId: late }))).to.equal('GROUP_MAX_SIZE_REACHED');
      expect(table.classic.pendingMembers.size).to.equal(0);
      expect(table.due).to.not.have.property(`pending ${late}`);
    });

    it('puts out the last to join again where the limit was lowered', () => {
      const large = new ClassicTable();
      const [one, two, three] = large.stabilise({}, {}, {});
      const table = new ClassicTable({ config });
      table.folded = large.folded;
      table.reload();
      const stay = [one, three].map((memberId) => table.join({ memberId }));
      expect(errorName(table.join({ memberId: two }))).to.equal('GROUP_MAX_SIZE_REACHED');
      expect(stay.map(errorName)).to.deep.equal(['NONE', 'NONE']);
      expect([...table.classic.members.keys()]).to.have.members([one, three]);
    });
  });

  it('takes members of any protocol type, whose metadata it does not look into', () => {
    const table = new ClassicTable();
    const connect = { protocolType: 'connect', protocols: protocols(['sessioned', '\u0000\u0001 anything']) };
    const [memberId] = table.stabilise(connect, connect);
    expect(table.classic).to.include({ protocolType: 'connect', protocolName: 'sessioned' });
    table.leave([...table.classic.members.keys()].map((each) => ({ memberId: each })));
    // An empty group may become one of another type.
    table.stabilise({});
    expect(table.classic.protocolType).to.equal('consumer');
    expect(table.classic.members.has(memberId!)).to.equal(false);
  });
});
