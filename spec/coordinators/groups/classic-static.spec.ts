import { expect } from 'chai';
import { ClassicTable, errorName, protocols, settleMs } from '../../support/classic-table';

const one = { groupInstanceId: 'one' };
const other = { groupInstanceId: 'other' };
const client = { clientId: 'restarted', clientHost: '/127.0.0.2' };

describe('takeOver', () => {
  it('gives a static member its place back, without a rebalance', () => {
    const table = new ClassicTable();
    const [leader, follower] = table.stabilise({}, one);
    const again = table.join({ ...one, client, sessionTimeoutMs: 10_000 });
    const { memberId } = again.answer;
    expect(memberId)
      .to.match(/^one-id-/)
      .and.not.equal(follower);
    expect(errorName(again)).to.equal('NONE');
    expect(again.answer).to.deep.include({ generationId: 1, leader, members: [], skipAssignment: false });
    expect(table.classic.state).to.equal('Stable');
    expect(table.member(memberId)).to.include({ ...client, sessionTimeoutMs: 10_000 });
    expect(table.due)
      .to.include({ [`session ${memberId}`]: 10_000 })
      .and.not.have.property(`session ${follower}`);
    expect(String(table.sync({ memberId, ...one }).answer.assignment)).to.equal(`${follower} of 1`);
  });

  it('writes the new id before it tells it', () => {
    const table = new ClassicTable();
    table.stabilise({}, one);
    const { memberId } = table.join(one).answer;
    expect(table.durable.folded).to.deep.equal(table.durable.live);
    table.reload();
    expect(table.member(memberId).groupInstanceId).to.equal('one');
  });

  it('fences the old id', () => {
    const table = new ClassicTable();
    const [, follower] = table.stabilise({}, one);
    const { memberId } = table.join(one).answer;
    expect(table.heartbeat({ memberId: follower, ...one }).answer.name).to.equal('FENCED_INSTANCE_ID');
    expect(table.heartbeat({ memberId: follower }).answer.name).to.equal('UNKNOWN_MEMBER_ID');
    expect(errorName(table.join({ memberId: follower, ...one }))).to.equal('FENCED_INSTANCE_ID');
    expect(table.heartbeat({ memberId, ...one }).answer.name).to.equal('NONE');
  });

  it('tells a leader that has come back that it need not assign anything', () => {
    const table = new ClassicTable();
    const [, follower] = table.stabilise(one, {});
    const { answer } = table.join(one);
    expect(answer).to.include({ leader: answer.memberId, skipAssignment: true });
    expect(answer.members.map(({ memberId }) => memberId)).to.have.members([answer.memberId, follower]);
    expect(table.classic.leader).to.equal(answer.memberId);
  });

  it('names the old leader to one whose version cannot be told so', () => {
    const table = new ClassicTable();
    const [leader] = table.stabilise(one, {});
    const { answer } = table.join({ ...one, canSkipAssignment: false });
    expect(answer).to.deep.include({ leader, skipAssignment: false, members: [] });
    expect(table.classic.leader).to.equal(answer.memberId);
  });

  it('rebalances if another protocol would be chosen', () => {
    const table = new ClassicTable();
    const both = { protocols: protocols('range', 'sticky') };
    const [, follower] = table.stabilise({ ...other, ...both }, { ...one, ...both });
    expect(table.classic.protocolName).to.equal('range');
    const again = table.join({ ...one, protocols: protocols('sticky') });
    expect(table.classic.state).to.equal('PreparingRebalance');
    expect(again.isAnswered).to.equal(false);
    const led = table.join({ memberId: table.classic.leader!, ...other, ...both });
    expect(led.answer.protocolName).to.equal('sticky');
    expect(again.answer.memberId).to.not.equal(follower);
  });

  it('rebalances while assignments are awaited, for they are made out to the old id', () => {
    const table = new ClassicTable();
    const [joined] = [table.joinAnew(one), table.joinAnew()];
    table.pass(settleMs * 2);
    const waiting = table.sync({ memberId: joined!.memberId, ...one, assignments: [] });
    expect(waiting.answer.error.name).to.equal('NONE');
    const early = new ClassicTable();
    const [first, second] = [early.joinAnew(), early.joinAnew(one)];
    early.pass(settleMs * 2);
    const fenced = early.sync({ memberId: second!.memberId, ...one });
    const again = early.join(one);
    expect(fenced.answer.error.name).to.equal('FENCED_INSTANCE_ID');
    expect(early.classic.state).to.equal('PreparingRebalance');
    early.join({ memberId: first!.memberId });
    expect(again.answer.generationId).to.equal(2);
  });

  it('fences the one that waits in the join phase', () => {
    const table = new ClassicTable();
    const first = table.joinAnew(one);
    const second = table.join(one);
    expect(errorName(first)).to.equal('FENCED_INSTANCE_ID');
    expect(first.answer.memberId).to.equal(first.memberId);
    table.pass(settleMs * 2);
    expect(second.answer.members.map(({ groupInstanceId }) => groupInstanceId)).to.deep.equal(['one']);
  });

  it('lets a group come back without a rebalance after all of its members were started again', () => {
    const table = new ClassicTable();
    table.stabilise(one, other);
    table.reload();
    const back = [table.join(one), table.join(other)];
    expect(back.map(({ answer }) => answer.generationId)).to.deep.equal([1, 1]);
    expect(table.classic.state).to.equal('Stable');
  });
});
