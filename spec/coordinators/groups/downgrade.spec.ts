import { expect } from 'chai';
import { readAssignment } from '../../../lib/protocol/consumer-protocol';
import { cluster } from '../../support/consumer-table';
import { ClassicClient, classicProtocol, MixedTable, ModernClient, settle } from '../../support/mixed-table';

function start(config: Record<string, string> = {}) {
  const table = new MixedTable({
    image: cluster({ a: 4 }),
    config: { 'group.consumer.assignment.interval.ms': '0', ...config },
  });
  const modern = new ModernClient(table, 'm', ['a'], 'i');
  modern.act();
  const classics = [true, true].map((isCooperative) => new ClassicClient(table, ['a'], isCooperative));
  settle(table, [modern, ...classics], 4);
  return { table, modern, classics };
}

const assignedTo = (table: MixedTable) =>
  [...table.classic.members.values()].flatMap(({ assignment }) =>
    (readAssignment(assignment)?.assignedPartitions ?? []).flatMap(({ partitions }) => partitions),
  );

describe('downgrade', () => {
  it('makes a classic group of those who are left, of the generation that they know, and begins a rebalance', () => {
    const { table, modern, classics } = start();
    const { groupEpoch } = table.consumer;
    const records = table.recordsOf(() => modern.leave());
    expect(records).to.deep.equal([
      ...['CurrentMemberAssignment −', 'CurrentMemberAssignment −', 'CurrentMemberAssignment −'],
      ...['TargetAssignmentMember −', 'TargetAssignmentMember −', 'TargetAssignmentMember −'],
      'TargetAssignmentMetadata −',
      ...['MemberMetadata −', 'MemberMetadata −', 'MemberMetadata −'],
      'Metadata −',
      'GroupMetadata',
    ]);
    const { state, generationId, protocolType, protocolName, leader, members } = table.classic;
    expect([state, generationId]).to.deep.equal(['PreparingRebalance', groupEpoch]);
    expect([protocolType, protocolName]).to.deep.equal(['consumer', 'cooperative-sticky']);
    expect([...members.keys()]).to.have.members(classics.map(({ memberId }) => memberId));
    expect([...members.keys()]).to.include(leader);
    expect(table.folded?.type === 'classic' && table.folded.state).to.equal('Stable');
    const [one] = classics;
    const { memberId, generationId: known } = one!;
    expect(table.heartbeat({ memberId, generationId: known }).answer.name).to.equal('REBALANCE_IN_PROGRESS');
    settle(table, classics, 4);
    expect([table.classic.state, table.classic.generationId > groupEpoch]).to.deep.equal(['Stable', true]);
  });

  it('keeps for each what it should have had', () => {
    const { table, modern, classics } = start();
    const owned = classics.flatMap((client) => [...client.owned].map((one) => Number(one.slice(2))));
    modern.leave();
    expect(assignedTo(table)).to.have.members(owned);
  });

  it('leaves no timers of members behind but their sessions', () => {
    const { table, modern, classics } = start();
    modern.leave();
    expect(Object.keys(table.due)).to.have.members(['join', ...classics.map(({ memberId }) => `session ${memberId}`)]);
  });

  it('happens also when the last one was not heard of for its session timeout', () => {
    const { table, classics } = start();
    for (let ms = 0; ms < 60_000; ms += 3000) {
      table.pass(3000);
      for (const client of classics) client.act();
    }
    expect(table.group?.type).to.equal('classic');
    settle(table, classics, 4);
  });

  it('goes unnoticed where the last one comes back as a static member of the classic protocol', () => {
    const { table, modern, classics } = start();
    const { groupEpoch } = table.consumer;
    modern.leave(-2);
    const owned = classics.map((client) => [...client.owned]);
    const back = new ClassicClient(table, ['a'], true, 'i');
    const { error, generationId } = back.join().answer;
    expect([error.name, generationId, table.classic.state]).to.deep.equal(['NONE', groupEpoch, 'Stable']);
    expect(assignedTo(table).sort()).to.deep.equal([0, 1, 2, 3]);
    settle(table, [back, ...classics], 4);
    expect(classics.map((client) => [...client.owned])).to.deep.equal(owned);
    expect(table.classic.generationId).to.equal(groupEpoch);
  });

  it('lets who takes the place of the last one wait for the rebalance where there is one', () => {
    const { table, modern, classics } = start();
    modern.leave(-2);
    table.image = cluster({ a: 6 });
    const back = new ClassicClient(table, ['a'], true, 'i');
    expect(back.join().isAnswered).to.equal(false);
    expect(table.classic.state).to.equal('PreparingRebalance');
    settle(table, [back, ...classics], 6);
  });

  it('does not happen where it must not, and says so', () => {
    for (const [config, why] of [
      [{ 'group.consumer.migration.policy': 'upgrade' }, /stays a consumer group: .*policy/],
      [{ 'group.max.size': '1' }, /stays a consumer group: it has 2 members/],
    ] as const) {
      const { table, modern, classics } = start(config);
      modern.leave();
      expect(table.consumer.members.size).to.equal(2);
      expect(table.told.at(-1)).to.match(why);
      settle(table, classics, 4);
    }
  });

  it('does not happen to a group that nobody is left in', () => {
    const table = new MixedTable({ image: cluster({ a: 1 }) });
    const modern = new ModernClient(table, 'm', ['a']);
    modern.act();
    modern.leave();
    expect(table.consumer.members.size).to.equal(0);
  });

  it('happens also to a member that changes its protocol under its own id', () => {
    const table = new MixedTable({ image: cluster({ a: 1 }) });
    new ModernClient(table, 'm', ['a']).act();
    table.join({ memberId: 'm', protocols: [classicProtocol('range', ['a'])] });
    expect([...table.classic.members.keys()]).to.deep.equal(['m']);
  });
});
