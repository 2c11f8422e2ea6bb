import { expect } from 'chai';
import { ClassicTable, errorName, settleMs } from '../../support/classic-table';

const outcomes = ({ answer }: ReturnType<ClassicTable['leave']>) => answer.members.map(({ error }) => error.name);

describe('leave', () => {
  it('takes a member out, and the others rebalance', () => {
    const table = new ClassicTable();
    const [leader, follower] = table.stabilise({}, {});
    const left = table.leave([{ memberId: leader, reason: 'closed' }]);
    expect(left.answer.error.name).to.equal('NONE');
    expect(left.answer.members).to.deep.equal([
      { memberId: leader, groupInstanceId: null, error: left.answer.members[0]!.error },
    ]);
    expect(outcomes(left)).to.deep.equal(['NONE']);
    expect(table.classic).to.include({ state: 'PreparingRebalance', leader: follower });
    expect(table.due).to.not.have.property(`session ${leader}`);
    expect(table.join({ memberId: follower }).answer).to.include({ generationId: 2, leader: follower });
  });

  it('takes many out in one rebalance', () => {
    const table = new ClassicTable();
    const ids = table.stabilise({}, {}, {});
    const left = table.leave(ids.map((memberId) => ({ memberId })));
    expect(outcomes(left)).to.deep.equal(['NONE', 'NONE', 'NONE']);
    expect(table.classic).to.include({ state: 'Empty', generationId: 2, stateSinceMs: table.nowMs });
    expect(table.records.length).to.equal(3);
    expect(table.durable.folded).to.deep.equal(table.durable.live);
  });

  it('takes a static member out by its instance id alone, as administrators do', () => {
    const table = new ClassicTable();
    const [stays] = table.stabilise({}, { groupInstanceId: 'one' });
    const left = table.leave([{ groupInstanceId: 'one' }]);
    expect(left.answer.members).to.deep.include.members([
      { memberId: '', groupInstanceId: 'one', error: left.answer.members[0]!.error },
    ]);
    expect(outcomes(left)).to.deep.equal(['NONE']);
    expect([...table.classic.members.keys()]).to.deep.equal([stays]);
  });

  it('says of each that cannot leave why, and lets the others go', () => {
    const table = new ClassicTable();
    const [leader, follower, third] = table.stabilise({}, {}, { groupInstanceId: 'one' });
    const left = table.leave([
      { memberId: 'nobody' },
      { memberId: leader },
      { memberId: leader },
      { groupInstanceId: 'two' },
      { memberId: '' },
      { memberId: leader, groupInstanceId: 'one' },
      { memberId: follower, groupInstanceId: 'two' },
      { memberId: third, groupInstanceId: 'one' },
      { groupInstanceId: 'one' },
    ]);
    expect(outcomes(left)).to.deep.equal([
      'UNKNOWN_MEMBER_ID',
      'NONE',
      'UNKNOWN_MEMBER_ID',
      'UNKNOWN_MEMBER_ID',
      'UNKNOWN_MEMBER_ID',
      'FENCED_INSTANCE_ID',
      'UNKNOWN_MEMBER_ID',
      'NONE',
      'UNKNOWN_MEMBER_ID',
    ]);
    expect([...table.classic.members.keys()]).to.deep.equal([follower]);
  });

  it('changes nothing where nobody can leave', () => {
    const table = new ClassicTable();
    table.stabilise({});
    const before = table.group;
    table.leave([{ memberId: 'nobody' }]);
    table.leave([]);
    expect(table.group).to.equal(before);
  });

  it('leaves no group behind where there was none', () => {
    const table = new ClassicTable();
    expect(outcomes(table.leave([{ memberId: 'nobody' }]))).to.deep.equal(['UNKNOWN_MEMBER_ID']);
    expect(table.group).to.equal(null);
  });

  it('lets one go that was only told its id, and does not disturb the group', () => {
    const table = new ClassicTable();
    table.stabilise({});
    const { memberId } = table.join().answer;
    expect(outcomes(table.leave([{ memberId }]))).to.deep.equal(['NONE']);
    expect(table.classic.state).to.equal('Stable');
    expect(table.due).to.not.have.property(`pending ${memberId}`);
  });

  it('answers what the one that goes still waits for', () => {
    const table = new ClassicTable();
    const [led, followed] = [table.joinAnew(), table.joinAnew()];
    table.pass(settleMs * 2);
    const syncing = table.sync({ memberId: followed.memberId });
    table.leave([{ memberId: followed.memberId }]);
    expect(syncing.answer.error.name).to.equal('UNKNOWN_MEMBER_ID');
    const joining = table.joinAnew();
    table.leave([{ memberId: joining.memberId }]);
    expect(errorName(joining)).to.equal('UNKNOWN_MEMBER_ID');
    expect(joining.answer.memberId).to.equal('');
    expect(table.join({ memberId: led.memberId }).answer.generationId).to.equal(2);
  });

  it('ends a join phase that waited for the one that goes', () => {
    const table = new ClassicTable();
    const [leader, follower] = table.stabilise({}, {});
    const led = table.join({ memberId: leader });
    table.leave([{ memberId: follower }]);
    expect(led.answer.generationId).to.equal(2);
  });

  it('looks at a request of very many names once only', () => {
    const table = new ClassicTable();
    table.stabilise(...Array.from({ length: 50 }, (_, index) => ({ groupInstanceId: `${index}` })));
    const many = Array.from({ length: 20_000 }, (_, index) => ({ groupInstanceId: `x${index}` }));
    expect(outcomes(table.leave(many)).every((name) => name === 'UNKNOWN_MEMBER_ID')).to.equal(true);
  });
});

describe('onSessionTimer', () => {
  it('puts out who was not heard of, not before its session timeout', () => {
    const table = new ClassicTable();
    const [one, other] = table.stabilise({ sessionTimeoutMs: 10_000 }, { sessionTimeoutMs: 20_000 });
    table.pass(9_999);
    expect(table.classic.state).to.equal('Stable');
    table.pass(1 + settleMs);
    expect([...table.classic.members.keys()]).to.deep.equal([other]);
    expect(table.told).to.deep.equal([`group 'group': member '${one}' was not heard of for 10000 ms, it is out`]);
    expect(table.heartbeat({ memberId: one }).answer.name).to.equal('UNKNOWN_MEMBER_ID');
  });

  it('ends a join phase that waited for it', () => {
    const table = new ClassicTable();
    const [leader, silent] = table.stabilise({ sessionTimeoutMs: 30_000 }, { sessionTimeoutMs: 10_000 });
    const led = table.join({ memberId: leader });
    table.pass(10_000);
    expect(led.answer.members.map(({ memberId }) => memberId)).to.deep.equal([leader]);
    expect(table.classic.members.has(silent!)).to.equal(false);
  });
});
