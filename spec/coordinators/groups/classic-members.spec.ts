import { expect } from 'chai';
import type { HeartbeatRequest, LeavingMember, SyncRequest } from '../../../lib/coordinators/groups/requests';
import { readAssignment } from '../../../lib/protocol/consumer-protocol';
import { cluster } from '../../support/consumer-table';
import { classicProtocol, MixedTable, ModernClient } from '../../support/mixed-table';

/** A group with a member of each protocol, each of which has half of topic a; the static ones have nothing. */
function start(config: Record<string, string> = {}) {
  const table = new MixedTable({
    image: cluster({ a: 4 }),
    config: { 'group.consumer.assignment.interval.ms': '0', ...config },
  });
  const modern = new ModernClient(table, 'm', ['a']);
  const join = () => table.join({ memberId: 'c', protocols: [classicProtocol('range', ['a'])] }).answer;
  modern.act();
  join();
  modern.act();
  modern.act();
  const { generationId } = join();
  const sync = (more: Partial<SyncRequest> = {}) => table.sync({ memberId: 'c', generationId, ...more }).answer;
  const heartbeat = (more: Partial<HeartbeatRequest> = {}) =>
    table.heartbeat({ memberId: 'c', generationId, ...more }).answer.name;
  const leave = (...members: Partial<LeavingMember>[]) =>
    table.leave(members).answer.members.map(({ error }) => error.name);
  return { table, modern, join, sync, heartbeat, leave, generationId };
}

describe('stepClassicMember: sync', () => {
  it('gives the member what it has, in the version that it speaks', () => {
    const { table, sync } = start();
    const { error, protocolType, protocolName, assignment } = sync();
    expect([error.name, protocolType, protocolName]).to.deep.equal(['NONE', 'consumer', 'range']);
    expect(assignment.readInt16BE(0)).to.equal(3);
    expect(readAssignment(assignment)?.assignedPartitions).to.deep.equal([{ topic: 'a', partitions: [2, 3] }]);
    expect(table.due).to.not.have.any.keys('sync c');
  });

  it('says no type and name to clients that said none', () => {
    const { sync } = start();
    const { error, protocolType, protocolName } = sync({ protocolType: undefined, protocolName: undefined });
    expect([error.name, protocolType, protocolName]).to.deep.equal(['NONE', null, null]);
  });

  it('tells a member that is behind to join again', () => {
    const { table, sync } = start();
    new ModernClient(table, 'o', ['a']).act();
    expect(sync().error.name).to.equal('REBALANCE_IN_PROGRESS');
  });

  const faults: readonly (readonly [string, Partial<SyncRequest>, string])[] = [
    ['who is no member', { memberId: 'x' }, 'UNKNOWN_MEMBER_ID'],
    ['a member of the consumer protocol', { memberId: 'm' }, 'UNKNOWN_MEMBER_ID'],
    ['another instance id', { groupInstanceId: 'i' }, 'UNKNOWN_MEMBER_ID'],
    ['another generation', { generationId: 1 }, 'ILLEGAL_GENERATION'],
    ['another protocol type', { protocolType: 'connect' }, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['another protocol', { protocolName: 'sticky' }, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['no protocol type where one must be said', { protocolType: null }, 'INCONSISTENT_GROUP_PROTOCOL'],
  ];
  for (const [what, request, expected] of faults)
    it(`refuses ${what}`, () => {
      expect(start().sync(request).error.name).to.equal(expected);
    });
});

describe('stepClassicMember: heartbeat', () => {
  it('keeps the member in the group', () => {
    const { table, heartbeat, sync } = start();
    sync();
    table.pass(40_000);
    expect(heartbeat()).to.equal('NONE');
    expect(table.due).to.include({ 'session c': 45_000 });
  });

  it('tells it to join again when others come, and gives it its rebalance timeout once', () => {
    const { table, heartbeat } = start();
    new ModernClient(table, 'o', ['a']).act();
    expect(table.due).to.include({ 'join c': 300_000 });
    table.pass(20_000);
    expect(heartbeat()).to.equal('REBALANCE_IN_PROGRESS');
    expect(table.due).to.include({ 'join c': 280_000 });
  });

  it('makes a new target assignment where topics have changed', () => {
    const { table, heartbeat } = start();
    table.image = cluster({ a: 6 });
    expect(heartbeat()).to.equal('REBALANCE_IN_PROGRESS');
    expect([table.consumer.groupEpoch, table.consumer.assignmentEpoch]).to.deep.equal([4, 4]);
    table.checkFolded();
  });

  it('writes nothing when there is no news', () => {
    const { table, heartbeat } = start();
    expect(table.recordsOf(() => heartbeat())).to.deep.equal([]);
  });

  const faults: readonly (readonly [string, Partial<HeartbeatRequest>, string])[] = [
    ['who is no member', { memberId: 'x' }, 'UNKNOWN_MEMBER_ID'],
    ['a member of the consumer protocol', { memberId: 'm' }, 'UNKNOWN_MEMBER_ID'],
    ['another generation', { generationId: 99 }, 'ILLEGAL_GENERATION'],
    ['an instance id of nobody', { groupInstanceId: 'i' }, 'UNKNOWN_MEMBER_ID'],
  ];
  for (const [what, request, expected] of faults)
    it(`refuses ${what}`, () => {
      expect(start().heartbeat(request)).to.equal(expected);
    });
});

describe('stepClassicMember: leave', () => {
  it('takes members out in one epoch, whichever their protocol, and says of each how it went', () => {
    const { table, leave } = start();
    new ModernClient(table, 's', ['a'], 'i').act();
    const { groupEpoch } = table.consumer;
    expect(
      leave(
        { memberId: 'c' },
        { memberId: 'c' },
        { groupInstanceId: 'i' },
        { memberId: 'x' },
        { memberId: 'm', groupInstanceId: 'i' },
        { groupInstanceId: 'nobody' },
      ),
    ).to.deep.equal(['NONE', 'NONE', 'NONE', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID', 'UNKNOWN_MEMBER_ID']);
    expect([...table.consumer.members.keys()]).to.deep.equal(['m']);
    expect(table.consumer.groupEpoch).to.equal(groupEpoch + 1);
    expect(Object.keys(table.due)).to.deep.equal(['session m']);
  });

  it('changes nothing where nobody can leave', () => {
    const { table, leave } = start();
    const { group } = table;
    leave({ memberId: 'x' });
    expect(table.group).to.equal(group);
  });
});

describe('onClassicMemberTimer', () => {
  it('expels a member that does not ask for its assignment in time', () => {
    const { table, heartbeat, modern } = start();
    for (let ms = 0; ms < 300_000; ms += 20_000) {
      expect(heartbeat()).to.equal('NONE');
      modern.act();
      table.pass(20_000);
    }
    expect([...table.consumer.members.keys()]).to.deep.equal(['m']);
    expect(table.told.at(-1)).to.match(/'c' is out of group 'group': it did not ask for its assignment in time/);
  });

  it('expels a member that does not join again in time', () => {
    const { table, heartbeat, sync, modern } = start();
    sync();
    const other = new ModernClient(table, 'o', ['a']);
    other.act();
    for (let ms = 0; ms < 300_000; ms += 20_000) {
      expect(heartbeat()).to.equal('REBALANCE_IN_PROGRESS');
      modern.act();
      other.act();
      table.pass(20_000);
    }
    expect([...table.consumer.members.keys()]).to.deep.equal(['m', 'o']);
    expect(table.told.at(-1)).to.match(/'c' is out of group 'group': it did not join again in time/);
  });
});
