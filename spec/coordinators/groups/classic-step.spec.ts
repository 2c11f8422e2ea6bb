import { expect } from 'chai';
import { stepClassic } from '../../../lib/coordinators/groups/classic-step';
import { assignmentOf, ClassicTable, settleMs } from '../../support/classic-table';
import type { aHeartbeat } from '../../support/group-table';

describe('stepClassic', () => {
  it('takes a group from nothing to stable and back to empty', () => {
    const table = new ClassicTable();
    const joined = table.joinAnew();
    expect(table.classic.state).to.equal('PreparingRebalance');
    table.pass(settleMs);
    expect(joined.answer.error.name).to.equal('NONE');
    expect(table.classic.state).to.equal('CompletingRebalance');
    const [memberId] = table.syncAll([joined.memberId]);
    expect(table.member(memberId!).assignment).to.deep.equal(assignmentOf(memberId!, 1));
    table.leave([{ memberId }]);
    expect(table.classic.state).to.equal('Empty');
    expect(table.classic.generationId).to.equal(2);
  });

  it('takes thirty seconds of virtual time for a rebalance that somebody does not come to', () => {
    const table = new ClassicTable();
    const patient = { rebalanceTimeoutMs: 30_000, sessionTimeoutMs: 60_000 };
    const [leader, gone] = table.stabilise(patient, patient);
    const startMs = table.nowMs;
    const rejoined = table.join({ memberId: leader, ...patient });
    table.pass(29_999);
    expect(rejoined.isAnswered).to.equal(false);
    table.pass(1);
    expect(rejoined.answeredAtMs - startMs).to.equal(30_000);
    expect(rejoined.answer.members.map(({ memberId }) => memberId)).to.deep.equal([leader]);
    expect([...table.classic.members.keys()]).to.deep.equal([leader]);
    expect(table.told).to.deep.equal([`group 'group': member '${gone}' did not join again in time, it is out`]);
  });

  describe('a heartbeat', () => {
    const asked = (table: ClassicTable, request: Partial<typeof aHeartbeat>) => table.heartbeat(request).answer.name;

    it('keeps a member in the group', () => {
      const table = new ClassicTable();
      const [memberId] = table.stabilise({});
      for (let i = 0; i < 5; i++) {
        table.pass(44_999);
        expect(asked(table, { memberId })).to.equal('NONE');
      }
      table.pass(44_999);
      expect(table.classic.members.size).to.equal(1);
      table.pass(1);
      expect(table.classic.state).to.equal('Empty');
      expect(asked(table, { memberId })).to.equal('UNKNOWN_MEMBER_ID');
    });

    it('tells members to join again during the join phase, and keeps them nevertheless', () => {
      const table = new ClassicTable();
      const [leader, follower] = table.stabilise({}, {});
      table.join({ memberId: leader });
      table.pass(30_000);
      expect(asked(table, { memberId: follower })).to.equal('REBALANCE_IN_PROGRESS');
      table.pass(44_999);
      expect(table.classic.members.size).to.equal(2);
    });

    it('is fine while assignments are awaited', () => {
      const table = new ClassicTable();
      const { memberId } = table.joinAnew();
      table.pass(settleMs);
      expect(table.classic.state).to.equal('CompletingRebalance');
      expect(asked(table, { memberId })).to.equal('NONE');
    });

    it('is refused where it is not from a member of this generation', () => {
      const table = new ClassicTable();
      expect(asked(table, { memberId: 'a' })).to.equal('UNKNOWN_MEMBER_ID');
      expect(table.group).to.equal(null);
      const [memberId] = table.stabilise({ groupInstanceId: 'one' });
      const before = table.group;
      const instance = { groupInstanceId: 'one' };
      expect(asked(table, { memberId: '' })).to.equal('UNKNOWN_MEMBER_ID');
      expect(asked(table, { memberId, generationId: 0 })).to.equal('ILLEGAL_GENERATION');
      expect(asked(table, { memberId, generationId: 2 })).to.equal('ILLEGAL_GENERATION');
      expect(asked(table, { memberId: 'other', ...instance })).to.equal('FENCED_INSTANCE_ID');
      expect(asked(table, { memberId, groupInstanceId: 'two' })).to.equal('UNKNOWN_MEMBER_ID');
      expect(table.group).to.equal(before);
      expect(asked(table, { memberId, ...instance })).to.equal('NONE');
    });

    it('is not taken from somebody who was told its id and has not joined with it', () => {
      const table = new ClassicTable();
      const { memberId } = table.join().answer;
      expect(asked(table, { memberId, generationId: 0 })).to.equal('UNKNOWN_MEMBER_ID');
    });
  });

  describe('a group that was loaded', () => {
    it('gives each member its session timeout to be heard of', () => {
      const table = new ClassicTable();
      const [one, other] = table.stabilise({}, {});
      table.pass(40_000);
      table.reload();
      expect(table.classic.state).to.equal('Stable');
      table.pass(40_000);
      expect(table.heartbeat({ memberId: one }).answer.name).to.equal('NONE');
      table.pass(5_000);
      expect([...table.classic.members.keys()]).to.deep.equal([one]);
      expect(table.told).to.deep.equal([`group 'group': member '${other}' was not heard of for 45000 ms, it is out`]);
    });

    it('still has the assignments for those who ask', () => {
      const table = new ClassicTable();
      const [, follower] = table.stabilise({}, {});
      table.reload();
      const { answer } = table.sync({ memberId: follower });
      expect([answer.error.name, String(answer.assignment)]).to.deep.equal(['NONE', `${follower} of 1`]);
    });

    it('rebalances if it is larger than it may be by now', () => {
      const table = new ClassicTable();
      table.stabilise({}, {}, {});
      const smaller = new ClassicTable({ config: { 'group.max.size': 2 } });
      smaller.folded = table.folded;
      smaller.reload();
      expect(smaller.classic.state).to.equal('PreparingRebalance');
    });

    it('is left alone by timers of what it was before', () => {
      const table = new ClassicTable();
      table.stabilise({});
      for (const kind of ['join', 'sync', 'pending', 'session', 'revoke'] as const) {
        const world = { nowMs: table.nowMs, config: table.config, image: table.image };
        const step = stepClassic(table.classic, { on: 'timer', timer: { kind, member: 'nobody' } }, world);
        expect(step).to.deep.equal({ group: table.classic, effects: [] });
      }
    });
  });
});
