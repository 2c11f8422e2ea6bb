import { expect } from 'chai';
import {
  checkGeneration,
  checkMember,
  haveAllJoined,
  isThere,
  newClassicGroup,
  rebalanceTimeoutMs,
  saidOnJoining,
  staticMember,
} from '../../../lib/coordinators/groups/classic-group';
import { ClassicTable, settleMs } from '../../support/classic-table';
import { aJoin } from '../../support/group-table';

describe('newClassicGroup', () => {
  it('is an empty group that is not there yet', () => {
    const group = newClassicGroup('group', 5);
    expect(group).to.include({ groupId: 'group', state: 'Empty', stateSinceMs: 5, generationId: 0 });
    expect(isThere(group)).to.equal(false);
    expect(rebalanceTimeoutMs(group)).to.equal(0);
  });
});

describe('isThere', () => {
  it('is true of a group that the log has, or that somebody is in', () => {
    const group = newClassicGroup('group', 5);
    expect(isThere({ ...group, isRecorded: true })).to.equal(true);
    expect(isThere({ ...group, pendingMembers: new Set(['a']) })).to.equal(true);
    const table = new ClassicTable();
    table.stabilise({});
    expect(isThere({ ...table.classic, isRecorded: false })).to.equal(true);
  });
});

describe('members of a group', () => {
  it('are found by instance id, and told from strangers', () => {
    const table = new ClassicTable();
    const [memberId] = table.stabilise({ groupInstanceId: 'one' });
    const group = table.classic;
    expect(staticMember(group, 'one')?.memberId).to.equal(memberId);
    expect(staticMember(group, 'two')).to.equal(undefined);
    const checked = (id: string, instance: string | null) => checkMember(group, id, instance)?.name ?? null;
    expect(checked(memberId!, null)).to.equal(null);
    expect(checked(memberId!, 'one')).to.equal(null);
    expect(checked('other', 'one')).to.equal('FENCED_INSTANCE_ID');
    expect(checked(memberId!, 'two')).to.equal('UNKNOWN_MEMBER_ID');
    expect(checked('other', null)).to.equal('UNKNOWN_MEMBER_ID');
    const from = (id: string) => ({ memberId: id, groupInstanceId: null });
    expect(checkGeneration(group, from(memberId!), 1)).to.equal(null);
    expect(checkGeneration(group, from(memberId!), 0)?.name).to.equal('ILLEGAL_GENERATION');
    expect(checkGeneration(group, from('other'), 0)?.name).to.equal('UNKNOWN_MEMBER_ID');
  });

  it('have all joined when nobody is missing who is known', () => {
    const table = new ClassicTable();
    table.joinAnew();
    expect(haveAllJoined(table.classic)).to.equal(true);
    const { memberId } = table.join().answer;
    expect(haveAllJoined(table.classic)).to.equal(false);
    table.leave([{ memberId }]);
    table.pass(settleMs);
    expect(table.classic.members.size).to.equal(1);
    expect(haveAllJoined(table.classic)).to.equal(false);
  });
});

describe('saidOnJoining', () => {
  it('takes the session timeout for a rebalance timeout that is none', () => {
    expect(saidOnJoining({ ...aJoin, sessionTimeoutMs: 7, rebalanceTimeoutMs: -1 })).to.include({
      rebalanceTimeoutMs: 7,
    });
    expect(saidOnJoining({ ...aJoin, sessionTimeoutMs: 7, rebalanceTimeoutMs: 0 })).to.include({
      rebalanceTimeoutMs: 0,
    });
  });
});
