import { expect } from 'chai';
import type { SyncRequest } from '../../../lib/coordinators/groups/requests';
import { ClassicTable, errorName, settleMs } from '../../support/classic-table';

/** A group whose members have joined and are to sync: their ids, the leader's first. */
function completing(table: ClassicTable, count = 2): string[] {
  const joined = Array.from({ length: count }, () => table.joinAnew());
  table.pass(settleMs * 2);
  return joined.map(({ memberId }) => memberId);
}

const given = (memberId: string, text: string) => ({ memberId, assignment: Buffer.from(text) });

describe('sync', () => {
  it('gives everybody what the leader brings, once that is in the log', () => {
    const table = new ClassicTable();
    const [leader, follower] = completing(table) as [string, string];
    const waiting = table.sync({ memberId: follower });
    expect(waiting.isAnswered).to.equal(false);
    const brought = [given(leader, 'a'), given(follower, 'b'), given('nobody', 'c')];
    const led = table.sync({ memberId: leader, assignments: brought });
    expect([led, waiting].map(({ answer }) => [answer.error.name, String(answer.assignment)])).to.deep.equal([
      ['NONE', 'a'],
      ['NONE', 'b'],
    ]);
    expect(led.answer).to.include({ protocolType: 'consumer', protocolName: 'range' });
    expect(table.classic.state).to.equal('Stable');
    expect(table.durable.folded).to.deep.equal(table.durable.live);
    expect(table.records.at(-1)!.value).to.deep.include({ generation: 1, leader, protocol: 'range' });
  });

  it('gives who comes late what there is for it', () => {
    const table = new ClassicTable();
    const [leader, follower] = completing(table) as [string, string];
    table.sync({ memberId: leader, assignments: [given(follower, 'b')] });
    expect(table.due).to.have.property('sync');
    table.pass(5);
    const late = table.sync({ memberId: follower });
    expect(String(late.answer.assignment)).to.equal('b');
    expect(table.due).to.not.have.property('sync');
    expect(table.due).to.include({ [`session ${follower}`]: 45_000 });
  });

  it('gives nothing to who is not in what the leader brings', () => {
    const table = new ClassicTable();
    const [leader, follower] = completing(table) as [string, string];
    table.sync({ memberId: leader, assignments: [] });
    expect(table.sync({ memberId: follower }).answer.assignment.length).to.equal(0);
  });

  it('does not hold on to the bytes of the request', () => {
    const table = new ClassicTable();
    const [leader] = completing(table, 1) as [string];
    const assignment = Buffer.from('a');
    table.sync({ memberId: leader, assignments: [{ memberId: leader, assignment }] });
    assignment.fill('z');
    expect(String(table.member(leader).assignment)).to.equal('a');
  });

  it('takes the place of an earlier one that still waits', () => {
    const table = new ClassicTable();
    const [, follower] = completing(table) as [string, string];
    const [first, second] = [table.sync({ memberId: follower }), table.sync({ memberId: follower })];
    expect(first.answer.error.name).to.equal('REBALANCE_IN_PROGRESS');
    expect(second.isAnswered).to.equal(false);
  });

  it('counts as being heard of for as long as it waits', () => {
    const table = new ClassicTable();
    const [leader, follower] = completing(table) as [string, string];
    const waiting = table.sync({ memberId: follower });
    for (let i = 0; i < 2; i++) {
      table.pass(40_000);
      table.heartbeat({ memberId: leader });
    }
    table.sync({ memberId: leader, assignments: [given(follower, 'b')] });
    expect(String(waiting.answer.assignment)).to.equal('b');
    expect(table.due).to.include({ [`session ${follower}`]: 45_000 });
  });

  it('puts those out who do not ask within the rebalance timeout, and sends the others back', () => {
    const table = new ClassicTable();
    const patient = { sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 20_000 };
    const [led, followed, silent] = [table.joinAnew(patient), table.joinAnew(patient), table.joinAnew(patient)];
    table.pass(settleMs * 3);
    const startMs = table.nowMs;
    table.heartbeat({ memberId: silent.memberId });
    const waiting = table.sync({ memberId: followed.memberId });
    table.pass(20_000);
    expect(waiting.answer.error.name).to.equal('REBALANCE_IN_PROGRESS');
    expect(waiting.answeredAtMs - startMs).to.be.closeTo(20_000, settleMs);
    expect(errorName(led)).to.equal('NONE');
    expect([...table.classic.members.keys()]).to.deep.equal([followed.memberId]);
    expect(table.told.length).to.equal(2);
  });

  it('puts those out of a stable group as well who do not ask', () => {
    const table = new ClassicTable();
    const patient = { sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 20_000 };
    const [led, silent] = [table.joinAnew(patient), table.joinAnew(patient)];
    table.pass(settleMs * 2);
    table.sync({ memberId: led.memberId });
    expect(table.classic.state).to.equal('Stable');
    table.pass(20_000);
    expect(table.classic.state).to.equal('PreparingRebalance');
    expect(table.classic.members.has(silent.memberId)).to.equal(false);
  });

  describe('is refused', () => {
    const refused = (table: ClassicTable, request: Partial<SyncRequest>) => {
      const { group } = table;
      const { answer } = table.sync(request);
      expect(table.group).to.equal(group);
      expect(answer).to.deep.include({ protocolType: null, protocolName: null, assignment: Buffer.alloc(0) });
      return answer.error.name;
    };

    it('where there is no such group', () => {
      const table = new ClassicTable();
      expect(refused(table, { memberId: 'somebody' })).to.equal('UNKNOWN_MEMBER_ID');
      expect(table.group).to.equal(null);
    });

    it('where it is not from a member of this generation', () => {
      const table = new ClassicTable();
      const joined = table.joinAnew({ groupInstanceId: 'one' });
      table.pass(settleMs);
      const { memberId } = joined.answer;
      expect(refused(table, { memberId: 'other' })).to.equal('UNKNOWN_MEMBER_ID');
      expect(refused(table, { memberId: 'other', groupInstanceId: 'one' })).to.equal('FENCED_INSTANCE_ID');
      expect(refused(table, { memberId, generationId: 0 })).to.equal('ILLEGAL_GENERATION');
    });

    it('with another protocol than the group has, where the version can say', () => {
      const table = new ClassicTable();
      const [memberId] = completing(table, 1) as [string];
      for (const wrong of [
        { protocolType: 'connect' },
        { protocolName: 'roundrobin' },
        { protocolType: null },
        { protocolName: null },
      ])
        expect(refused(table, { memberId, ...wrong })).to.equal('INCONSISTENT_GROUP_PROTOCOL');
      const silent = { protocolType: undefined, protocolName: undefined };
      expect(table.sync({ memberId, ...silent }).answer.error.name).to.equal('NONE');
    });

    it('during the join phase', () => {
      const table = new ClassicTable();
      const [leader, follower] = table.stabilise({}, {});
      table.join({ memberId: leader });
      expect(refused(table, { memberId: follower })).to.equal('REBALANCE_IN_PROGRESS');
    });
  });
});
