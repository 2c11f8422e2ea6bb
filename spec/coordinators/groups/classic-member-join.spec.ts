import { expect } from 'chai';
import type { JoinRequest } from '../../../lib/coordinators/groups/requests';
import { readAssignment } from '../../../lib/protocol/consumer-protocol';
import { cluster, shown, topicIdOf } from '../../support/consumer-table';
import { classicProtocol, MixedTable, ModernClient } from '../../support/mixed-table';

/** A group with one member of the consumer protocol, which has all of topic a. */
function start(config: Record<string, string> = {}) {
  const table = new MixedTable({
    image: cluster({ a: 4, b: 2 }),
    config: { 'group.consumer.assignment.interval.ms': '0', ...config },
  });
  const modern = new ModernClient(table, 'm', ['a']);
  modern.act();
  const join = (request: Partial<JoinRequest> = {}) =>
    table.join({ memberId: 'c', protocols: [classicProtocol('range', ['a'])], ...request }).answer;
  const sync = (generationId: number) => table.sync({ memberId: 'c', generationId }).answer;
  return { table, modern, join, sync };
}

describe('joinConsumerGroup', () => {
  it('takes a member in and answers at once, without a leader', () => {
    const { table, join } = start();
    const { error, ...told } = join();
    expect(error.name).to.equal('NONE');
    expect(told).to.deep.equal({
      memberId: 'c',
      generationId: 3,
      protocolType: 'consumer',
      protocolName: 'range',
      leader: '',
      skipAssignment: false,
      members: [],
    });
    expect(table.consumer.groupEpoch).to.equal(3);
    expect(table.member('c').classic?.sessionTimeoutMs).to.equal(45_000);
    expect(table.due).to.include({ 'session c': 45_000, 'sync c': 300_000 });
    table.checkFolded();
  });

  it('tells a new dynamic member its id first where the client can do that', () => {
    const { table, join } = start();
    const { error, memberId } = join({ memberId: '' });
    expect(error.name).to.equal('MEMBER_ID_REQUIRED');
    expect(memberId).to.match(/^id-/);
    expect(table.consumer.members.size).to.equal(1);
    expect(join({ memberId: '', requiresKnownMemberId: false }).error.name).to.equal('NONE');
    expect(table.consumer.members.size).to.equal(2);
  });

  it('brings the member nearer to its target with every join', () => {
    const { table, modern, join, sync } = start();
    join();
    const before = readAssignment(sync(3).assignment);
    expect(before?.assignedPartitions).to.deep.equal([]);
    modern.act();
    modern.act();
    expect(table.heartbeat({ memberId: 'c', generationId: 3 }).answer.name).to.equal('REBALANCE_IN_PROGRESS');
    expect(join().generationId).to.equal(3);
    expect(readAssignment(sync(3).assignment)?.assignedPartitions).to.deep.equal([{ topic: 'a', partitions: [2, 3] }]);
  });

  it('lets a cooperative member give up what it says it owns before it moves on', () => {
    const { table, modern, join } = start();
    join({ protocols: [classicProtocol('cooperative-sticky', ['a'])] });
    modern.act();
    modern.act();
    join({ protocols: [classicProtocol('cooperative-sticky', ['a'])] });
    expect(shown(table.member('c').assigned)).to.equal('a:2,3');
    for (const memberId of ['o', 'p']) new ModernClient(table, memberId, ['a']).act();
    const owning = [classicProtocol('cooperative-sticky', ['a'], { a: [2, 3], gone: [1] })];
    const { generationId } = join({ protocols: owning });
    expect([generationId, table.member('c').state]).to.deep.equal([3, 'UNREVOKED_PARTITIONS']);
    expect(shown(table.member('c').assigned)).to.equal('a:2');
    expect(table.due).to.include({ 'join c': 300_000, 'revoke c': 300_000 });
    const released = [classicProtocol('cooperative-sticky', ['a'], { a: [2] })];
    expect(join({ protocols: released }).generationId).to.equal(5);
    expect(table.member('c').state).to.equal('STABLE');
    expect(table.due).to.not.have.any.keys('join c', 'revoke c');
  });

  it('begins a new epoch when the member subscribes to something else, and none when it says the same', () => {
    const { table, join } = start();
    join();
    expect(table.recordsOf(() => join())).to.deep.equal([]);
    expect(join({ protocols: [classicProtocol('range', ['b'])] }).generationId).to.equal(4);
    expect(shown(table.member('c').assigned)).to.equal('b:0,1');
  });

  it('puts a static member that was started again in the place of the one before', () => {
    const { table, join } = start();
    join({ memberId: '', groupInstanceId: 'i' });
    const [, former] = [...table.consumer.members.keys()];
    const { error, memberId, generationId } = join({ memberId: '', groupInstanceId: 'i' });
    expect([error.name, generationId, table.consumer.groupEpoch]).to.deep.equal(['NONE', 3, 3]);
    expect([...table.consumer.members.keys()]).to.deep.equal(['m', memberId]);
    expect(table.heartbeat({ memberId: former!, groupInstanceId: 'i', generationId }).answer.name).to.equal(
      'FENCED_INSTANCE_ID',
    );
    expect(table.due).to.not.have.any.keys(`session ${former}`, `join ${former}`, `sync ${former}`);
  });

  it('takes the place of a static member of the consumer protocol, even if that one has not left', () => {
    const { table, join } = start();
    new ModernClient(table, 's', ['a'], 'i').act();
    const { memberId } = join({ memberId: '', groupInstanceId: 'i' });
    expect([...table.consumer.members.keys()]).to.deep.equal(['m', memberId]);
    expect(table.member(memberId).classic).to.not.equal(null);
  });

  const mixed = [classicProtocol('roundrobin', ['a'])];
  const garbage = [{ name: 'range', metadata: Buffer.from([0]) }];
  const faults: readonly (readonly [string, Record<string, string>, Partial<JoinRequest>, string])[] = [
    ['migration is disabled', { 'group.consumer.migration.policy': 'disabled' }, {}, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['its type is another', {}, { protocolType: 'connect' }, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['it has no protocol', {}, { protocols: [] }, 'INCONSISTENT_GROUP_PROTOCOL'],
    [
      'it has none that all classic members have',
      {},
      { memberId: 'd', protocols: mixed },
      'INCONSISTENT_GROUP_PROTOCOL',
    ],
    ['its subscription cannot be read', {}, { protocols: garbage }, 'INCONSISTENT_GROUP_PROTOCOL'],
    ['its session is too short', {}, { sessionTimeoutMs: 1 }, 'INVALID_SESSION_TIMEOUT'],
    ['nobody bears its instance id', {}, { groupInstanceId: 'i' }, 'UNKNOWN_MEMBER_ID'],
    ['another bears its instance id', {}, { memberId: 'x', groupInstanceId: 'taken' }, 'FENCED_INSTANCE_ID'],
    ['the group is full', { 'group.consumer.max.size': '3' }, { memberId: 'd' }, 'GROUP_MAX_SIZE_REACHED'],
  ];
  for (const [what, config, request, expected] of faults)
    it(`refuses a member when ${what}, and changes nothing`, () => {
      const { table, join } = start(config);
      join();
      join({ memberId: '', groupInstanceId: 'taken' });
      const { group } = table;
      expect(join(request).error.name).to.equal(expected);
      expect(table.group).to.equal(group);
    });

  it('maps what it owns by name, and forgets topics that are not there', () => {
    const { table, join } = start();
    join({ protocols: [classicProtocol('range', ['a', 'nope'], { nope: [0] })] });
    expect(table.member('c').subscribedTopicNames).to.deep.equal(['a', 'nope']);
    expect([...table.member('m').assigned.keys()]).to.deep.equal([topicIdOf('a')]);
  });
});
