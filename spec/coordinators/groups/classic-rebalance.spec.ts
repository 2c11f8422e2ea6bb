import { expect } from 'chai';
import { ClassicTable, errorName, protocols, settleMs } from '../../support/classic-table';

describe('rebalance', () => {
  describe('of an empty group', () => {
    it('is one for all who start together', () => {
      const table = new ClassicTable();
      const joined = Array.from({ length: 50 }, () => {
        table.pass(1);
        return table.joinAnew();
      });
      table.pass(100);
      expect(new Set(joined.map(({ answer }) => answer.generationId))).to.deep.equal(new Set([1]));
      expect(table.classic.members.size).to.equal(50);
    });

    it('completes one window after the last has come, which is the longer the more there are', () => {
      const table = new ClassicTable();
      const startMs = table.nowMs;
      const joined = table.joinAnew();
      table.pass(settleMs - 10);
      table.joinAnew();
      table.pass(settleMs * 3);
      expect(joined.answeredAtMs - startMs).to.equal(settleMs - 10 + settleMs * 2);
      const many = new ClassicTable();
      const [first] = Array.from({ length: 20 }, () => many.joinAnew());
      many.pass(200);
      expect(first!.answeredAtMs - startMs).to.equal(100);
    });

    it('keeps to a window that is configured longer than it would grow', () => {
      const table = new ClassicTable({ config: { 'group.initial.rebalance.delay.ms': 3000 } });
      const startMs = table.nowMs;
      const [first] = Array.from({ length: 20 }, () => table.joinAnew());
      table.pass(5000);
      expect(first!.answeredAtMs - startMs).to.equal(3000);
    });

    it('waits for those who were told their id and are about to join', () => {
      const table = new ClassicTable();
      const joined = table.joinAnew();
      table.pass(settleMs - 1);
      const { memberId } = table.join().answer;
      table.pass(2);
      expect(joined.isAnswered).to.equal(false);
      const second = table.join({ memberId });
      table.pass(settleMs * 2);
      expect([joined, second].map(({ answer }) => answer.generationId)).to.deep.equal([1, 1]);
    });

    it('waits for those who have asked where the coordinator is', () => {
      const table = new ClassicTable();
      const startMs = table.nowMs;
      table.expectsMember = true;
      const joined = table.joinAnew();
      table.pass(settleMs * 2 + 1);
      expect(joined.isAnswered).to.equal(false);
      table.expectsMember = false;
      table.pass(settleMs);
      expect(joined.answeredAtMs - startMs).to.equal(settleMs * 3);
    });

    it('waits ten windows more, and no longer, for one that asked and never comes', () => {
      const table = new ClassicTable();
      const startMs = table.nowMs;
      table.expectsMember = true;
      const joined = table.joinAnew();
      table.pass(60_000);
      expect(joined.answeredAtMs - startMs).to.equal(settleMs * 11);
    });

    it('waits ten windows more, and no longer, for one that never comes', () => {
      const table = new ClassicTable();
      table.join();
      const startMs = table.nowMs;
      const joined = table.joinAnew();
      table.pass(60_000);
      expect(joined.answeredAtMs - startMs).to.equal(settleMs * 11);
    });

    it('takes no longer than the rebalance timeout, however many come', () => {
      const table = new ClassicTable();
      const startMs = table.nowMs;
      const joined = table.joinAnew({ rebalanceTimeoutMs: 200 });
      for (let i = 0; i < 40; i++) {
        table.pass(settleMs / 3);
        if (!joined.isAnswered) table.joinAnew({ rebalanceTimeoutMs: 100 });
      }
      expect(joined.answeredAtMs - startMs).to.equal(200);
    });

    it('does not wait at all with a delay of 0', () => {
      const table = new ClassicTable({ config: { 'group.initial.rebalance.delay.ms': 0 } });
      table.join();
      expect(errorName(table.joinAnew())).to.equal('NONE');
    });

    it('goes on without the ones that leave meanwhile', () => {
      const table = new ClassicTable();
      const [leaver, stayer] = [table.joinAnew(), table.joinAnew()];
      table.leave([{ memberId: leaver.memberId }]);
      expect(errorName(leaver)).to.equal('UNKNOWN_MEMBER_ID');
      expect(stayer.isAnswered).to.equal(false);
      table.pass(settleMs * 2);
      expect(stayer.answer.leader).to.equal(stayer.memberId);
    });

    it('leaves it empty, in its next generation, when all leave meanwhile', () => {
      const table = new ClassicTable();
      const { memberId } = table.joinAnew();
      table.leave([{ memberId }]);
      expect(table.classic.state).to.equal('PreparingRebalance');
      table.pass(settleMs);
      expect(table.classic).to.include({ state: 'Empty', generationId: 1, leader: null });
      expect(table.durable.folded).to.deep.equal(table.durable.live);
    });
  });

  describe('of a group with members', () => {
    it('completes as soon as the last has joined again', () => {
      const table = new ClassicTable();
      const [leader, follower] = table.stabilise({}, {});
      const startMs = table.nowMs;
      const led = table.join({ memberId: leader });
      table.pass(5);
      table.join({ memberId: follower });
      expect(led.answeredAtMs - startMs).to.equal(5);
    });

    it('waits for those who were told their id, until they join, leave or are given up', () => {
      for (const [end, elapsedMs] of [
        ['join', 0],
        ['leave', 0],
        ['silence', 6000],
      ] as const) {
        const table = new ClassicTable();
        const [leader] = table.stabilise({});
        const { memberId } = table.join({ sessionTimeoutMs: 6000 }).answer;
        const startMs = table.nowMs;
        const led = table.join({ memberId: leader });
        expect(led.isAnswered).to.equal(false);
        if (end === 'join') table.join({ memberId });
        if (end === 'leave') table.leave([{ memberId }]);
        if (end === 'silence') table.pass(10_000);
        expect(led.answeredAtMs - startMs, end).to.equal(elapsedMs);
        expect(led.answer.members.length, end).to.equal(end === 'join' ? 2 : 1);
      }
    });

    it('waits as long as the most patient member allows', () => {
      const table = new ClassicTable();
      const session = { sessionTimeoutMs: 60_000 };
      const [leader] = table.stabilise(
        { ...session, rebalanceTimeoutMs: 5000 },
        { ...session, rebalanceTimeoutMs: 9000 },
      );
      const startMs = table.nowMs;
      const led = table.join({ ...session, memberId: leader, rebalanceTimeoutMs: 5000 });
      table.pass(20_000);
      expect(led.answeredAtMs - startMs).to.equal(9000);
      expect(led.answer.members.map(({ memberId }) => memberId)).to.deep.equal([leader]);
    });

    it('makes another the leader if the leader has not come', () => {
      const table = new ClassicTable();
      const patient = { rebalanceTimeoutMs: 10_000 };
      const [leader, ...followers] = table.stabilise(patient, patient, patient);
      const changed = { ...patient, protocols: protocols(['range', 'changed']) };
      const rejoined = followers.map((memberId) => table.join({ ...changed, memberId }));
      table.pass(10_000);
      expect(table.classic.members.has(leader!)).to.equal(false);
      expect(table.classic.leader).to.equal(followers[0]);
      expect(rejoined.map(({ answer }) => answer.members.length)).to.deep.equal([2, 0]);
    });

    it('keeps static members that have not come back, until their session is over', () => {
      const table = new ClassicTable();
      const session = { sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 10_000 };
      const [leader, away] = table.stabilise(session, { ...session, groupInstanceId: 'away' });
      const led = table.join({ memberId: leader, ...session });
      table.pass(10_000);
      expect(led.answer.members.map(({ memberId }) => memberId)).to.have.members([leader, away]);
      table.syncAll([leader!, away!].slice(0, 1));
      expect(table.member(away!).assignment.length).to.equal(0);
    });

    it('waits on where there are static members only and none has come back', () => {
      const table = new ClassicTable();
      const request = { sessionTimeoutMs: 60_000, rebalanceTimeoutMs: 0 };
      const patient = { ...request, rebalanceTimeoutMs: 10_000 };
      const ids = table.stabilise(
        { ...request, groupInstanceId: 'one' },
        { ...request, groupInstanceId: 'two' },
        patient,
      );
      const dynamic = ids.find((memberId) => table.member(memberId).groupInstanceId === null);
      table.leave([{ memberId: dynamic }]);
      expect(table.due).to.include({ join: 0 });
      table.pass(0);
      expect(table.due).to.include({ join: 1000 });
      table.pass(30_000);
      const back = table.join({ ...request, groupInstanceId: 'two' });
      table.pass(1000);
      expect(back.answer.members.map(({ groupInstanceId }) => groupInstanceId)).to.deep.equal(['one', 'two']);
      expect(back.answer.leader).to.equal(back.answer.memberId);
    });

    it('ends in an empty group when the last goes, and does not wait for who was told its id', () => {
      const table = new ClassicTable();
      const [memberId] = table.stabilise({});
      const { memberId: pending } = table.join().answer;
      table.leave([{ memberId }]);
      expect(table.classic).to.include({
        state: 'Empty',
        generationId: 2,
        protocolName: null,
        protocolType: 'consumer',
      });
      expect(table.durable.folded).to.deep.equal(table.durable.live);
      const joined = table.join({ memberId: pending });
      table.pass(settleMs);
      expect(joined.answer.generationId).to.equal(3);
    });
  });

  it('chooses the protocol with the most votes among those that all have', () => {
    const table = new ClassicTable();
    const joined = [
      protocols('mine', 'range', 'roundrobin'),
      protocols('roundrobin', 'range'),
      protocols('yours', 'roundrobin', 'range'),
    ].map((each) => table.joinAnew({ protocols: each }));
    table.pass(settleMs * 3);
    expect(joined[0]!.answer.protocolName).to.equal('roundrobin');
    expect(joined[0]!.answer.members.map(({ metadata }) => String(metadata))).to.deep.equal([
      'roundrobin',
      'roundrobin',
      'roundrobin',
    ]);
  });

  it('begins to count again after the last generation there can be', () => {
    const table = new ClassicTable();
    table.stabilise({});
    const record = table.records.at(-1)!;
    if (record.name !== 'GroupMetadata') throw new Error('no group');
    table.group = { ...table.classic, generationId: 2 ** 31 - 1 };
    const again = table.join({ memberId: table.classic.leader! });
    expect(again.answer.generationId).to.equal(0);
  });

  it('gives every member its session timeout anew when it answers', () => {
    const table = new ClassicTable();
    const [leader, follower] = table.stabilise({}, {});
    table.pass(20_000);
    table.join({ memberId: leader });
    table.pass(20_000);
    table.join({ memberId: follower });
    expect(table.due).to.deep.equal({
      [`session ${leader}`]: 45_000,
      [`session ${follower}`]: 45_000,
      sync: 300_000,
    });
  });
});
